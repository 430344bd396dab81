package heddle.cli.option;

import heddle.cli.Terminal;
import heddle.runtime.CompileOptions;
import heddle.runtime.HeddleModel;
import heddle.runtime.weights.WeightBinding.Conversion;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options of a run, apart from its inputs. */
public final class ExecutionOptions {
    @Spec(Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--weights",
            paramLabel = "FILE",
            converter = FileName.class,
            description = "A .safetensors or .onnx file, maven:group:artifact:version!/file, or random. Default: as the"
                    + " .properties file beside the model says.")
    private String weights;

    @Option(
            names = "--tokenizer",
            paramLabel = "FILE",
            converter = FileName.class,
            description =
                    "A tokenizer.json file, maven:group:artifact:version!/file, or bytes, for models whose tokens are"
                            + " bytes. Default: as for the weights.")
    private String tokenizer;

    @Option(names = "--cast-weights", description = "Rounds weights to the types that the model declares.")
    private boolean castWeights;

    @Option(
            names = "--threads",
            paramLabel = "N",
            converter = OptionNumbers.Threads.class,
            description = "Threads to compute with. Default: all processors.")
    private Integer threads;

    /** The options of the API that these stand for. */
    public CompileOptions options() {
        CompileOptions options = CompileOptions.defaults()
                .withFiles(Terminal.modelFiles())
                .withWarnings(this::warn)
                .withConversion(castWeights ? Conversion.ANY : Conversion.LOSSLESS);
        if (weights != null) {
            options = options.withWeights(weights);
        }
        if (tokenizer != null) {
            options = options.withTokenizer(tokenizer);
        }
        return threads == null ? options : options.withThreads(threads);
    }

    /** The files that these name. */
    public OutputFiles reads(OutputFiles files) {
        return files.reads("--weights", weights).reads("--tokenizer", tokenizer);
    }

    /** Warns of files that were named and that a model has no use for. @param texts whether it is given any */
    public void warnUnused(HeddleModel model, boolean texts) {
        if (weights != null && model.declaration().weights().isEmpty()) {
            warn("--weights is not used: the model has no weights");
        }
        if (tokenizer != null && !texts) {
            warn("--tokenizer is not used: there is no --text");
        }
    }

    private void warn(String line) {
        spec.commandLine().getErr().println("warning: " + line);
    }
}
