package heddle.bench;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.tornado.host.TornadoSettings;
import heddle.compiler.backend.tornado.host.TornadoSource;
import heddle.runtime.CompileOptions;
import heddle.runtime.file.TemporaryDirectory;
import heddle.runtime.tornado.DeviceWriter;
import heddle.runtime.tornado.TornadoDevice;
import heddle.runtime.tornado.TornadoPlatform;
import heddle.runtime.tornado.TornadoSdk;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Attention on a device through TornadoVM: fused plans, unfused plans, and a kernel that gives each query row a
 * work-group. All are compiled against the SDK that TORNADOVM_HOME names, and timed in one JVM that is started for it.
 */
public final class DeviceBenchmark {
    private static final double MEBIBYTE = 1 << 20;

    private DeviceBenchmark() {}

    /** @param args sequence lengths; 256, 512, 1024 and 2048 when there are none */
    public static void main(String[] args) throws Exception {
        TornadoPlatform platform = CompileOptions.defaults().tornadoPlatform();
        if (platform.problem().isPresent()) {
            System.err.println(platform.problem().get().message());
            System.exit(1);
        }
        TornadoSdk sdk = platform.sdk().orElseThrow();
        TornadoDevice device = platform.devices().getFirst();
        System.out.println("TornadoVM " + sdk.version() + ", " + device);
        List<String> lengths = args.length == 0 ? List.of("256", "512", "1024", "2048") : List.of(args);
        int code;
        try (TemporaryDirectory directory = new TemporaryDirectory("heddle-bench-")) {
            Benchmarked benchmarked = new Benchmarked(sdk, DeviceWriter.target(device), directory.path());
            List<String> computed = new ArrayList<>();
            for (String mask : Benchmarked.MASKS) {
                List<TornadoSource> sources =
                        List.of(benchmarked.add(mask, Fusion.FUSED), benchmarked.add(mask, Fusion.UNFUSED));
                lengths.forEach(n -> computed.add(sources.stream()
                        .map(s -> String.valueOf(s.deviceBytes(Map.of("N", Long.parseLong(n)))))
                        .collect(Collectors.joining(" "))));
            }
            benchmarked.addRows();
            printMemory(lengths, computed, measure(sdk, directory.path(), lengths));
            code = time(sdk, directory.path(), lengths);
        }
        System.exit(code);
    }

    private static void printMemory(List<String> lengths, List<String> computed, List<String> measured) {
        System.out.println("memory of the device in MiB, as computed from the plan and as TornadoVM allocates it");
        for (int i = 0; i < computed.size(); i++) {
            double[] plans = mebibytes(computed.get(i));
            double[] all = mebibytes(measured.get(i));
            System.out.printf(
                    "%6s %5s | fused %7.2f %7.2f | unfused %7.2f %7.2f | rows %15.2f%n",
                    Benchmarked.MASKS.get(i / lengths.size()),
                    lengths.get(i % lengths.size()),
                    plans[0],
                    all[0],
                    plans[1],
                    all[1],
                    all[2]);
        }
    }

    private static double[] mebibytes(String bytes) {
        return Arrays.stream(bytes.split(" "))
                .mapToDouble(b -> Long.parseLong(b) / MEBIBYTE)
                .toArray();
    }

    /** This JVM's, for another that starts in another directory. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(p -> Path.of(p).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static int time(TornadoSdk sdk, Path classes, List<String> lengths) throws Exception {
        return java(sdk, classes, List.of(), DeviceRounds.class, lengths)
                .inheritIO()
                .start()
                .waitFor();
    }

    /** For each mask and length the bytes of the models that are compared. */
    private static List<String> measure(TornadoSdk sdk, Path classes, List<String> lengths) throws Exception {
        Path profile = classes.resolve("profile.json");
        List<String> arguments = new ArrayList<>(List.of(profile.toString()));
        arguments.addAll(lengths);
        Process process = java(sdk, classes, DeviceMemoryRuns.options(profile), DeviceMemoryRuns.class, arguments)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> lines = process.inputReader()
                .lines()
                .filter(line -> line.matches("\\d+ \\d+ \\d+"))
                .toList();
        if (process.waitFor() != 0 || lines.size() != Benchmarked.MASKS.size() * lengths.size()) {
            throw new IllegalStateException(
                    "memory was measured " + lines.size() + " times, exit code " + process.exitValue());
        }
        return lines;
    }

    /** A JVM for TornadoVM that has the compiled classes. */
    private static ProcessBuilder java(
            TornadoSdk sdk, Path classes, List<String> options, Class<?> main, List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(sdk.options());
        TornadoSettings.required().forEach((name, value) -> command.add("-D" + name + "=" + value));
        command.addAll(options);
        command.add("-cp");
        command.add(classes + File.pathSeparator + classPath());
        command.add(main.getName());
        command.addAll(arguments);
        return new ProcessBuilder(command)
                .directory(Files.createDirectories(classes.resolve("current")).toFile());
    }
}
