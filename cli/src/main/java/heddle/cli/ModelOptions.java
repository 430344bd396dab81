package heddle.cli;

import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options that name the model of a command. */
final class ModelOptions {
    @Parameters(paramLabel = "FILE", description = "The model, a .heddle file.")
    private Path file;

    @Option(
            names = "-D",
            paramLabel = "NAME=LENGTH",
            description = "Fixes a length that the model declares with dim, for example -D N=512.")
    private Map<String, Long> lengths = new LinkedHashMap<>();

    Path file() {
        return file;
    }

    /** Reads and checks the model. */
    HeddleModel model() {
        return Heddle.model(file, lengths);
    }
}
