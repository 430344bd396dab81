package heddle.cli;

import heddle.runtime.CompileOptions;
import heddle.runtime.weights.WeightBinding.Conversion;
import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options of a run, apart from its inputs. */
final class ExecutionOptions {
    @Spec(Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--weights",
            paramLabel = "FILE",
            description = "A .safetensors or .onnx file, maven:group:artifact:version!/file, or random. Default: as the"
                    + " .properties file beside the model says.")
    private String weights;

    @Option(
            names = "--tokenizer",
            paramLabel = "FILE",
            description = "A tokenizer.json file, or maven:group:artifact:version!/file. Default: as for the weights.")
    private String tokenizer;

    @Option(names = "--cast-weights", description = "Rounds weights to the types that the model declares.")
    private boolean castWeights;

    @Option(names = "--threads", paramLabel = "N", description = "Threads to compute with. Default: all processors.")
    private Integer threads;

    /** The options of the API that these stand for. */
    CompileOptions options() {
        PrintWriter err = spec.commandLine().getErr();
        CompileOptions options = CompileOptions.defaults()
                .withFiles(Terminal.modelFiles())
                .withWarnings(line -> err.println("warning: " + line))
                .withConversion(castWeights ? Conversion.ANY : Conversion.LOSSLESS);
        if (weights != null) {
            options = options.withWeights(weights);
        }
        if (tokenizer != null) {
            options = options.withTokenizer(tokenizer);
        }
        if (threads != null && threads < 1) {
            throw new ParameterException(spec.commandLine(), "--threads is " + threads + ", at least 1 is needed");
        }
        return threads == null ? options : options.withThreads(threads);
    }
}
