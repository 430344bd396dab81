package heddle.cli;

import heddle.cli.option.MachineOption;
import heddle.cli.option.ModelOptions;
import heddle.cli.report.ExplanationJson;
import heddle.cli.report.ExplanationText;
import heddle.cli.report.RecomputationText;
import heddle.compiler.Compilation;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.explain.Explanation;
import heddle.compiler.ir.Graph;
import heddle.compiler.op.Softmax;
import heddle.compiler.report.FusionReport;
import heddle.runtime.HeddleModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
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
    private static final String NOTHING = "The model has no attention, and nothing that comes near it.";

    /** How the report is printed. */
    enum Format {
        TEXT,
        JSON
    }

    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelOptions model;

    @Mixin
    private MachineOption machine;

    @Option(names = "--format", defaultValue = "text", description = "${COMPLETION-CANDIDATES}; text is the default.")
    private Format format;

    @Option(
            names = "--require-fused",
            description = "Ends with exit code 4 when a softmax attention is not fused, or the model has no attention.")
    private boolean requireFused;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        HeddleModel declared = model.model();
        Compilation compilation = machine.policy()
                .map(policy -> declared.compilation(Fusion.FUSED, policy))
                .orElseGet(() -> declared.compilation(Fusion.FUSED));
        Explanation explanation = compilation.explain(declared.fixedLengths());
        // Lengths of zero or one may leave nothing of an attention that is there for others.
        FusionReport report =
                explanation.report().isEmpty() ? model.open().explain().report() : explanation.report();
        Optional<String> leftOut =
                explanation.report().isEmpty() ? leftOut(declared.declaration().graph(), report) : Optional.empty();
        out.print(
                format == Format.JSON
                        ? ExplanationJson.of(explanation, compilation.recomputation())
                        : ExplanationText.of(explanation, leftOut.orElse(NOTHING)));
        if (format == Format.TEXT) {
            compilation.recomputation().map(RecomputationText::of).ifPresent(out::print);
        }
        return requireFused && !isMet(report, leftOut.isPresent()) ? ExitCode.NOT_FUSED : ExitCode.DONE;
    }

    /** Why a model of which nothing is explained has attention all the same; empty when it has none. */
    private Optional<String> leftOut(Graph written, FusionReport open) {
        boolean nothing = written.nodes().stream()
                .filter(node -> node.op() instanceof Softmax)
                .anyMatch(node -> node.value().type().shape().size().is(0));
        if (open.isEmpty() && !nothing) {
            return Optional.empty();
        }
        String lengths = model.lengths().entrySet().stream()
                .map(length -> length.getKey() + " is " + length.getValue())
                .collect(Collectors.joining(", "));
        return Optional.of("The attention of the model is left out: "
                + (nothing ? "it has no elements, because a length is zero" : "nothing is left of it")
                + (lengths.isEmpty() ? "." : " (" + lengths + ")."));
    }

    /** Whether all that can be fused is; a model that has nothing of the kind is not what was meant. */
    private boolean isMet(FusionReport report, boolean leftOut) {
        if (!report.declined(FusionReport.Kind.IN_THE_WAY).isEmpty()) {
            return false;
        }
        if (report.isEmpty() && !leftOut) {
            spec.commandLine().getErr().println("--require-fused: the model has no attention");
            return false;
        }
        return true;
    }
}
