package heddle.runtime.tornado;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * An installation of TornadoVM.
 *
 * @param home     its directory, what {@code TORNADOVM_HOME} names
 * @param version  for example {@code 5.2.0-jdk25}
 * @param java     the feature release of the JDK it was built for
 * @param backends that it was built with: {@code opencl}, {@code cuda}, …
 * @param api      the jar that generated code is compiled against
 * @param options  what a JVM has to be started with
 */
public record TornadoSdk(Path home, String version, int java, List<String> backends, Path api, List<String> options) {
    static final String VARIABLE = "TORNADOVM_HOME";

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

    /** What javac is called with to compile against it; TornadoVM reads the names of local variables. */
    List<String> javac() {
        return List.of("-g", "-proc:none", "-implicit:none", "-Xlint:none", "-classpath", api.toString());
    }

    /** {@code TornadoVM 5.2.0-jdk25 (opencl) in /opt/tornadovm}. */
    @Override
    public String toString() {
        return "TornadoVM " + version + " (" + String.join(", ", backends) + ") in " + home;
    }
}
