package heddle.bench;

import heddle.runtime.CompileOptions;
import heddle.runtime.Heddle;
import heddle.runtime.artifact.ModelManifest;
import heddle.runtime.onnx.OnnxImport;
import heddle.runtime.onnx.OnnxModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How long it takes to read ONNX files and to write them as source: the first time in this process, and once it is warm. */
public final class ImportBenchmark {
    private static final Path MODEL = Path.of("examples/minilm.heddle");
    private static final int ROUNDS = 21;

    private ImportBenchmark() {}

    /** @param args ONNX files; MiniLM when there are none */
    public static void main(String[] args) {
        List<Path> files = args.length > 0 ? Arrays.stream(args).map(Path::of).toList() : List.of(miniLm());
        System.out.printf("%-40s %6s %6s %9s %9s%n", "file", "nodes", "lines", "first ms", "median ms");
        for (Path file : files) {
            List<Double> millis = new ArrayList<>();
            OnnxModel model = OnnxModel.read(file);
            String source = "";
            for (int round = 0; round < ROUNDS; round++) {
                long start = System.nanoTime();
                model = OnnxModel.read(file);
                source = OnnxImport.of(model, "Imported").source();
                millis.add((System.nanoTime() - start) * 1e-6);
            }
            double first = millis.getFirst();
            List<Double> warm =
                    millis.subList(ROUNDS / 2, ROUNDS).stream().sorted().toList();
            System.out.printf(
                    "%-40s %6d %6d %9.0f %9.0f%n",
                    file.getFileName(),
                    model.graph().nodes().size(),
                    source.lines().count(),
                    first,
                    warm.get(warm.size() / 2));
        }
    }

    private static Path miniLm() {
        ModelManifest manifest = Heddle.model(MODEL).source().manifest();
        return CompileOptions.defaults().files().find(manifest.weights().orElseThrow(), Path.of(""));
    }
}
