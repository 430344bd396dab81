package heddle.bench;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.target.tornado.TornadoSource;
import heddle.runtime.CompileOptions;
import heddle.runtime.file.TemporaryDirectory;
import heddle.runtime.tornado.DeviceWriter;
import heddle.runtime.tornado.TornadoDevice;
import heddle.runtime.tornado.TornadoPlatform;
import heddle.runtime.tornado.TornadoSdk;
import java.io.File;
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
            Benchmarked benchmarked = new Benchmarked(sdk, DeviceWriter.limits(device), directory.path());
            System.out.println("memory of the device, MiB");
            for (String mask : Benchmarked.MASKS) {
                TornadoSource fused = benchmarked.add(mask, Fusion.FUSED);
                TornadoSource unfused = benchmarked.add(mask, Fusion.UNFUSED);
                for (String length : lengths) {
                    System.out.printf(
                            "%6s %5s | fused %7.1f | unfused %7.1f | rows %7.1f%n",
                            mask,
                            length,
                            mebibytes(fused, length),
                            mebibytes(unfused, length),
                            4 * 4 * 64 * Float.BYTES * Double.parseDouble(length) / MEBIBYTE);
                }
            }
            benchmarked.addRows();
            code = time(sdk, directory.path(), lengths);
        }
        System.exit(code);
    }

    private static double mebibytes(TornadoSource source, String length) {
        return source.deviceBytes(Map.of("N", Long.parseLong(length))) / MEBIBYTE;
    }

    /** This JVM's, for another that starts in another directory. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(p -> Path.of(p).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static int time(TornadoSdk sdk, Path classes, List<String> lengths) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(sdk.options());
        command.add("-Dtornado.recover.bailout=False");
        command.add("-cp");
        command.add(classes + File.pathSeparator + classPath());
        command.add(DeviceRounds.class.getName());
        command.addAll(lengths);
        return new ProcessBuilder(command)
                .directory(Files.createDirectory(classes.resolve("current")).toFile())
                .inheritIO()
                .start()
                .waitFor();
    }
}
