package heddle.runtime.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.cli.HeddleProcess;
import heddle.runtime.CompileOptions;
import heddle.runtime.CompiledModel;
import heddle.runtime.Heddle;
import heddle.runtime.Target;
import heddle.runtime.TargetOptions;
import heddle.runtime.code.ClassCache;
import heddle.runtime.tensor.Tensor;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** The way to a real device, where an SDK is there and {@code HEDDLE_TEST_DEVICE=true} asks for it. */
@EnabledIfEnvironmentVariable(named = "HEDDLE_TEST_DEVICE", matches = "true")
class TornadoDeviceTest {
    @TempDir
    Path dir;

    @AfterEach
    void endWorkers() {
        Workers.end();
    }

    @Test
    void findsDevices() {
        TornadoPlatform platform = CompileOptions.defaults().tornadoPlatform();
        assertTrue(platform.problem().isEmpty(), platform.toString());
        assertTrue(platform.devices().stream().allMatch(d -> d.memory() > 0 && d.local() > 0 && d.groupThreads() > 0));
    }

    @Test
    void runsAndChecksTheFirstRun() throws IOException {
        Path file = Files.writeString(
                dir.resolve("m.heddle"), "dim N\ninput x: f32[N, 4]\noutput y = softmax(x, axis = -1) * 2.0\n");
        CompiledModel model = Heddle.model(file)
                .compile(CompileOptions.defaults()
                        .withTarget(TargetOptions.defaults().withTarget(Target.TORNADO)));
        for (int n : new int[] {3, 5, 3}) {
            Tensor y = model.run(Map.of("x", Tensor.of(new float[4 * n], n, 4))).get("y");
            assertEquals(0.5f, y.floats()[4 * n - 1], 1e-6f);
        }
        assertTrue(
                model.target().toString().startsWith("target tornado"),
                model.target().toString());
    }

    @Test
    void remembersDevices() throws IOException {
        TornadoPlatform platform = CompileOptions.defaults().tornadoPlatform();
        TornadoSdk sdk = platform.sdk().orElseThrow();
        Path file = dir.resolve("devices");
        new RememberedDevices(file).write(sdk, platform.devices());
        ClassCache none = new ClassCache(dir.resolve("none"), "1", warning -> {});
        assertEquals(platform, TornadoPlatform.remembered(none, file));
        assertFalse(Files.exists(dir.resolve("none")), "nobody was asked");
    }

    /** A process that was started with the SDK's argument file needs no other. */
    @Test
    void runsInThisProcess() throws Exception {
        Path model = Files.writeString(
                dir.resolve("m.heddle"), "model Inside\ndim N\ninput x: f32[N]\noutput y = exp(x) * 2.0\n");
        Path classes = Files.createDirectory(dir.resolve("classes"));
        List<String> options = new ArrayList<>(TornadoSdk.find().options());
        options.add("-D" + ThisJvm.CLASSES + "=" + classes);
        options.addAll(List.of("-cp", System.getProperty("java.class.path") + File.pathSeparator + classes));
        try (HeddleProcess process = HeddleProcess.start(options, Map.of(), run(model, 7))) {
            process.begin();
            String said = process.output();
            assertEquals(0, process.code(), said);
            assertTrue(said.contains("y: f32[7]") && said.contains("target tornado on"), said);
        }
        assertTrue(Files.exists(classes.resolve("Inside.class")), "it ran in a worker");
    }

    @Test
    void twoProcessesMayCompileTheSamePlanAtOnce() throws Exception {
        Path model = Files.writeString(
                dir.resolve("m.heddle"), "dim N\ninput x: f32[N, 8]\noutput y = softmax(x @ transpose(x)) @ x\n");
        List<String> options = List.of("-cp", System.getProperty("java.class.path"));
        Map<String, String> environment =
                Map.of("HEDDLE_CACHE", dir.resolve("cache").toString());
        try (HeddleProcess one = HeddleProcess.start(options, environment, run(model, 33));
                HeddleProcess other = HeddleProcess.start(options, environment, run(model, 33))) {
            one.begin();
            other.begin();
            String said = one.output();
            assertEquals(said, other.output());
            assertEquals(List.of(0, 0), List.of(one.code(), other.code()), said);
            assertTrue(said.contains("y: f32[33, 8]") && !said.contains("warning:"), said);
        }
    }

    @Test
    void saysHowMuchDeviceMemoryIsNeeded() throws Exception {
        Path model = Files.writeString(dir.resolve("m.heddle"), """
                dim N
                input x: f32[N, 16]
                output y = exp(x @ transpose(x) / 16.0)
                """);
        List<String> options = List.of("-Dtornado.device.memory=20MB", "-cp", System.getProperty("java.class.path"));
        try (HeddleProcess process = HeddleProcess.start(options, Map.of(), run(model, 4000))) {
            process.begin();
            String said = process.output();
            assertEquals(6, process.code(), said);
            assertTrue(said.contains("H1106") && said.contains("64.3 MB are needed for {N=4000}"), said);
        }
    }

    private static List<String> run(Path model, int n) {
        return List.of("run", model.toString(), "-D", "N=" + n, "--input", "x=random", "--target", "tornado");
    }
}
