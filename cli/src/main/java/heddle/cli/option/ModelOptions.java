package heddle.cli.option;

import heddle.runtime.HeddleModel;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The options that name the model of a command. */
public final class ModelOptions {
    @Parameters(
            paramLabel = "MODEL",
            converter = FileName.class,
            description = "A .heddle or an .onnx file, a published model such as all-minilm-l6-v2, or its artefact,"
                    + " maven:group:artifact:version.")
    private String name;

    @Mixin
    private ModelSettings settings;

    /** What the model was called. */
    public String name() {
        return name;
    }

    /** The lengths that are fixed, by name. */
    public Map<String, Long> lengths() {
        return settings.lengths();
    }

    /** Reads and checks the model; warnings are printed. */
    public HeddleModel model() {
        return settings.model(name);
    }

    /** @throws picocli.CommandLine.ParameterException when the options say something of gradients, of which the command has none */
    public void refuseGradients() {
        settings.refuseGradients();
    }

    /** Whether the options ask for gradients. */
    public boolean asksForGradients() {
        return settings.asksForGradients();
    }
}
