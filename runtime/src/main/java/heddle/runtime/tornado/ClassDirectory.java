package heddle.runtime.tornado;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** A directory on a class path, and the classes that were put there. A class never changes after it is loaded. */
record ClassDirectory(Path path, Map<String, byte[]> classes) {
    ClassDirectory(Path path) {
        this(path, new HashMap<>());
    }

    boolean accepts(Map<String, byte[]> added) {
        return added.entrySet().stream()
                .allMatch(
                        e -> !classes.containsKey(e.getKey()) || Arrays.equals(classes.get(e.getKey()), e.getValue()));
    }

    void add(Map<String, byte[]> added) throws IOException {
        for (var e : added.entrySet()) {
            if (classes.putIfAbsent(e.getKey(), e.getValue()) == null) {
                Files.write(path.resolve(e.getKey() + ".class"), e.getValue());
            }
        }
    }
}
