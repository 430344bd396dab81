package heddle.runtime.tornado;

import heddle.runtime.file.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A file with the devices that TornadoVM last reported. It is valid for an hour, and only while the SDK, the JDK, the
 * list of drivers and the settings that hide devices stay the same.
 *
 * @param file the file, which need not exist nor be writable
 */
record RememberedDevices(Path file) {
    private static final Duration LIFE = Duration.ofHours(1);

    /** Where the loader of OpenCL looks for drivers, and what NVIDIA's drivers say of themselves. */
    private static final List<Path> DRIVERS =
            List.of(Path.of("/etc/OpenCL/vendors"), Path.of("/sys/module/nvidia/version"));

    private static final List<String> VARIABLES = List.of(
            "OCL_ICD_VENDORS",
            "OCL_ICD_FILENAMES",
            "LD_LIBRARY_PATH",
            "CUDA_VISIBLE_DEVICES",
            "NVIDIA_VISIBLE_DEVICES",
            "ZE_AFFINITY_MASK");

    /** What is remembered of an SDK, none when it may not be so any more. */
    Optional<List<TornadoDevice>> read(TornadoSdk sdk) {
        try {
            Instant written = Files.getLastModifiedTime(file).toInstant();
            List<String> lines = Files.readAllLines(file);
            if (lines.isEmpty()
                    || !lines.getFirst().equals(state(sdk))
                    || written.plus(LIFE).isBefore(Instant.now())) {
                return Optional.empty();
            }
            return Optional.of(lines.stream().skip(1).map(TornadoDevice::parse).toList())
                    .filter(devices -> !devices.isEmpty());
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty(); // TornadoVM is asked again.
        }
    }

    /** Remembers devices; where that cannot be, TornadoVM is asked each time. */
    void write(TornadoSdk sdk, List<TornadoDevice> devices) {
        List<String> lines = new ArrayList<>();
        lines.add(state(sdk));
        devices.forEach(d -> lines.add(d.line()));
        try {
            Files.createDirectories(file.getParent());
            try (AtomicFile out = new AtomicFile(file)) {
                out.append(ByteBuffer.wrap(String.join("\n", lines).getBytes(StandardCharsets.UTF_8)));
                out.commit();
            }
        } catch (IOException e) {
            // Not remembered, then.
        }
    }

    private static String state(TornadoSdk sdk) {
        List<String> parts = new ArrayList<>(
                List.of(sdk.toString(), time(sdk.api()), Runtime.version().toString()));
        VARIABLES.forEach(v -> parts.add(v + "=" + System.getenv(v)));
        DRIVERS.forEach(d -> parts.addAll(drivers(d)));
        return String.join("; ", parts).replaceAll("\\R", " ");
    }

    /** What a file says, or all files in a directory with their times. */
    private static List<String> drivers(Path path) {
        if (Files.isDirectory(path)) {
            try (Stream<Path> files = Files.list(path)) {
                return files.sorted().map(f -> f + " " + time(f)).toList();
            } catch (IOException e) {
                return List.of(path + " " + e);
            }
        }
        try {
            return List.of(path + " " + Files.readString(path));
        } catch (IOException e) {
            return List.of(path + " " + e);
        }
    }

    private static String time(Path file) {
        try {
            return Files.getLastModifiedTime(file).toString();
        } catch (IOException e) {
            return e.toString();
        }
    }
}
