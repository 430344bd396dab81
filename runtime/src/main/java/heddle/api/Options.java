package heddle.api;

import heddle.compiler.Compiler.Fusion;
import heddle.runtime.CompileOptions;
import heddle.runtime.SourceReader;
import heddle.runtime.weights.WeightBinding.Conversion;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How a model is compiled and where its files are. Options do not change: each method gives new ones.
 *
 * @since 0.2
 */
public final class Options {
    private final CompileOptions options;

    private Options(CompileOptions options) {
        this.options = options;
    }

    /** All processors of this machine, the best target there is, and files as the model's {@code .properties} say. */
    public static Options defaults() {
        return new Options(CompileOptions.defaults());
    }

    CompileOptions options() {
        return options;
    }

    /**
     * With so many threads in a run, at least one, and at most 1024 or as many as the machine has processors. Results do not
     * depend on it.
     */
    public Options threads(int threads) {
        if (threads < 1 || threads > CompileOptions.mostThreads()) {
            throw new IllegalArgumentException(
                    "threads are from 1 to " + CompileOptions.mostThreads() + ", not " + threads);
        }
        return new Options(options.withThreads(threads));
    }

    /**
     * With the weights of a file.
     *
     * @param file a {@code .safetensors} or {@code .onnx} file, or {@code random}; with {@code heddle-maven} on the class
     *             path also {@code maven:group:artifact:version!/file}
     */
    public Options weights(String file) {
        return new Options(options.withWeights(file));
    }

    /** With a {@code tokenizer.json} file, named as weights are. */
    public Options tokenizer(String file) {
        return new Options(options.withTokenizer(file));
    }

    /** With weights rounded to the model's types; else weights that would lose precision are a mistake. */
    public Options roundWeights() {
        return new Options(options.withConversion(Conversion.ANY));
    }

    /** With a target. */
    public Options target(Target target) {
        return new Options(
                options.withTarget(options.target().withTarget(heddle.runtime.Target.valueOf(target.name()))));
    }

    /**
     * With the schedules of a file, as {@code heddle tune} writes it, for the kernels that it names. They change how fast a model is, and the
     * order of its sums.
     *
     * @throws HeddleException when the file cannot be read; a model that does not have its kernels cannot be compiled
     */
    public Options schedules(Path file) {
        return new Options(
                options.withSchedules(HeddleException.rethrow(() -> Optional.of(SourceReader.schedules(file)))));
    }

    /** With one kernel for each operation: slow, and of use to compare with. */
    public Options unfused() {
        return new Options(options.withFusion(Fusion.UNFUSED));
    }

    /** With warnings told to {@code warnings}, a line each, instead of standard error. */
    public Options warnings(Consumer<String> warnings) {
        return new Options(options.withWarnings(warnings));
    }
}
