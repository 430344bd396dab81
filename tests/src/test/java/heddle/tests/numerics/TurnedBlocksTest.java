package heddle.tests.numerics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.ir.NdArray;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.schedule.machine.Processor;
import heddle.compiler.type.DType;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.jvm.JvmOptions;
import heddle.runtime.jvm.JvmPlatform;
import heddle.runtime.jvm.JvmProgram;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.verify.Comparison;
import heddle.runtime.verify.Reference;
import heddle.runtime.verify.Tolerance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queries and results of attention are transposed in squares as wide as a vector; what is left over is copied one by one. */
class TurnedBlocksTest {
    private static final String SOURCE = """
            model Turned
            dim N
            input q: TYPE[1, 2, N, WIDTH]
            input k: TYPE[1, 2, N, WIDTH]
            input v: TYPE[1, 2, N, WIDTH]
            let i = iota(N)[:, new], j = iota(N)[new, :]
            output scaled = softmax(q @ transpose(k) / 5.5, axis = -1) @ v
            output causal = softmax(where(j <= i, q @ transpose(k), -inf), axis = -1) @ v
            """;

    private static final List<Integer> LENGTHS = List.of(33, 1, 7, 16, 31, 48, 150);

    @TempDir
    Path dir;

    private HeddleModel model(String type, int width) throws IOException {
        Path file = dir.resolve("turned-" + type + width + ".heddle");
        Files.writeString(file, SOURCE.replace("TYPE", type).replace("WIDTH", String.valueOf(width)));
        return Heddle.model(file);
    }

    private JvmProgram program(HeddleModel model, Processor target) {
        JvmOptions options = new JvmOptions(target, dir.resolve("classes" + target.lanes()), "test", warning -> {
            throw new AssertionError(warning);
        });
        return JvmProgram.load(
                model.compilation(Fusion.FUSED, SchedulePolicy.of(target)).plan(), Map.of(), options);
    }

    private static SequencedMap<String, Tensor> inputs(DType type, int n, int width, IntToDoubleFunction ofValues) {
        SequencedMap<String, Tensor> inputs = new LinkedHashMap<>();
        for (String name : List.of("q", "k", "v")) {
            Random random = new Random(name.hashCode());
            double[] elements =
                    random.doubles(2L * n * width).map(x -> 4 * x - 2).toArray();
            if (name.equals("v")) {
                IntStream.range(0, elements.length).forEach(at -> elements[at] += ofValues.applyAsDouble(at));
            }
            inputs.put(name, Tensor.of(elements, 1, 2, n, width).cast(type));
        }
        return inputs;
    }

    private void check(DType type, int width, int lanes) throws IOException {
        HeddleModel model = model(type.text(), width);
        JvmProgram program = program(model, Processor.of(lanes, 2));
        for (int n : LENGTHS) {
            SequencedMap<String, Tensor> inputs = inputs(type, n, width, at -> 0);
            Map<String, NdArray> reference = Reference.run(model, Map.of(), inputs);
            program.run(inputs).forEach((name, result) -> {
                Comparison c = Comparison.of(result, reference.get(name), Tolerance.of(type));
                String what =
                        name + " of " + type + ", width " + width + ", " + lanes + " lanes, N = " + result.shape()[2];
                assertTrue(c.within(), () -> what + " is " + c.got() + ", not " + c.want());
            });
        }
    }

    @Test
    void blocksNeedNotBeWholeSquares() throws IOException {
        int lanes = JvmPlatform.target(1).lanes();
        for (int width : List.of(5, 16, 24, 40)) {
            check(DType.F32, width, lanes);
        }
        check(DType.F64, 24, lanes);
    }

    @Test
    void squaresAreAsWideAsVectors() throws IOException {
        for (int lanes = 4; lanes <= JvmPlatform.target(1).lanes(); lanes *= 2) {
            check(DType.F32, 24, lanes);
        }
    }

    /** A later query sees a value that is not finite, so that its block is computed again; earlier ones have the same bits still. */
    @Test
    void valuesThatAreNotFiniteLeaveOtherRowsAlone() throws IOException {
        int width = 24;
        int n = 150;
        int hidden = 140;
        JvmProgram program = program(model("f32", width), JvmPlatform.target(2));
        float[] expected =
                program.run(inputs(DType.F32, n, width, at -> 0)).get("causal").floats();
        for (double value : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            float[] found = program.run(inputs(DType.F32, n, width, at -> at / width % n == hidden ? value : 0))
                    .get("causal")
                    .floats();
            for (int head = 0; head < 2; head++) {
                int from = head * n * width;
                for (int row = 0; row < n; row++) {
                    int at = from + row * width;
                    float[] own = Arrays.copyOfRange(found, at, at + width);
                    if (row < hidden) {
                        assertArrayEquals(Arrays.copyOfRange(expected, at, at + width), own, "row " + row);
                    } else {
                        for (float x : own) {
                            assertEquals((float) value, x, "row " + row);
                        }
                    }
                }
            }
        }
    }
}
