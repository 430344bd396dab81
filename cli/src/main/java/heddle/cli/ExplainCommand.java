package heddle.cli;

import heddle.compiler.explain.Explanation;
import heddle.compiler.report.FusionReport;
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

    @Option(
            names = "--require-fused",
            description = "Ends with exit code 4 when a softmax attention is not fused, or the model has no attention.")
    private boolean requireFused;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        Explanation explanation = model.model().explain();
        out.print(format == Format.JSON ? ExplanationJson.of(explanation) : ExplanationText.of(explanation));
        return requireFused && !isMet(explanation.report()) ? ExitCode.NOT_FUSED : ExitCode.DONE;
    }

    /** Whether all that can be fused is; a model that has nothing of the kind is not what was meant. */
    private boolean isMet(FusionReport report) {
        if (!report.declined(FusionReport.Kind.IN_THE_WAY).isEmpty()) {
            return false;
        }
        // Lengths of one may leave nothing of an attention that is there for others.
        if (report.isEmpty() && model.open().explain().report().isEmpty()) {
            spec.commandLine().getErr().println("--require-fused: the model has no attention");
            return false;
        }
        return true;
    }
}
