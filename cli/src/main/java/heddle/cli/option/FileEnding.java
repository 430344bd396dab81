package heddle.cli.option;

import java.nio.file.Path;
import java.util.Locale;

/** What a file is to hold, by how its name ends: {@code .html} or {@code .htm} for a format HTML. */
public final class FileEnding {
    private FileEnding() {}

    /**
     * The format that a name ends with.
     *
     * @param file      absent for what is printed
     * @param otherwise for what is printed, and for any other ending
     */
    public static <F extends Enum<F>> F format(Path file, F[] formats, F otherwise) {
        String name = String.valueOf(file).toLowerCase(Locale.ROOT).replaceAll("\\.htm$", ".html");
        for (F format : formats) {
            if (file != null && name.endsWith("." + format.name().toLowerCase(Locale.ROOT))) {
                return format;
            }
        }
        return otherwise;
    }
}
