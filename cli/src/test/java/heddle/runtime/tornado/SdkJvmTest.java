package heddle.runtime.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.backend.tornado.host.TornadoSettings;
import heddle.dsl.diagnostic.DiagnosticException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a JVM is started for TornadoVM, and with which settings. */
class SdkJvmTest {
    private static final String MEMORY = "tornado.device.memory";

    private static final Optional<TornadoDevice> DEVICE = Optional.of(new TornadoDevice(
            0, 0, "OPENCL", "GPU", "a device", "a platform", 1_000_000, 500_000, 48_000, 8, 256, "1.0"));

    @AfterEach
    void unset() {
        System.clearProperty(MEMORY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"20MB", "4GB", "1000000", "64KB"})
    void aSizeIsHandedOn(String size) {
        System.setProperty(MEMORY, size);
        assertEquals(size, SdkJvm.properties(DEVICE).get(MEMORY));
    }

    @ParameterizedTest
    @ValueSource(strings = {"lots", "", "-1", "4 GB", "1e9", "99999999999999999999"})
    void whatIsNoSizeIsRefused(String size) {
        System.setProperty(MEMORY, size);
        DiagnosticException wrong = assertThrows(DiagnosticException.class, () -> SdkJvm.properties(DEVICE));
        assertEquals(TornadoCode.SETTING, wrong.diagnostics().getFirst().code());
    }

    @TempDir
    Path dir;

    /** TornadoVM reads them when its classes are loaded: they are options of the JVM, after those of the SDK. */
    @Test
    void aWorkerIsStartedWithWhatKernelsNeed() throws Exception {
        TornadoSdk sdk = SdkLayout.read(SdkDirectory.make(dir.resolve("sdk"), "5.2.0-jdk25"));
        SdkJvm jvm = new SdkJvm(sdk, Files.createDirectory(dir.resolve("worker")));
        Process process = jvm.start(Optional.empty(), List.of(), List.of("-XshowSettings:properties", "-version"));
        assertEquals(0, process.waitFor(), String.join("\n", jvm.lines()));
        assertEquals("False", TornadoSettings.required().get("tornado.enable.nativeFunctions"));
        TornadoSettings.required().forEach((name, value) -> {
            String line = name + " = " + value;
            assertTrue(jvm.lines().stream().anyMatch(l -> l.strip().equals(line)), line);
        });
    }
}
