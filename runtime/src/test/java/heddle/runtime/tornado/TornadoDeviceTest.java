package heddle.runtime.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.runtime.CompileOptions;
import heddle.runtime.CompiledModel;
import heddle.runtime.Heddle;
import heddle.runtime.Target;
import heddle.runtime.TargetOptions;
import heddle.runtime.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
}
