package heddle.cli;

import heddle.compiler.Compiler.Fusion;
import heddle.runtime.CompileOptions;
import heddle.runtime.CompiledModel;
import heddle.runtime.HeddleModel;
import heddle.runtime.tensor.Tensor;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code heddle bench}: measures how fast a model runs. */
@Command(
        name = "bench",
        description =
                "Times a model: medians of each kernel and of whole runs after a warm-up. Inputs that are not given"
                        + " are random.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  heddle bench examples/minilm.heddle -D B=1 -D N=128",
            "  heddle bench examples/minilm.heddle -D B=1 -D N=512 --vs unfused --format md"
        })
final class BenchCommand implements Callable<Integer> {
    /** The plan that a model is compared with. */
    enum Rival {
        UNFUSED
    }

    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelOptions model;

    @Mixin
    private ExecutionOptions execution;

    @Mixin
    private InputOptions inputs;

    @Mixin
    private TargetOption target;

    @Option(names = "--vs", description = "Also times the model ${COMPLETION-CANDIDATES}, and prints the ratio.")
    private Rival rival;

    @Option(names = "--runs", defaultValue = "20", description = "The number of timed runs. Default: 20.")
    private int runs;

    @Option(
            names = "--warm-up",
            defaultValue = "3",
            paramLabel = "SECONDS",
            description = "How long to warm up. Default: 3.")
    private double warmUp;

    @Option(names = "--format", defaultValue = "text", description = "${COMPLETION-CANDIDATES}; text is the default.")
    private BenchReport.Format format;

    @Override
    public Integer call() throws IOException {
        if (runs < 1) {
            throw new ParameterException(spec.commandLine(), "--runs is " + runs + ", at least 1 is needed");
        }
        PrintWriter out = spec.commandLine().getOut();
        CompileOptions options = execution.options().withTarget(target.options());
        HeddleModel declared = model.model();
        SequencedMap<String, Tensor> given = inputs.tensors(declared, options, true);
        SequencedMap<String, Tensor> weights = declared.weights(options);
        Map<Fusion, Measurement> measured = new LinkedHashMap<>();
        CompiledModel fused = declared.compile(weights, options);
        measured.put(Fusion.FUSED, Measurement.of(fused, given, warmUp, runs));
        if (rival == Rival.UNFUSED) {
            CompiledModel unfused = declared.compile(weights, options.withFusion(Fusion.UNFUSED));
            measured.put(Fusion.UNFUSED, Measurement.of(unfused, given, warmUp, runs));
        }
        BenchReport.print(format, measured, out);
        if (format == BenchReport.Format.TEXT) {
            out.println(Placement.line(fused, Fusion.FUSED, fused.lengths(given)));
        }
        return ExitCode.DONE;
    }
}
