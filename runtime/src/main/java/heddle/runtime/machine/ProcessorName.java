package heddle.runtime.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** What the processor of this machine is called. */
public final class ProcessorName {
    private static final Path LINUX = Path.of("/proc/cpuinfo");

    private ProcessorName() {}

    /** The name as Linux tells it; empty on other systems. */
    public static Optional<String> find() {
        if (!Files.isReadable(LINUX)) {
            return Optional.empty();
        }
        try (Stream<String> lines = Files.lines(LINUX)) {
            return named(lines);
        } catch (IOException e) {
            // The name is for people to read; without it a report says less.
            return Optional.empty();
        }
    }

    /** The name in lines as that file has them. */
    static Optional<String> named(Stream<String> lines) {
        return lines.filter(l -> l.startsWith("model name") && l.contains(":"))
                .map(l -> l.substring(l.indexOf(':') + 1).strip())
                .filter(name -> !name.isEmpty())
                .findFirst();
    }
}
