package heddle.cli.report;

import heddle.compiler.type.DType;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.text.Similarity;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Prints results: cosines between texts if the model gives each text a vector, otherwise the first elements of each
 * output.
 */
public final class ResultTable {
    private static final int SHOWN = 6;
    private static final int TEXT_WIDTH = 48;

    private ResultTable() {}

    public static void print(Map<String, Tensor> results, List<String> texts, PrintWriter out) {
        Optional<Tensor> vectors = results.values().stream()
                .filter(t -> t.dtype() == DType.F32 && t.shape().length == 2 && t.shape()[0] == texts.size())
                .findFirst();
        if (texts.size() > 1 && vectors.isPresent()) {
            similarities(vectors.get(), texts, out);
            return;
        }
        results.forEach((name, t) -> out.println(name + ": " + t + "  " + beginning(t)));
    }

    private static void similarities(Tensor vectors, List<String> texts, PrintWriter out) {
        int width = texts.stream()
                .mapToInt(t -> Math.min(t.length(), TEXT_WIDTH))
                .max()
                .orElse(1);
        out.println("cosine similarity");
        for (int i = 0; i < texts.size(); i++) {
            String text =
                    texts.get(i).length() > TEXT_WIDTH ? texts.get(i).substring(0, TEXT_WIDTH - 1) + "…" : texts.get(i);
            StringBuilder row = new StringBuilder(String.format("%3d  %-" + width + "s", i + 1, text));
            for (int j = 0; j <= i; j++) {
                row.append(String.format(Locale.ROOT, "  %6.3f", Similarity.cosine(vectors, i, j)));
            }
            out.println(row);
        }
        out.println(String.format("%" + (5 + width) + "s", "")
                + IntStream.rangeClosed(1, texts.size())
                        .mapToObj(i -> String.format("  %6d", i))
                        .collect(Collectors.joining()));
    }

    private static String beginning(Tensor t) {
        String elements = IntStream.range(0, Math.min(SHOWN, t.size()))
                .mapToObj(i -> t.dtype().isFloat()
                        ? String.format(Locale.ROOT, "%.5g", t.element(i))
                        : String.valueOf((long) t.element(i)))
                .collect(Collectors.joining(", "));
        return "[" + elements + (t.size() > SHOWN ? ", …]" : "]");
    }
}
