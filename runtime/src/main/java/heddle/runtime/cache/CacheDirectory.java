package heddle.runtime.cache;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import heddle.runtime.file.FileFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The directory for files that Heddle can make again: {@code HEDDLE_CACHE} if set, otherwise the platform's cache
 * directory ({@code XDG_CACHE_HOME} or {@code ~/.cache} on Linux, {@code ~/Library/Caches} on macOS, {@code
 * LOCALAPPDATA} on Windows) with {@code heddle} appended.
 */
public record CacheDirectory(Path root) {
    /** The cache of the user who runs this process. */
    public static CacheDirectory ofUser() {
        return new CacheDirectory(
                locate(System::getenv, System.getProperty("os.name"), System.getProperty("user.home")));
    }

    static Path locate(UnaryOperator<String> environment, String os, String home) {
        Optional<Path> chosen = path(environment.apply("HEDDLE_CACHE"));
        if (chosen.isPresent()) {
            return chosen.get();
        }
        Path base = switch (os.split(" ", 2)[0]) {
            case "Mac" -> Path.of(home, "Library", "Caches");
            case "Windows" -> path(environment.apply("LOCALAPPDATA")).orElse(Path.of(home, "AppData", "Local"));
            default ->
                // The XDG specification has relative paths ignored.
                path(environment.apply("XDG_CACHE_HOME"))
                        .filter(Path::isAbsolute)
                        .orElse(Path.of(home, ".cache"));
        };
        return base.resolve("heddle");
    }

    private static Optional<Path> path(String text) {
        return Optional.ofNullable(text).filter(t -> !t.isBlank()).map(Path::of);
    }

    /** A directory of this cache, made when it is not there. */
    public Path directory(String name) {
        Path dir = root.resolve(name);
        try {
            return Files.createDirectories(dir);
        } catch (IOException e) {
            throw new DiagnosticException(
                    Diagnostic.of(RuntimeCode.FILE_UNWRITABLE, "the cache directory " + dir + " cannot be made")
                            .note(FileFault.reason(e))
                            .hint("set HEDDLE_CACHE to a directory you may write to"));
        }
    }
}
