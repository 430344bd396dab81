package heddle.cli.option;

import heddle.runtime.file.FileFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The files that a command is to write, checked before it computes anything. */
public final class OutputFiles {
    private final CommandSpec spec;
    private final Map<Path, String> written = new HashMap<>();

    public OutputFiles(CommandSpec spec) {
        this.spec = spec;
    }

    /**
     * Adds a file.
     *
     * @param option as messages name it
     * @throws ParameterException when another option writes the same file
     * @throws heddle.dsl.diagnostic.DiagnosticException when it cannot be written
     */
    public void add(String option, Path file) {
        FileFault.requireWritable(file);
        String before = written.putIfAbsent(identity(file), option);
        if (before != null) {
            throw new ParameterException(
                    spec.commandLine(),
                    before.equals(option)
                            ? option + " writes " + file + " twice"
                            : before + " and " + option + " both write " + file);
        }
    }

    /** One name for all the paths to a file; its directory is there. */
    private static Path identity(Path file) {
        Path absolute = file.toAbsolutePath();
        try {
            return Files.exists(file)
                    ? file.toRealPath()
                    : absolute.getParent().toRealPath().resolve(absolute.getFileName());
        } catch (IOException e) {
            return absolute.normalize();
        }
    }
}
