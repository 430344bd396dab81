package heddle.bench;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The measured part of {@link DeviceBenchmark}: runs each model once, in a JVM that was started for TornadoVM with its
 * profiler on, and prints how many bytes TornadoVM had the driver allocate. It frees nothing before a model is closed, so
 * their sum is the peak.
 */
final class DeviceMemoryRuns {
    private static final Pattern ALLOCATED = Pattern.compile("\"ALLOCATION_BYTES\": *\"(\\d+)\"");

    private DeviceMemoryRuns() {}

    /** What TornadoVM has to be started with to write what it measures to a file. */
    static List<String> options(Path file) {
        return List.of("-Dtornado.profiler=True", "-Dtornado.log.profiler=True", "-Dtornado.profiler.dump.dir=" + file);
    }

    /** @param args the file that the profiler writes, and sequence lengths; a line is printed for each mask and length */
    public static void main(String[] args) throws Exception {
        Path file = Path.of(args[0]);
        for (String mask : Benchmarked.MASKS) {
            for (String length : List.of(args).subList(1, args.length)) {
                StringBuilder line = new StringBuilder();
                for (String name : Benchmarked.classNames(mask)) {
                    line.append(line.isEmpty() ? "" : " ").append(measure(name, mask, Long.parseLong(length), file));
                }
                System.out.println(line);
            }
        }
    }

    private static long measure(String name, String mask, long n, Path file) throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            Map<String, MemorySegment> inputs = new HashMap<>();
            for (String input : List.of("q", "k", "v")) {
                inputs.put(input, DeviceRounds.tensor(n, arena));
            }
            DeviceModel model = DeviceModel.open(
                    name, Benchmarked.lengths(mask, n), inputs, Map.of("o", DeviceRounds.tensor(n, arena)));
            model.run();
            model.close();
        }
        return allocated(file);
    }

    /** The sum over the task graphs that were executed; the file is gone then. */
    private static long allocated(Path file) throws IOException {
        long bytes = 0;
        Matcher m = ALLOCATED.matcher(Files.readString(file));
        while (m.find()) {
            bytes += Long.parseLong(m.group(1));
        }
        Files.delete(file);
        return bytes;
    }
}
