package heddle.runtime.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.cli.ExitCode;
import heddle.cli.HeddleProcess;
import heddle.runtime.code.ClassCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class DeviceProbeTest {
    private static final int SECONDS = 60;

    /** So long that a directory fits in it and its files do not: Linux takes 4095 bytes. */
    private static final int LONG_PATH = 4040;

    @TempDir
    Path dir;

    /** TornadoVM's PTX half gives the sizes of grids as those of groups. */
    @Test
    void aGroupHasNoMoreThreadsThanItsLongestSide() throws IOException {
        TornadoSdk sdk = SdkLayout.read(ProbedSdk.make(dir.resolve("sdk"), ""));
        List<TornadoDevice> devices = DeviceProbe.run(sdk, new ClassCache(dir.resolve("cache"), "1", warning -> {}));
        assertEquals(
                List.of("0:0 PTX GPU, some GPU"),
                devices.stream().map(TornadoDevice::toString).toList());
        assertEquals(1024, devices.getFirst().groupThreads());
    }

    @Test
    void aCallerThatIsKilledLeavesNothing() throws Exception {
        Path asked = dir.resolve("asked");
        String statement = "try { new java.io.File(\"" + asked + "\").createNewFile(); Thread.sleep(" + SECONDS
                + "000); } catch (Exception e) { }";
        Path sdk = ProbedSdk.make(dir.resolve("sdk"), statement);
        Path temporary = Files.createDirectory(dir.resolve("temporary"));
        try (HeddleProcess process = HeddleProcess.start(
                List.of("-Djava.io.tmpdir=" + temporary, "-cp", System.getProperty("java.class.path")),
                Map.of("HEDDLE_CACHE", dir.resolve("cache").toString(), TornadoSdk.VARIABLE, sdk.toString()),
                List.of("devices"))) {
            process.begin();
            await(() -> Files.exists(asked));
            List<ProcessHandle> probes = process.process().children().toList();
            assertEquals(1, probes.size());
            process.process().destroyForcibly().waitFor();
            await(() -> !probes.getFirst().isAlive());
            try (Stream<Path> left = Files.list(temporary)) {
                assertEquals(
                        List.of(),
                        left.filter(f -> f.getFileName().toString().startsWith("heddle-"))
                                .toList());
            }
        }
    }

    /** A path of which the system takes no longer one stands for a disk that is full. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void saysWhereThereIsNoPlaceForItsFiles() throws Exception {
        Path sdk = ProbedSdk.make(dir.resolve("sdk"), "");
        Path temporary = dir;
        while (temporary.toString().length() < LONG_PATH) {
            int more = Math.min(100, LONG_PATH - 1 - temporary.toString().length());
            temporary = temporary.resolve("d".repeat(Math.max(1, more)));
        }
        Files.createDirectories(temporary);
        try (HeddleProcess process = HeddleProcess.start(
                List.of("-Djava.io.tmpdir=" + temporary, "-cp", System.getProperty("java.class.path")),
                Map.of("HEDDLE_CACHE", dir.resolve("cache").toString(), TornadoSdk.VARIABLE, sdk.toString()),
                List.of("devices"))) {
            process.begin();
            String printed = process.output();
            assertTrue(printed.contains("error[H1105]"), printed);
            assertEquals(ExitCode.TARGET_UNAVAILABLE, process.code());
        }
        try (Stream<Path> left = Files.list(temporary)) {
            assertEquals(List.of(), left.toList());
        }
    }

    private static void await(BooleanSupplier there) throws InterruptedException {
        for (int i = 0; i < SECONDS * 50 && !there.getAsBoolean(); i++) {
            Thread.sleep(20);
        }
        assertTrue(there.getAsBoolean());
    }
}
