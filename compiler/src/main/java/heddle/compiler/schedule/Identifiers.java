package heddle.compiler.schedule;

import java.util.HashSet;
import java.util.Set;
import javax.lang.model.SourceVersion;

/** Gives Java identifiers to buffers, readable and each once. */
final class Identifiers {
    /** Shorter names are left to loop axes and locals of generated code. */
    private static final int SHORTEST = 3;

    private final Set<String> used = new HashSet<>();

    /** {@code text} as an identifier; a number is added when it is taken. */
    String unique(String text) {
        String name = text.replaceAll("[^A-Za-z0-9]+", "_");
        if (name.length() < SHORTEST || Character.isDigit(name.charAt(0)) || !SourceVersion.isName(name)) {
            name = "t_" + name;
        }
        String candidate = name;
        for (int i = 2; !used.add(candidate); i++) {
            candidate = name + "_" + i;
        }
        return candidate;
    }
}
