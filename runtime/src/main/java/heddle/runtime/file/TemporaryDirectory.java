package heddle.runtime.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** A directory of this process' own that is gone with all that is in it when it is closed, or when the process ends. */
public final class TemporaryDirectory implements AutoCloseable {
    private static final Set<TemporaryDirectory> OPEN = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> OPEN.forEach(TemporaryDirectory::close), "heddle-temporary-files"));
    }

    private final Path path;
    private Runnable before = () -> {};

    /** @param prefix of its name; the process' number comes after it */
    public TemporaryDirectory(String prefix) {
        try {
            this.path =
                    Files.createTempDirectory(prefix + ProcessHandle.current().pid() + "-");
        } catch (IOException e) {
            throw AtomicFile.unwritable(Path.of(System.getProperty("java.io.tmpdir")), e);
        }
        OPEN.add(this);
    }

    public Path path() {
        return path;
    }

    /** Has something done before all is deleted: ends a process that would make new files. */
    public void beforeDeletion(Runnable action) {
        before = action;
    }

    @Override
    public synchronized void close() {
        if (!OPEN.remove(this)) {
            return;
        }
        before.run();
        delete(path);
    }

    /** Deletes a directory with all that is in it; what another process deletes meanwhile is as good as deleted. */
    public static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            // Gone already.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
