package heddle.runtime.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RememberedDevicesTest {
    private static final List<TornadoDevice> DEVICES = List.of(
            new TornadoDevice(
                    0, 0, "OPENCL", "CPU", "processors", "some platform", 8L << 30, 2L << 30, 1 << 20, 4, 64, ""),
            new TornadoDevice(1, 2, "CUDA", "GPU", "thing 2", "vendor", 1 << 30, 1 << 28, 1 << 15, 8, 256, "570.1"));

    @TempDir
    Path dir;

    private Path file;
    private RememberedDevices remembered;
    private TornadoSdk sdk;

    @BeforeEach
    void remember() throws IOException {
        sdk = SdkLayout.read(SdkDirectory.make(dir.resolve("sdk"), "5.2.0-jdk25"));
        file = dir.resolve("cache/devices");
        remembered = new RememberedDevices(file);
        assertEquals(Optional.empty(), remembered.read(sdk));
        remembered.write(sdk, DEVICES);
    }

    @Test
    void areWhatTheyWere() {
        assertEquals(Optional.of(DEVICES), remembered.read(sdk));
    }

    @Test
    void areForgottenAfterAnHour() throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofMinutes(61))));
        assertEquals(Optional.empty(), remembered.read(sdk));
    }

    @Test
    void areForgottenWhenTheSdkChanges() throws IOException {
        Files.setLastModifiedTime(sdk.api(), FileTime.fromMillis(0));
        assertEquals(Optional.empty(), remembered.read(sdk));
        TornadoSdk other = SdkLayout.read(SdkDirectory.make(dir.resolve("other"), "5.3.0-jdk25"));
        remembered.write(sdk, DEVICES);
        assertEquals(Optional.empty(), remembered.read(other));
    }

    @Test
    void noneAreLookedForAgain() {
        remembered.write(sdk, List.of());
        assertEquals(Optional.empty(), remembered.read(sdk));
    }

    @Test
    void aDamagedFileIsNone() throws IOException {
        Files.writeString(file, Files.readString(file).replace("CUDA\t", "CUDA "));
        assertEquals(Optional.empty(), remembered.read(sdk));
    }

    @Test
    void needNotBeKept() throws IOException {
        Path inTheWay = Files.writeString(dir.resolve("file"), "");
        RememberedDevices nowhere = new RememberedDevices(inTheWay.resolve("devices"));
        nowhere.write(sdk, DEVICES);
        assertEquals(Optional.empty(), nowhere.read(sdk));
    }
}
