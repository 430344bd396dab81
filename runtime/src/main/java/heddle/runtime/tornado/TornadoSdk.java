package heddle.runtime.tornado;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An installation of TornadoVM.
 *
 * @param home     its directory, what {@code TORNADOVM_HOME} names
 * @param version  for example {@code 5.2.0-jdk25}
 * @param java     the feature release of the JDK it was built for
 * @param backends that it was built with: {@code opencl}, {@code cuda}, …
 * @param api      the jar that generated code is compiled against
 * @param cublas   the jar of cuBLAS tasks, where they are used
 * @param options  what a JVM has to be started with
 */
public record TornadoSdk(
        Path home,
        String version,
        int java,
        List<String> backends,
        Path api,
        Optional<Path> cublas,
        List<String> options) {
    static final String VARIABLE = "TORNADOVM_HOME";

    /** The module that has cuBLAS tasks, and its jar. */
    static final String CUBLAS_MODULE = "tornado.cublas";

    private static final String CUBLAS_JAR = "tornado-cublas";

    public TornadoSdk {
        backends = List.copyOf(backends);
        options = List.copyOf(options);
    }

    /**
     * The SDK of this machine.
     *
     * @throws DiagnosticException when there is none, or none that this JDK can use
     */
    public static TornadoSdk find() {
        Path home =
                locate(System::getenv, Path.of(System.getProperty("user.home"))).orElseThrow(TornadoSdk::missing);
        TornadoSdk sdk = SdkLayout.read(home);
        sdk.requireJava(Runtime.version().feature());
        return sdk;
    }

    /** Whether there is anything to find: a directory is named, or is where installers put it. */
    public static boolean isInstalled() {
        return locate(System::getenv, Path.of(System.getProperty("user.home"))).isPresent();
    }

    /** What {@code TORNADOVM_HOME} names, whatever is there; else SDKMAN's choice; else {@code /opt/tornadovm}. */
    static Optional<Path> locate(UnaryOperator<String> environment, Path userHome) {
        String named = environment.apply(VARIABLE);
        if (named != null && !named.isBlank()) {
            return Optional.of(Path.of(named).toAbsolutePath());
        }
        String sdkman = environment.apply("SDKMAN_DIR");
        Path candidates = sdkman == null ? userHome.resolve(".sdkman") : Path.of(sdkman);
        return List.of(candidates.resolve("candidates/tornadovm/current"), Path.of("/opt/tornadovm")).stream()
                .filter(Files::isDirectory)
                .findFirst();
    }

    private static DiagnosticException missing() {
        return new DiagnosticException(Diagnostic.of(TornadoCode.SDK_MISSING, "no TornadoVM SDK was found")
                .note(VARIABLE + " is not set, and neither SDKMAN's candidates nor /opt/tornadovm hold one")
                .hint("install one with SDKMAN, `sdk install tornadovm`, a version that ends in -jdk"
                        + Runtime.version().feature() + ", or set " + VARIABLE + " to where it is"));
    }

    /** @throws DiagnosticException when it is for another release of Java */
    void requireJava(int feature) {
        if (java != feature) {
            throw new DiagnosticException(Diagnostic.of(
                            TornadoCode.SDK_JAVA,
                            "the TornadoVM SDK " + version + " in " + home + " is for JDK " + java + ", this is JDK "
                                    + feature)
                    .note("TornadoVM brings a compiler that fits one release of the JDK only")
                    .hint("install a TornadoVM whose version ends in -jdk" + feature
                            + (java < 25 ? "" : ", or run Heddle on JDK " + java + " (JAVA_HOME)")));
        }
    }

    /**
     * The same with tasks that call cuBLAS.
     *
     * @throws DiagnosticException when it has none
     */
    public TornadoSdk withCuBlas() {
        Path jar = SdkLayout.jar(home, CUBLAS_JAR)
                .orElseThrow(() -> new DiagnosticException(Diagnostic.of(
                                TornadoCode.LIBRARY_MISSING,
                                "the TornadoVM SDK in " + home + " has no cuBLAS tasks: no " + CUBLAS_JAR
                                        + " jar is in share/java/tornado")
                        .hint("install one that was built with the CUDA backend, or leave out --library-tasks")));
        List<String> all = new ArrayList<>(options);
        all.addAll(List.of("--add-modules", CUBLAS_MODULE, "--enable-native-access=" + CUBLAS_MODULE));
        return new TornadoSdk(home, version, java, backends, api, Optional.of(jar), all);
    }

    /** What javac is called with to compile against it; TornadoVM reads the names of local variables. */
    List<String> javac() {
        String jars = Stream.concat(Stream.of(api), cublas.stream())
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
        return List.of("-g", "-proc:none", "-implicit:none", "-Xlint:none", "-classpath", jars);
    }

    /** {@code TornadoVM 5.2.0-jdk25 (opencl) in /opt/tornadovm}. */
    @Override
    public String toString() {
        return "TornadoVM " + version + " (" + String.join(", ", backends) + ") in " + home;
    }
}
