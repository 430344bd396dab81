package heddle.runtime.tornado;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The places of files in an SDK. They do not depend on its version: the jar is found by name, the JDK by the suffix of
 * the version or the class files of the jar, and the options by the argument file or its template.
 */
final class SdkLayout {
    private static final String API = "tornado-api";

    /** The version of a jar in its name. */
    private static final String JAR_VERSION = "-(\\d.*?)(?<!-sources|-javadoc)\\.jar";

    private static final Pattern JDK_SUFFIX = Pattern.compile("-jdk(\\d+)");

    /** TORNADOVM_HOME, and what it was called before. */
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{TORNADO\\w*}");

    private static final String ARGUMENTS = "tornado-argfile";

    private static final String TEMPLATE = ARGUMENTS + ".template";

    /** Writes the template; {@code tornado --generate-argfile} only fills one in. */
    private static final String TEMPLATE_WRITER = "bin/gen-tornado-argfile-template.py";

    /** Class file version 45 was Java 1, each release has had the next. */
    private static final int CLASS_VERSION_OF_JAVA_0 = 44;

    private final Path home;

    private SdkLayout(Path home) {
        this.home = home;
    }

    /** @throws DiagnosticException when the directory holds no SDK, or not all of one */
    static TornadoSdk read(Path home) {
        return new SdkLayout(home).read();
    }

    private TornadoSdk read() {
        if (!Files.isDirectory(home)) {
            throw damaged("there is no directory " + home, "set " + TornadoSdk.VARIABLE + " to a TornadoVM SDK");
        }
        try {
            Path api = jar(home, API)
                    .orElseThrow(() -> damaged(
                            home + " is not a TornadoVM SDK: no tornado-api jar is in share/java/tornado",
                            "set " + TornadoSdk.VARIABLE
                                    + " to the directory that holds bin, etc, lib and share of an SDK"));
            Matcher name =
                    Pattern.compile(API + JAR_VERSION).matcher(api.getFileName().toString());
            String version = property("etc/tornado.release", "version")
                    .filter(v -> !v.contains("${")) // As its build has it where it was not filled in.
                    .orElse(name.matches() ? name.group(1) : "unknown version");
            return new TornadoSdk(home, version, java(version, api), backends(), api, Optional.empty(), options());
        } catch (IOException e) {
            throw damaged(home + " cannot be read: " + e, "install TornadoVM again");
        }
    }

    /** The jar of this name without its version; of several the latest by name. */
    static Optional<Path> jar(Path home, String name) {
        Path jars = home.resolve("share/java/tornado");
        if (!Files.isDirectory(jars)) {
            return Optional.empty();
        }
        Pattern pattern = Pattern.compile(name + JAR_VERSION);
        try (Stream<Path> files = Files.list(jars)) {
            return files.filter(f -> pattern.matcher(f.getFileName().toString()).matches())
                    .max(Path::compareTo);
        } catch (IOException e) {
            throw damaged(jars + " cannot be read: " + e, "install TornadoVM again");
        }
    }

    private int java(String version, Path api) throws IOException {
        Matcher suffix = JDK_SUFFIX.matcher(version);
        if (suffix.find()) {
            return Integer.parseInt(suffix.group(1));
        }
        try (JarFile jar = new JarFile(api.toFile())) {
            Optional<JarEntry> any =
                    jar.stream().filter(e -> e.getName().endsWith(".class")).findFirst();
            if (any.isEmpty()) {
                throw damaged(api + " holds no classes", "install TornadoVM again");
            }
            try (DataInputStream in = new DataInputStream(jar.getInputStream(any.get()))) {
                in.readInt(); // magic
                in.readUnsignedShort(); // minor version
                return in.readUnsignedShort() - CLASS_VERSION_OF_JAVA_0;
            }
        }
    }

    private List<String> backends() throws IOException {
        return property("etc/tornado.backend", "tornado.backends").stream()
                .flatMap(list -> Arrays.stream(list.split(",")))
                .map(b -> b.strip().replace("-backend", ""))
                .filter(b -> !b.isEmpty())
                .toList();
    }

    private Optional<String> property(String file, String name) throws IOException {
        Path path = home.resolve(file);
        if (!Files.exists(path)) {
            return Optional.empty();
        }
        Properties properties = new Properties();
        try (Reader in = Files.newBufferedReader(path)) {
            properties.load(in);
        }
        return Optional.ofNullable(properties.getProperty(name)).map(String::strip);
    }

    /** The argument file when it was made for this place; it holds absolute paths. Else the template, filled in. */
    private List<String> options() throws IOException {
        for (String name : List.of(ARGUMENTS, TEMPLATE)) {
            Path file = home.resolve(name);
            if (Files.exists(file)) {
                ArgumentFile options = ArgumentFile.parse(Files.readString(file))
                        .map(a -> PLACEHOLDER.matcher(a).replaceAll(Matcher.quoteReplacement(home.toString())));
                if (options.property("java.library.path")
                        .map(Path::of)
                        .filter(Files::isDirectory)
                        .isPresent()) {
                    return options.arguments();
                }
            }
        }
        throw damaged(
                "the TornadoVM SDK in " + home + " has no " + ARGUMENTS + " for this place and no " + TEMPLATE
                        + ", or what they name as java.library.path is not there",
                remedy());
    }

    private String remedy() throws IOException {
        Path writer = home.resolve(TEMPLATE_WRITER);
        return Files.exists(writer)
                ? "make the template: JAVA_HOME=" + System.getProperty("java.home") + " " + TornadoSdk.VARIABLE + "="
                        + home + " python3 " + writer + " " + String.join(",", backends())
                : "install TornadoVM again: its installers put both files there";
    }

    private static DiagnosticException damaged(String message, String hint) {
        return new DiagnosticException(
                Diagnostic.of(TornadoCode.SDK_DAMAGED, message).hint(hint));
    }
}
