package heddle.cli;

import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The model a command works on. */
final class ModelOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

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

    /** Reads and checks the model; warnings are printed. */
    HeddleModel model() {
        HeddleModel model = Heddle.model(file, lengths);
        Terminal.print(model.declaration().warnings(), spec.commandLine().getErr());
        return model;
    }
}
