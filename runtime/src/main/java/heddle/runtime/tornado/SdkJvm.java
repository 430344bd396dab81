package heddle.runtime.tornado;

import heddle.compiler.backend.tornado.host.TornadoSettings;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A JVM that is started with an SDK's options. Its standard input is a pipe that ends with this process. Its output,
 * and that of its drivers, goes to a file in its directory. There it neither mixes with the caller's output nor fills a
 * pipe.
 */
record SdkJvm(TornadoSdk sdk, Path directory) {
    private static final int SHOWN_LINES = 20;

    /** What Java says whenever it is started with the options of an SDK. */
    private static final String OF_JAVA = "WARNING: Using incubator modules";

    /** TornadoVM's limit of device memory, here too where Heddle's own JVM is given it: {@code 500MB}. */
    private static final String MEMORY = "tornado.device.memory";

    /** As TornadoVM reads sizes. */
    private static final Pattern SIZE = Pattern.compile("\\d{1,12}(B|KB|MB|GB)?");

    /** What TornadoVM is told besides what the SDK's own options say: on a device, or on one of its own choice. */
    static Map<String, String> properties(Optional<TornadoDevice> device) {
        Map<String, String> properties = new LinkedHashMap<>(TornadoSettings.required());
        device.ifPresent(d -> {
            properties.put("tornado.backend", String.valueOf(d.backend()));
            properties.put("tornado.device", String.valueOf(d.number()));
            // TornadoVM uses no more than 4 GB unless told.
            properties.put(MEMORY, memory().orElse(String.valueOf(d.memory())));
        });
        return properties;
    }

    /** The limit that the user sets, if any. */
    private static Optional<String> memory() {
        Optional<String> limit = Optional.ofNullable(System.getProperty(MEMORY));
        if (limit.isPresent() && !SIZE.matcher(limit.get()).matches()) {
            throw new DiagnosticException(Diagnostic.of(
                            TornadoCode.SETTING, "the Java option -D" + MEMORY + "=" + limit.get() + " is no size")
                    .hint("a size is a number of bytes, or one with a unit: 500MB, 4GB"));
        }
        return limit;
    }

    /**
     * Starts a main class.
     *
     * @param device   that it uses
     * @param classes  its class path
     * @param commands the main class and its arguments
     * @throws IOException when its files cannot be written, or Java cannot be started
     */
    Process start(Optional<TornadoDevice> device, List<Path> classes, List<String> commands) throws IOException {
        List<String> arguments = new ArrayList<>(sdk.options());
        properties(device).forEach((name, value) -> arguments.add("-D" + name + "=" + value));
        arguments.add("-cp");
        arguments.add(classes.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
        arguments.addAll(commands);
        Path file = directory.resolve("arguments");
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Files.writeString(file, new ArgumentFile(arguments).text());
        // Started in a directory of its own: the SDK's module path has the current directory in it.
        Path current = Files.createDirectories(directory.resolve("current"));
        ProcessBuilder builder = new ProcessBuilder(java.toString(), "@" + file)
                .directory(current.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output().toFile());
        builder.environment().put(TornadoSdk.VARIABLE, sdk.home().toString());
        return builder.start();
    }

    /** What to throw when a JVM cannot be started in a directory. */
    static DiagnosticException unusable(Path directory, IOException cause) {
        return new DiagnosticException(
                Diagnostic.of(TornadoCode.WORKER_START, "the TornadoVM worker cannot work in " + directory)
                        .note(String.valueOf(cause))
                        .hint("name another directory: HEDDLE_JAVA_OPTS=-Djava.io.tmpdir=DIR"));
    }

    private Path output() {
        return directory.resolve("output");
    }

    /** What it and its drivers printed so far. */
    List<String> lines() {
        try {
            return Files.exists(output())
                    ? new String(Files.readAllBytes(output()), StandardCharsets.UTF_8)
                            .lines()
                            .toList()
                    : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The last of it. */
    List<String> lastLines() {
        List<String> lines = lines().stream()
                .filter(line -> !line.startsWith(WorkerMain.GRAPH) && !line.startsWith(OF_JAVA))
                .toList();
        return lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size());
    }
}
