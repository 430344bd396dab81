package heddle.tests.tornado;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.schedule.Plan;
import heddle.compiler.target.tornado.GroupTiling;
import heddle.compiler.target.tornado.TornadoLimits;
import heddle.compiler.target.tornado.TornadoSource;
import heddle.compiler.target.tornado.TornadoWriter;
import heddle.runtime.Heddle;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.weights.Safetensors;
import heddle.runtime.weights.WeightFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The main method of a generated file, on the double. */
class StandaloneMainTest {
    @TempDir
    Path dir;

    private Path outputs;

    @BeforeEach
    void run() throws Exception {
        Path model =
                Files.writeString(dir.resolve("m.heddle"), "model Alone\ndim N\ninput x: f32[N]\noutput y = x * 2.0\n");
        Plan plan = Heddle.model(model)
                .compilation(Fusion.FUSED, new GroupTiling(TornadoLimits.GPU))
                .plan();
        TornadoSource source = new TornadoWriter(TornadoLimits.GPU).write(plan);
        Path inputs = dir.resolve("inputs.safetensors");
        Safetensors.write(new LinkedHashMap<>(Map.of("x", Tensor.of(new float[] {1, 2, 3}, 3))), inputs);
        outputs = dir.resolve("outputs.safetensors");
        String[] arguments = {inputs.toString(), outputs.toString(), "N=3"};
        TornadoDouble.load(source.className(), source.text())
                .program()
                .getMethod("main", String[].class)
                .invoke(null, (Object) arguments);
    }

    @Test
    void writesWhatTheModelGives() throws Exception {
        assertArrayEquals(
                new float[] {2, 4, 6}, WeightFile.open(outputs).read("y").floats());
        try (Stream<Path> files = Files.list(dir)) {
            assertEquals(3, files.count(), "nothing else is left");
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void outputsMayBeReadByWhoeverMayReadOtherFiles() throws Exception {
        Path other = Files.createFile(dir.resolve("other"));
        assertEquals(
                PosixFilePermissions.toString(Files.getPosixFilePermissions(other)),
                PosixFilePermissions.toString(Files.getPosixFilePermissions(outputs)));
    }
}
