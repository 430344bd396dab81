package heddle.compiler.schedule;

import java.util.HashSet;
import java.util.Set;
import javax.lang.model.SourceVersion;

/** The names of a plan: each is given once. Buffers have Java identifiers, kernels the paths of their operations. */
final class PlanNames {
    /** Shorter names are left to loop axes and locals of generated code. */
    private static final int SHORTEST = 3;

    private final Set<String> used = new HashSet<>();

    /** {@code text} as an identifier; a number is added when it is taken. */
    String identifier(String text) {
        String name = text.replaceAll("[^A-Za-z0-9]+", "_");
        if (name.length() < SHORTEST || Character.isDigit(name.charAt(0)) || !SourceVersion.isName(name)) {
            name = "t_" + name;
        }
        return unique(name, "_");
    }

    /** {@code path}; a number of its own behind a dot is added when it is taken, which no path ends with. */
    String kernel(String path) {
        return unique(path, ".");
    }

    private String unique(String name, String between) {
        String candidate = name;
        for (int i = 2; !used.add(candidate); i++) {
            candidate = name + between + i;
        }
        return candidate;
    }
}
