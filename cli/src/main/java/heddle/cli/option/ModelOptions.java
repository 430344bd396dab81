package heddle.cli.option;

import heddle.cli.Terminal;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The options that name the model of a command. */
public final class ModelOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The model, a .heddle file.")
    private Path file;

    @Mixin
    private LengthOptions lengths;

    @Mixin
    private GradientOptions gradients;

    public Path file() {
        return file;
    }

    /** The lengths that are fixed, by name. */
    public Map<String, Long> lengths() {
        return lengths.byName();
    }

    /** Reads and checks the model; warnings are printed. */
    public HeddleModel model() {
        HeddleModel model = gradients.addTo(Heddle.model(file, lengths.byName()));
        Terminal.print(model.declaration().warnings(), spec.commandLine().getErr());
        return model;
    }

    /** Whether the options ask for gradients. */
    public boolean asksForGradients() {
        return gradients.isAsked();
    }

    /** The model with all lengths open, and no budget for what depends on them. */
    public HeddleModel open() {
        return gradients.withoutBudget(Heddle.model(file));
    }
}
