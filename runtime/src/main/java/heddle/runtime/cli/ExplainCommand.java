package heddle.runtime.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.rewrite.FusionReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code heddle explain}: which attention is fused, and why any is not. */
@Command(
        name = "explain",
        description = "Says of each attention in a model whether it is fused, from which source lines, and why not.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  heddle explain examples/minilm.heddle",
            "  heddle explain model.heddle --require-fused    exit code 4 when one is not fused"
        })
final class ExplainCommand implements Callable<Integer> {
    /** How the report is printed. */
    enum Format {
        TEXT,
        JSON
    }

    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelOptions model;

    @Option(names = "--format", defaultValue = "text", description = "${COMPLETION-CANDIDATES}; text is the default.")
    private Format format;

    @Option(names = "--require-fused", description = "Ends with exit code 4 when an attention is not fused.")
    private boolean requireFused;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        FusionReport report = model.model().compilation(Fusion.FUSED).report();
        if (format == Format.JSON) {
            Map<String, Object> all = new LinkedHashMap<>();
            all.put("fused", report.fused().stream().map(Explanation::of).toList());
            all.put("declined", report.declined().stream().map(Explanation::of).toList());
            out.println(JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(all));
        } else {
            report.fused().forEach(f -> print("fused", Explanation.of(f), out));
            report.declined().forEach(d -> out.println(Explanation.text(d)));
            out.println(report.summary());
        }
        return requireFused && !report.declined().isEmpty() ? ExitCode.NOT_FUSED : ExitCode.DONE;
    }

    private static void print(String verdict, Map<String, Object> explanation, PrintWriter out) {
        out.println(verdict + " " + explanation.get("place"));
        explanation.forEach((key, value) -> {
            if (!key.equals("place") && !value.equals("")) {
                out.printf("  %-14s%s%n", key, value);
            }
        });
        out.println();
    }
}
