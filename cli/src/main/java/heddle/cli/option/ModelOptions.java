package heddle.cli.option;

import heddle.runtime.HeddleModel;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The options that name the model of a command. */
public final class ModelOptions {
    @Parameters(paramLabel = "FILE", description = "The model, a .heddle or an .onnx file.")
    private Path file;

    @Mixin
    private ModelSettings settings;

    public Path file() {
        return file;
    }

    /** The lengths that are fixed, by name. */
    public Map<String, Long> lengths() {
        return settings.lengths();
    }

    /** Reads and checks the model; warnings are printed. */
    public HeddleModel model() {
        return settings.model(file);
    }

    /** Whether the options ask for gradients. */
    public boolean asksForGradients() {
        return settings.asksForGradients();
    }
}
