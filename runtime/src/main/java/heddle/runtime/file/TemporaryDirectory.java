package heddle.runtime.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A directory that belongs to this process. It is deleted with everything in it when it is closed, or when the process
 * ends.
 */
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
        FileTree.delete(path);
    }
}
