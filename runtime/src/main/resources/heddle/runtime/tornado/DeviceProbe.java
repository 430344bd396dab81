import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import uk.ac.manchester.tornado.api.TornadoBackend;
import uk.ac.manchester.tornado.api.TornadoRuntime;
import uk.ac.manchester.tornado.api.TornadoTargetDevice;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;

/**
 * Writes the devices that TornadoVM finds to a file, one a line, fields separated by tabs. A file because drivers write
 * to standard output as they please.
 */
public final class DeviceProbe {
    private static final Pattern DRIVER = Pattern.compile("(?im)^driver version *: *(.*)$");

    private DeviceProbe() {}

    public static void main(String[] args) throws IOException {
        Path file = Path.of(args[0]);
        Thread end = new Thread(() -> endWithCaller(file.getParent()), "heddle-caller");
        end.setDaemon(true);
        end.start();
        Files.write(file, devices());
        // Drivers leave threads behind that would keep this JVM alive.
        Runtime.getRuntime().halt(0);
    }

    /** Standard input ends when the caller does; what it had no time to delete is deleted here. */
    private static void endWithCaller(Path directory) {
        try {
            while (System.in.read() >= 0) {
                // Nothing is said.
            }
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            System.err.println("cannot delete " + directory + ": " + e.getMessage()); // No caller is left to tell.
        } finally {
            Runtime.getRuntime().halt(0);
        }
    }

    private static List<String> devices() {
        List<String> lines = new ArrayList<>();
        try {
            TornadoRuntime runtime = TornadoRuntimeProvider.getTornadoRuntime();
            for (int b = 0; b < runtime.getNumBackends(); b++) {
                TornadoBackend backend = runtime.getBackend(b);
                for (int d = 0; d < backend.getNumDevices(); d++) {
                    lines.add(line(b, d, backend.getDevice(d)));
                }
            }
        } catch (RuntimeException | ExceptionInInitializerError e) {
            if (!saysThereIsNone(e)) {
                throw e;
            }
        }
        return lines;
    }

    /** TornadoVM fails to start where there is no driver for its backend. */
    private static boolean saysThereIsNone(Throwable e) {
        String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        return message.matches("(?s).*\\bno\\b.*\\b(platforms?|devices?)\\b.*")
                || e.getCause() != null && saysThereIsNone(e.getCause());
    }

    private static String line(int backend, int number, TornadoDevice device) {
        TornadoTargetDevice physical = device.getPhysicalDevice();
        return String.join(
                "\t",
                String.valueOf(backend),
                String.valueOf(number),
                device.getTornadoVMBackend().name(),
                device.getDeviceType().name(),
                word(physical.getDeviceName()),
                word(device.getPlatformName()),
                String.valueOf(device.getMaxGlobalMemory()),
                String.valueOf(device.getMaxAllocMemory()),
                String.valueOf(device.getDeviceLocalMemorySize()),
                String.valueOf(physical.getDeviceMaxComputeUnits()),
                String.valueOf(Math.min(most(physical.getDeviceMaxWorkGroupSize()), most(physical.getDeviceMaxWorkItemSizes()))),
                driver(physical.getDeviceInfo()));
    }

    /** What TornadoVM calls a group is the grid on PTX; no group has more threads than its longest side there. */
    private static long most(long[] sizes) {
        return Arrays.stream(sizes).max().orElse(0);
    }

    /** The version of its driver, where the description has one. */
    private static String driver(String description) {
        Matcher version = DRIVER.matcher(String.valueOf(description));
        return version.find() ? word(version.group(1)) : "";
    }

    private static String word(String text) {
        return text == null ? "" : text.replaceAll("\\s+", " ").strip();
    }
}
