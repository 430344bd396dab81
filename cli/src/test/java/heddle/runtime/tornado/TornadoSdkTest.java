package heddle.runtime.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.cli.HeddleProcess;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class TornadoSdkTest {
    @TempDir
    Path dir;

    @Test
    void readsVersionJdkBackendsAndOptions() throws IOException {
        Path home = SdkDirectory.make(dir.resolve("sdk with space"), "7.1.3-jdk25");
        TornadoSdk sdk = SdkLayout.read(home);
        assertEquals("7.1.3-jdk25", sdk.version());
        assertEquals(25, sdk.java());
        assertEquals(List.of("opencl", "cuda"), sdk.backends());
        assertEquals("tornado-api-7.1.3-jdk25.jar", sdk.api().getFileName().toString());
        assertEquals(List.of("-Djava.library.path=" + home + "/lib", "-Dkind=fake"), sdk.options());
    }

    @Test
    void libraryTasksAddAJarAndAModule() throws IOException {
        TornadoSdk sdk = SdkLayout.read(SdkDirectory.make(dir, "5.2.0-jdk25"));
        Diagnostic said = problem(sdk::withCuBlas);
        assertEquals(TornadoCode.LIBRARY_MISSING, said.code());
        assertTrue(said.message().contains("no tornado-cublas jar"), said.message());
        Path jar = dir.resolve("share/java/tornado/tornado-cublas-5.2.0-jdk25.jar");
        SdkDirectory.api(jar, 69);
        TornadoSdk with = sdk.withCuBlas();
        assertEquals(Optional.of(jar), with.cublas());
        assertEquals(sdk.api() + File.pathSeparator + jar, with.javac().getLast());
        assertEquals(
                List.of("--add-modules", "tornado.cublas", "--enable-native-access=tornado.cublas"),
                with.options().subList(sdk.options().size(), with.options().size()));
    }

    @Test
    void takesTheVersionFromTheJarAndTheJdkFromItsClasses() throws IOException {
        Path home = SdkDirectory.make(dir, "9.0");
        Files.delete(home.resolve("etc/tornado.release"));
        SdkDirectory.api(home.resolve("share/java/tornado/tornado-api-9.0.jar"), 70);
        TornadoSdk sdk = SdkLayout.read(home);
        assertEquals("9.0", sdk.version());
        assertEquals(26, sdk.java());
    }

    /** As the SDK's build leaves it where it does not fill it in. */
    @Test
    void aVersionThatIsAPlaceholderIsNone() throws IOException {
        Path home = SdkDirectory.make(dir, "5.2.0-jdk25");
        Files.writeString(home.resolve("etc/tornado.release"), "version=${project.version}\n");
        assertEquals("5.2.0-jdk25", SdkLayout.read(home).version());
    }

    @Test
    void prefersAnArgumentFileThatWasMadeForThisPlace() throws IOException {
        Path home = SdkDirectory.make(dir, "5.2.0-jdk25");
        Path made = home.resolve("tornado-argfile");
        Files.writeString(made, "-Djava.library.path=" + home.resolve("lib") + "\n-Dmade=here\n");
        assertTrue(SdkLayout.read(home).options().contains("-Dmade=here"));
        Files.writeString(made, "-Djava.library.path=/build/elsewhere/lib\n-Dmade=elsewhere\n");
        assertTrue(SdkLayout.read(home).options().contains("-Dkind=fake"));
    }

    @Test
    void anSdkWithoutAnArgumentFileIsToldHowToMakeIt() throws IOException {
        Path home = SdkDirectory.make(dir, "5.2.0-jdk25");
        Files.delete(home.resolve("tornado-argfile.template"));
        Diagnostic said = problem(() -> SdkLayout.read(home));
        assertEquals(TornadoCode.SDK_DAMAGED, said.code());
        assertTrue(said.hint().orElseThrow().startsWith("install TornadoVM again"), said.toString());
        Path writer = home.resolve("bin/gen-tornado-argfile-template.py");
        Files.createFile(Files.createDirectories(writer.getParent()).resolve(writer.getFileName()));
        assertEquals(
                "make the template: JAVA_HOME=" + System.getProperty("java.home") + " TORNADOVM_HOME=" + home
                        + " python3 " + writer + " opencl,cuda",
                problem(() -> SdkLayout.read(home)).hint().orElseThrow());
    }

    @Test
    void saysWhenADirectoryIsNoSdk() {
        assertEquals(
                "there is no directory " + dir.resolve("none"),
                problem(() -> SdkLayout.read(dir.resolve("none"))).message());
        Diagnostic said = problem(() -> SdkLayout.read(dir));
        assertEquals(TornadoCode.SDK_DAMAGED, said.code());
        assertTrue(said.message().contains("is not a TornadoVM SDK"), said.message());
    }

    @Test
    void saysWhenAnSdkIsForAnotherJdk() throws IOException {
        TornadoSdk sdk = SdkLayout.read(SdkDirectory.make(dir, "5.2.0-jdk21"));
        Diagnostic said = problem(() -> sdk.requireJava(25));
        assertEquals(TornadoCode.SDK_JAVA, said.code());
        assertTrue(said.hint().orElseThrow().contains("ends in -jdk25"), said.toString());
    }

    @Test
    void looksWhereItIsToldThenWhereInstallersPutIt() throws IOException {
        Path sdkman = Files.createDirectories(dir.resolve(".sdkman/candidates/tornadovm/current"));
        assertEquals(Optional.of(sdkman), TornadoSdk.locate(Map.<String, String>of()::get, dir));
        Map<String, String> named = Map.of("TORNADOVM_HOME", "/somewhere");
        assertEquals(Optional.of(Path.of("/somewhere")), TornadoSdk.locate(named::get, dir));
        Path other = Files.createDirectories(dir.resolve("other/candidates/tornadovm/current"));
        Map<String, String> moved = Map.of("SDKMAN_DIR", dir.resolve("other").toString());
        assertEquals(Optional.of(other), TornadoSdk.locate(moved::get, dir));
    }

    private static Diagnostic problem(Executable action) {
        return assertThrows(DiagnosticException.class, action).diagnostics().getFirst();
    }

    @Test
    void verifySaysThatAnSdkOfNoUseIsLeftOut() throws Exception {
        Path model = Files.writeString(dir.resolve("m.heddle"), "dim N\ninput x: f32[N]\noutput y = exp(x)\n");
        Path sdk = Files.createDirectory(dir.resolve("sdk"));
        Map<String, String> environment =
                Map.of("HEDDLE_CACHE", dir.resolve("cache").toString(), TornadoSdk.VARIABLE, sdk.toString());
        List<String> options = List.of("-cp", System.getProperty("java.class.path"));
        List<String> verify = List.of("verify", model.toString(), "-D", "N=3");
        try (HeddleProcess process = HeddleProcess.start(options, environment, verify)) {
            process.begin();
            String said = process.output();
            assertEquals(0, process.code(), said);
            String left = "warning: the tornado target is left out: " + sdk + " is not a TornadoVM SDK";
            assertTrue(said.contains(left) && said.contains("; set TORNADOVM_HOME to"), said);
            assertTrue(said.contains("jvm       unfused") && said.contains("all within tolerance"), said);
        }
    }
}
