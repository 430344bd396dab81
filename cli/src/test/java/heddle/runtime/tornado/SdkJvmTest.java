package heddle.runtime.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.backend.tornado.TornadoSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SdkJvmTest {
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
