package heddle.runtime.tornado;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.code.ClassCache;
import heddle.runtime.code.SourceUnit;
import heddle.runtime.file.TemporaryDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Asks TornadoVM for its devices, with a small program that is compiled against the SDK and runs in a separate JVM.
 */
final class DeviceProbe {
    private static final String CLASS = "DeviceProbe";
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private DeviceProbe() {}

    /**
     * The devices, none when there are none.
     *
     * @param cache keeps the compiled program
     * @throws DiagnosticException when TornadoVM does not start or does not answer
     */
    static List<TornadoDevice> run(TornadoSdk sdk, ClassCache cache) {
        try (TemporaryDirectory directory = new TemporaryDirectory("heddle-devices-")) {
            try {
                return run(new SdkJvm(sdk, directory.path()), cache);
            } catch (IOException e) {
                throw SdkJvm.unusable(directory.path(), e);
            }
        }
    }

    private static List<TornadoDevice> run(SdkJvm jvm, ClassCache cache) throws IOException {
        Path classes = Files.createDirectory(jvm.directory().resolve("classes"));
        for (var c : cache.classes(new SourceUnit(CLASS, source(), jvm.sdk().javac()))
                .entrySet()) {
            Files.write(classes.resolve(c.getKey() + ".class"), c.getValue());
        }
        Path found = jvm.directory().resolve("devices");
        Process process = jvm.start(Optional.empty(), List.of(classes), List.of(CLASS, found.toString()));
        await(process, jvm);
        if (Files.exists(found)) {
            return Files.readAllLines(found).stream().map(TornadoDevice::parse).toList();
        }
        throw failed("TornadoVM ended with code " + process.exitValue() + " when it was asked for its devices", jvm);
    }

    private static void await(Process process, SdkJvm jvm) {
        try {
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw failed("TornadoVM did not name its devices in " + LIMIT.toSeconds() + " seconds", jvm);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed("interrupted while TornadoVM looked for its devices", jvm);
        } finally {
            process.destroyForcibly();
        }
    }

    private static DiagnosticException failed(String message, SdkJvm jvm) {
        Diagnostic diagnostic = Diagnostic.of(TornadoCode.WORKER_START, message);
        for (String line : jvm.lastLines()) {
            diagnostic = diagnostic.note(line);
        }
        return new DiagnosticException(
                diagnostic.hint("see whether `" + jvm.sdk().home().resolve("bin/tornado") + " --devices` works"));
    }

    private static String source() throws IOException {
        try (InputStream in = DeviceProbe.class.getResourceAsStream(CLASS + ".java")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
