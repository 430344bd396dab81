package heddle.compiler.schedule;

import java.util.HashSet;
import java.util.Set;

/** Gives kernels the paths of their operations as names, each once. */
final class KernelNames {
    private final Set<String> used = new HashSet<>();

    /** {@code path}; a number of its own behind a dot is added when it is taken, which no path ends with. */
    String unique(String path) {
        String candidate = path;
        for (int n = 2; !used.add(candidate); n++) {
            candidate = path + "." + n;
        }
        return candidate;
    }
}
