package heddle.cli.option;

import heddle.dsl.diagnostic.DiagnosticException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.Supplier;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the names that options and parameters take. An empty one, as of a variable that a shell does not know, is none. */
public final class FileName implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
        return named(text);
    }

    /** The same for paths. */
    public static final class OfPath implements ITypeConverter<Path> {
        @Override
        public Path convert(String text) {
            try {
                return Path.of(named(text));
            } catch (InvalidPathException e) {
                throw new TypeConversionException("'" + text + "' is not the name of a file: " + e.getReason());
            }
        }
    }

    /** What is read of a file; a mistake says which option gave it. */
    public static <T> T read(String option, Supplier<T> reading) {
        try {
            return reading.get();
        } catch (DiagnosticException e) {
            throw new DiagnosticException(e.diagnostics().stream()
                    .map(d -> d.note("given by " + option))
                    .toList());
        }
    }

    private static String named(String text) {
        if (text.isEmpty()) {
            throw new TypeConversionException("the name is empty");
        }
        return text;
    }
}
