package heddle.cli;

import heddle.compiler.explain.Explanation;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code heddle explain}: shows which attentions are fused, from which source and at what cost, and why others are not.
 */
@Command(
        name = "explain",
        description =
                "Shows which attentions of a model are fused, from which source lines and what that saves, and why "
                        + "others are not.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  heddle explain examples/minilm.heddle",
            "  heddle explain examples/attention.heddle -D B=1 -D N=4096    costs in numbers",
            "  heddle explain model.heddle --require-fused                  exit code 4 when one is not fused"
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
        Explanation explanation = model.model().explain();
        out.print(format == Format.JSON ? ExplanationJson.of(explanation) : ExplanationText.of(explanation));
        return requireFused && !explanation.declined().isEmpty() ? ExitCode.NOT_FUSED : ExitCode.DONE;
    }
}
