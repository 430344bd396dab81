package heddle.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import heddle.cli.option.FileName;
import heddle.cli.option.MachineOption;
import heddle.cli.option.ModelSettings;
import heddle.cli.report.ExplanationJson;
import heddle.cli.report.ExplanationText;
import heddle.cli.report.GradientText;
import heddle.cli.report.OnnxOrigin;
import heddle.cli.report.RecomputationText;
import heddle.cli.report.Scoreboard;
import heddle.compiler.Compilation;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.explain.Explanation;
import heddle.compiler.explain.GradientExplanation;
import heddle.compiler.ir.Graph;
import heddle.compiler.op.Softmax;
import heddle.compiler.report.FusionReport;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.HeddleModel;
import heddle.runtime.PackedModel;
import heddle.runtime.embed.TextEmbedder;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
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
            "  heddle explain model.heddle --require-fused                  exit code 4 when one is not fused",
            "  heddle explain models/*.onnx --format table                  a line for each file"
        })
final class ExplainCommand implements Callable<Integer> {
    private static final String NOTHING = "The model has no attention, and nothing that comes near it.";

    /** How the report is printed. */
    enum Format {
        TEXT,
        JSON,
        /** A line for each file. */
        TABLE
    }

    /** What is said of one file. @param leftOut why nothing is explained of attention that is there */
    private record Explained(
            HeddleModel model,
            Compilation compilation,
            Explanation explanation,
            FusionReport report,
            Optional<String> leftOut) {
        private Optional<GradientExplanation> gradients() {
            return compilation.explainGradients(model.fixedLengths());
        }

        private Optional<OnnxOrigin> origin() {
            return model.source()
                    .onnx()
                    .map(onnx -> new OnnxOrigin(model.source().name(), onnx));
        }
    }

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "MODEL",
            converter = FileName.class,
            arity = "1..*",
            description = "Models: .heddle or .onnx files, or names of published ones.")
    private List<String> files;

    @Mixin
    private ModelSettings settings;

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
        if (files.size() == 1 && format != Format.TABLE) {
            Explained one = explained(files.getFirst());
            out.print(
                    format == Format.JSON
                            ? JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(fields(one)) + "\n"
                            : text(one));
            return code(files.getFirst(), one);
        }
        return switch (format) {
            case TEXT -> eachAsText(out);
            case JSON -> all(out);
            case TABLE -> table(out);
        };
    }

    private Explained explained(String file) {
        HeddleModel declared = settings.model(file);
        Compilation compilation = machine.policy()
                .map(policy -> declared.compilation(Fusion.FUSED, policy))
                .orElseGet(() -> declared.compilation(Fusion.FUSED));
        Explanation explanation = compilation.explain(declared.fixedLengths());
        // Lengths of zero or one may leave nothing of an attention that is there for others.
        FusionReport report = explanation.report().isEmpty()
                ? settings.open(declared).map(open -> open.explain().report()).orElse(explanation.report())
                : explanation.report();
        Optional<String> leftOut =
                explanation.report().isEmpty() ? leftOut(declared.declaration().graph(), report) : Optional.empty();
        return new Explained(declared, compilation, explanation, report, leftOut);
    }

    private String text(Explained one) {
        return ExplanationText.of(one.explanation(), one.leftOut().orElse(NOTHING), one.origin())
                + one.gradients().map(GradientText::of).orElse("")
                + one.compilation().recomputation().map(RecomputationText::of).orElse("")
                + packing(one.model())
                        .map(packed -> packed.declined()
                                .map(why -> "\nTexts are padded: " + why + "\n")
                                .orElse("\nTexts of different length lie end to end, without padding.\n"))
                        .orElse("");
    }

    private Map<String, Object> fields(Explained one) {
        return ExplanationJson.fields(
                one.explanation(),
                one.gradients(),
                one.compilation().recomputation(),
                one.origin(),
                packing(one.model()));
    }

    /** How texts share runs of a model that gives vectors for their tokens, whose lengths are those of the texts. */
    private Optional<PackedModel> packing(HeddleModel model) {
        return (model.fixedLengths().isEmpty() ? Optional.of(model) : settings.open(model))
                .flatMap(TextEmbedder::packing);
    }

    private int eachAsText(PrintWriter out) {
        int code = ExitCode.DONE;
        for (String file : files) {
            try {
                Explained one = explained(file);
                out.println(file + ":");
                out.println(text(one));
                code = code == ExitCode.DONE ? code(file, one) : code;
            } catch (DiagnosticException e) {
                Terminal.print(e.diagnostics(), spec.commandLine().getErr());
                code = ExitCode.WRONG_INPUT;
            }
        }
        return code;
    }

    private int all(PrintWriter out) throws IOException {
        int code = ExitCode.DONE;
        List<Map<String, Object>> all = new ArrayList<>();
        for (String file : files) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("file", file);
            try {
                Explained one = explained(file);
                fields.putAll(fields(one));
                code = code == ExitCode.DONE ? code(file, one) : code;
            } catch (DiagnosticException e) {
                fields.put(
                        "mistakes",
                        e.diagnostics().stream().map(Diagnostic::message).toList());
                code = ExitCode.WRONG_INPUT;
            }
            all.add(fields);
        }
        out.println(JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(all));
        return code;
    }

    private int table(PrintWriter out) {
        Scoreboard board = new Scoreboard();
        int code = ExitCode.DONE;
        for (String file : files) {
            try {
                Explained one = explained(file);
                board.add(file, one.model(), one.report(), one.origin());
                code = code == ExitCode.DONE && requireFused && isWorse(one) ? ExitCode.NOT_FUSED : code;
            } catch (DiagnosticException e) {
                board.add(file, e.diagnostics());
                code = ExitCode.WRONG_INPUT;
            }
        }
        out.print(board);
        return code;
    }

    /** Why a model of which nothing is explained has attention all the same; empty when it has none. */
    private Optional<String> leftOut(Graph written, FusionReport open) {
        boolean nothing = written.nodes().stream()
                .filter(node -> node.op() instanceof Softmax)
                .anyMatch(node -> node.value().type().shape().size().is(0));
        if (open.isEmpty() && !nothing) {
            return Optional.empty();
        }
        String lengths = settings.lengths().entrySet().stream()
                .map(length -> length.getKey() + " is " + length.getValue())
                .collect(Collectors.joining(", "));
        return Optional.of("The attention of the model is left out: "
                + (nothing ? "it has no elements, because a length is zero" : "nothing is left of it")
                + (lengths.isEmpty() ? "." : " (" + lengths + ")."));
    }

    private int code(String file, Explained one) {
        if (!requireFused || !isWorse(one)) {
            return ExitCode.DONE;
        }
        if (one.report().isEmpty()) {
            String model = files.size() == 1 ? "the model" : file;
            spec.commandLine().getErr().println("--require-fused: " + model + " has no attention");
        }
        return ExitCode.NOT_FUSED;
    }

    /** Whether something that can be fused is not; a model that has nothing of the kind is not what was meant. */
    private static boolean isWorse(Explained one) {
        return !one.report().declined(FusionReport.Kind.IN_THE_WAY).isEmpty()
                || one.report().isEmpty() && one.leftOut().isEmpty();
    }
}
