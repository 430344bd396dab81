package heddle.runtime.jvm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.type.DType;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs of different plans hold what they compute of the same weights once. */
class SharedWeightsTest {
    /** Of an array in HotSpot, where no option says otherwise; and of a cache line: bytes. */
    private static final int HEADER = 16;

    private static final int LINE = 64;

    @TempDir
    static Path dir;

    private static final JvmOptions OPTIONS =
            new JvmOptions(JvmPlatform.target(1), Path.of("target", "cache"), "test", w -> {});

    private static HeddleModel model(String name, String text) throws IOException {
        return Heddle.model(Files.writeString(dir.resolve(name + ".heddle"), text));
    }

    private static Tensor noise(long... shape) {
        Random random = new Random(7);
        Tensor t = Tensor.zeros(DType.F32, shape);
        for (int i = 0; i < t.size(); i++) {
            t.floats()[i] = (float) random.nextGaussian();
        }
        return t;
    }

    private static Plan plan(HeddleModel model) {
        return model.compilation(Fusion.FUSED, SchedulePolicy.of(OPTIONS.target()))
                .plan();
    }

    @Test
    void whatIsEqualIsHeldOnce() throws IOException {
        HeddleModel one = model("one", """
                dim M
                input x: f32[M, 96]
                output y = tanh(x @ weight "w" : f32[96, 64]) + weight "b" : f32[64]
                """);
        HeddleModel other = model("other", """
                dim M
                input first: f32[M, 96]
                input more: f32[M, 96]
                let z = first * more
                output product = z @ weight "w" : f32[96, 64] + weight "b" : f32[64]
                output plain = more @ weight "v" : f32[96, 64]
                """);
        Map<String, Tensor> weights = Map.of("w", noise(96, 64), "b", noise(64), "v", noise(96, 64));
        JvmProgram first = JvmProgram.load(plan(one), weights, OPTIONS);
        JvmProgram alone = JvmProgram.load(plan(other), weights, OPTIONS);
        JvmProgram second = JvmProgram.load(plan(other), weights, OPTIONS, first);
        Set<RunMemory.Place> held = new HashSet<>(first.held());
        assertEquals(2, held.size());
        assertEquals(3, second.held().size());
        assertEquals(2, second.held().stream().filter(held::contains).count(), "the table and the bias");
        assertTrue(alone.held().stream().filter(held::contains).count() < 2, "packed again");
        List<RunMemory.Place> packed =
                first.held().stream().filter(place -> place.offset() > 0).toList();
        assertEquals(1, packed.size(), "the table, in an array for many");
        assertEquals(0, (HEADER + Float.BYTES * packed.getFirst().offset()) % LINE);
        Map<String, Tensor> inputs = Map.of("first", noise(5, 96), "more", noise(5, 96));
        alone.run(inputs)
                .forEach((name, tensor) -> assertArrayEquals(
                        tensor.floats(), second.run(inputs).get(name).floats(), name));
    }
}
