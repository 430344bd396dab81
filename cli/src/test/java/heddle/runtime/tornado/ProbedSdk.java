package heddle.runtime.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** An SDK with as much of TornadoVM's API as names a device: one that describes itself as its PTX half does. */
final class ProbedSdk {
    private static final String VERSION = "5.2.0-jdk25";

    private static final Map<String, String> API = new TreeMap<>(Map.of(
            "TornadoBackend",
            "public class TornadoBackend {"
                    + " public int getNumDevices() { return 1; }"
                    + " public common.TornadoDevice getDevice(int n) { return new common.TornadoDevice(); } }",
            "TornadoRuntime",
            "public class TornadoRuntime {"
                    + " public int getNumBackends() { $STATEMENT return 1; }"
                    + " public TornadoBackend getBackend(int n) { return new TornadoBackend(); } }",
            "TornadoTargetDevice",
            "public class TornadoTargetDevice {"
                    + " public long[] getDeviceMaxWorkGroupSize() { return new long[] {2147483647, 65535, 65535}; }"
                    + " public long[] getDeviceMaxWorkItemSizes() { return new long[] {1024, 1024, 64}; }"
                    + " public int getDeviceMaxComputeUnits() { return 108; }"
                    + " public String getDeviceName() { return \"some GPU\"; }"
                    + " public String getDeviceInfo() { return \"\"; } }",
            "common.TornadoDevice",
            "public class TornadoDevice {"
                    + " public enum Name { PTX, GPU }"
                    + " public Name getTornadoVMBackend() { return Name.PTX; }"
                    + " public Name getDeviceType() { return Name.GPU; }"
                    + " public String getPlatformName() { return \"PTX\"; }"
                    + " public long getMaxGlobalMemory() { return 8L << 30; }"
                    + " public long getMaxAllocMemory() { return 8L << 30; }"
                    + " public long getDeviceLocalMemorySize() { return 48 << 10; }"
                    + " public TornadoTargetDevice getPhysicalDevice() { return new TornadoTargetDevice(); } }",
            "runtime.TornadoRuntimeProvider",
            "public class TornadoRuntimeProvider {"
                    + " public static TornadoRuntime getTornadoRuntime() { return new TornadoRuntime(); } }"));

    private ProbedSdk() {}

    /** Makes one. @param statement what happens when it is asked for devices */
    static Path make(Path home, String statement) throws IOException {
        SdkDirectory.make(home, VERSION);
        Path sources = Files.createDirectories(home.resolve("sources"));
        Path classes = Files.createDirectories(home.resolve("classes"));
        List<String> command = Stream.concat(
                        Stream.of("-d", classes.toString()),
                        API.keySet().stream().map(name -> source(sources, name, statement)))
                .toList();
        assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, null, null, command.toArray(String[]::new)));
        Path jar = home.resolve("share/java/tornado/tornado-api-" + VERSION + ".jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                out.write(Files.readAllBytes(file));
                out.closeEntry();
            }
        }
        Files.writeString(
                home.resolve("tornado-argfile.template"),
                "-Djava.library.path=${TORNADOVM_HOME}/lib\n-Xbootclasspath/a:" + jar + "\n");
        return home;
    }

    private static String source(Path sources, String name, String statement) {
        String root = "uk.ac.manchester.tornado.api";
        int dot = name.lastIndexOf('.');
        String text = "package " + root + (dot < 0 ? "" : "." + name.substring(0, dot)) + ";\nimport " + root
                + ".*;\n"
                + API.get(name).replace("$STATEMENT", statement).replace("common.", root + ".common.");
        Path file = sources.resolve(name.substring(dot + 1) + ".java");
        try {
            return Files.writeString(file, text).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
