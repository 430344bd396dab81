package heddle.runtime.code;

import java.util.List;

/**
 * The Java source of a generated class, and the options of javac.
 *
 * @param className the binary name of the class; it lies in the default package
 * @param text      the compilation unit
 * @param options   of javac
 */
public record SourceUnit(String className, String text, List<String> options) {
    public SourceUnit {
        options = List.copyOf(options);
    }
}
