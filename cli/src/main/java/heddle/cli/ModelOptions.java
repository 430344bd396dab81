package heddle.cli;

import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The options that name the model of a command. */
final class ModelOptions {
    @Parameters(paramLabel = "FILE", description = "The model, a .heddle file.")
    private Path file;

    @Mixin
    private LengthOptions lengths;

    Path file() {
        return file;
    }

    /** Reads and checks the model. */
    HeddleModel model() {
        return Heddle.model(file, lengths.byName());
    }

    /** The model with all lengths open. */
    HeddleModel open() {
        return Heddle.model(file);
    }
}
