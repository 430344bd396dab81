package heddle.tests.tornado;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The jars of the real API: on the class path under the profile {@code tornado}, else in the SDK that TORNADOVM_HOME names. */
final class TornadoApi {
    /** Why a test of the real API is skipped. */
    static final String MISSING =
            "there is no tornado-api jar: set TORNADOVM_HOME to an SDK, or build with -Ptornado where a repository has it";

    private TornadoApi() {}

    static Optional<Path> jar() {
        return jar("tornado-api-");
    }

    /** The jar of tasks that call cuBLAS. */
    static Optional<Path> cublasJar() {
        return jar("tornado-cublas-");
    }

    private static Optional<Path> jar(String prefix) {
        return Stream.concat(onClassPath(), inSdk())
                .filter(file -> file.getFileName().toString().startsWith(prefix))
                .findFirst();
    }

    private static Stream<Path> onClassPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(TornadoApi::isJar);
    }

    private static Stream<Path> inSdk() {
        String home = System.getenv("TORNADOVM_HOME");
        Path jars = home == null ? null : Path.of(home, "share", "java", "tornado");
        if (jars == null || !Files.isDirectory(jars)) {
            return Stream.empty();
        }
        try (Stream<Path> files = Files.list(jars)) {
            return files.filter(TornadoApi::isJar).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isJar(Path file) {
        return file.getFileName() != null && file.getFileName().toString().endsWith(".jar");
    }
}
