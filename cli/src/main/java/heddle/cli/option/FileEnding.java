package heddle.cli.option;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** What a file is to hold, by how its name ends: {@code .html} or {@code .htm} for a format HTML. */
public final class FileEnding {
    private FileEnding() {}

    /**
     * The format that a name ends with.
     *
     * @param file      absent for what is printed
     * @param otherwise for what is printed, for files that end in .txt, and for names without an ending
     * @throws ParameterException when it ends in something else
     */
    public static <F extends Enum<F>> F format(Path file, F[] formats, F otherwise, CommandSpec command) {
        String name = String.valueOf(file).toLowerCase(Locale.ROOT).replaceAll("\\.htm$", ".html");
        for (F format : formats) {
            if (file != null && name.endsWith("." + format.name().toLowerCase(Locale.ROOT))) {
                return format;
            }
        }
        String last = name.substring(name.lastIndexOf('/') + 1);
        if (file != null && !last.endsWith(".txt") && last.lastIndexOf('.') > 0) {
            throw new ParameterException(
                    command.commandLine(),
                    "the ending of " + file + " names no format; say which by --format "
                            + Arrays.toString(formats).toLowerCase(Locale.ROOT).replaceAll("[\\[\\]]", ""));
        }
        return otherwise;
    }
}
