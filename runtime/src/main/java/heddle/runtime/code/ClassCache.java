package heddle.runtime.code;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * A directory of compiled classes. The key of a cache entry is everything that its classes were made from: source,
 * options, Java version and Heddle version. An entry that is damaged or was made from something else is never loaded;
 * it is made again.
 */
public final class ClassCache {
    /** The directories that this process was told cannot be written to: it may have several caches in one. */
    private static final Set<Path> UNWRITABLE = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final String version;
    private final Consumer<String> warnings;

    /**
     * @param directory made when something is first written to it
     * @param version   of Heddle
     * @param warnings  told when nothing can be kept, once for each directory
     */
    public ClassCache(Path directory, String version, Consumer<String> warnings) {
        this.directory = directory;
        this.version = version;
        this.warnings = warnings;
    }

    /** The classes of a source, compiled when they are not kept. */
    public Map<String, byte[]> classes(SourceUnit source) {
        String key = key(source);
        Optional<Map<String, byte[]>> kept = read(key);
        if (kept.isPresent()) {
            return kept.get();
        }
        Map<String, byte[]> made = JavaCompilation.compile(source);
        write(key, made);
        return made;
    }

    /** Whether {@link #note} has kept that something is known of a source. */
    public boolean isNoted(SourceUnit source, String fact) {
        return Files.exists(noteFile(source, fact));
    }

    /** Keeps that something is known of a source: that it was tried, say. */
    public void note(SourceUnit source, String fact) {
        try {
            Files.createDirectories(directory);
            Files.write(noteFile(source, fact), new byte[0]);
        } catch (IOException e) {
            warn(e);
        }
    }

    private Path noteFile(SourceUnit source, String fact) {
        return directory.resolve(ClassFileEntry.key(key(source), fact) + ".noted");
    }

    /** Where the classes of a source are kept. */
    Path file(SourceUnit source) {
        return file(key(source));
    }

    private String key(SourceUnit source) {
        String java = System.getProperty("java.vm.vendor") + " " + Runtime.version();
        return ClassFileEntry.key(source.className(), source.text(), String.join(" ", source.options()), java, version);
    }

    private Path file(String key) {
        return directory.resolve(key + ".classes");
    }

    private Optional<Map<String, byte[]>> read(String key) {
        try {
            return ClassFileEntry.read(key, Files.readAllBytes(file(key)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            warn(e);
            return Optional.empty();
        }
    }

    /** Writes to a file of its own first, so that no reader and no other writer ever sees half an entry. */
    private void write(String key, Map<String, byte[]> classes) {
        try {
            Files.createDirectories(directory);
            Path part = Files.createTempFile(directory, key.substring(0, 8), ".part");
            try {
                Files.write(part, ClassFileEntry.write(key, classes));
                Files.move(part, file(key), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            warn(e);
        }
    }

    private void warn(IOException e) {
        if (UNWRITABLE.add(directory)) {
            warnings.accept("compiled classes cannot be kept in " + directory + " (" + e
                    + "); set HEDDLE_CACHE to a directory you may write to");
        }
    }
}
