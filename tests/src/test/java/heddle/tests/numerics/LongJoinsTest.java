package heddle.tests.numerics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.frontend.Frontend;
import heddle.compiler.frontend.Model;
import heddle.compiler.ir.NdArray;
import heddle.compiler.op.Interpreter;
import heddle.compiler.schedule.Plan;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.type.DType;
import heddle.dsl.parse.Parser;
import heddle.dsl.source.SourceFile;
import heddle.runtime.SourceReader;
import heddle.runtime.jvm.JvmOptions;
import heddle.runtime.jvm.JvmPlatform;
import heddle.runtime.jvm.JvmProgram;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.verify.Comparison;
import heddle.runtime.verify.Tolerance;
import heddle.tests.TensorArrays;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hundreds of tensors are joined: a method of Java has 255 parameters, and a task of TornadoVM 15. */
class LongJoinsTest {
    private static final long SEED = 20811;
    private static final int MOST_OF_A_TASK = 15;

    @TempDir
    static Path classes;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "13 | concat(parts, axis = 1)",
                "130 | concat(parts, axis = 1)",
                "400 | stack(parts)",
                "145 | transpose(stack(parts, axis = -1)) * 2.0",
                "30 | concat([concat(parts, axis = 1), x, concat(parts, axis = 1)], axis = 1)",
            })
    void manyTensorsAreJoined(int count, String joined) {
        Model model = model(count, joined);
        Plan plan = Compiler.compile(model.graph(), Fusion.FUSED).plan();
        for (TileKernel kernel : plan.launches()) {
            int tensors = kernel.reads().size() + kernel.writes().size();
            assertTrue(tensors <= MOST_OF_A_TASK, kernel.name() + " has " + tensors + " tensors");
        }
        assertRuns(model, count + ", " + joined);
    }

    /** What is computed where it is read reads no more than a method has parameters for. */
    @ParameterizedTest
    @ValueSource(ints = {4, 25, 40})
    void joinsAreAdded(int count) {
        String sum = IntStream.range(0, count)
                .mapToObj(n -> IntStream.range(n, n + 12)
                        .mapToObj(part -> "parts[" + part + "]")
                        .collect(Collectors.joining(", ", "concat([", "], axis = 1) * " + (n + 1) + ".5")))
                .collect(Collectors.joining(" + "));
        assertRuns(model(60, sum), "sum of " + count);
    }

    /** @param joined of as many tensors, which are called {@code parts} */
    private static Model model(int count, String joined) {
        return Frontend.elaborate(
                Parser.parse(new SourceFile("joins.heddle", """
                dim B
                input x: f32[B, 8]
                let h = x, parts = []
                for t in 0 .. %d {
                    h = tanh(h * 0.75 + cast(t, f32))
                    parts = parts + [h]
                }
                output y = %s
                """.formatted(count, joined)))
                        .orThrow(),
                SourceReader::imported);
    }

    private static void assertRuns(Model model, String what) {
        Random random = new Random(SEED);
        float[] x = new float[24];
        for (int n = 0; n < x.length; n++) {
            x[n] = (float) random.nextGaussian();
        }
        Map<String, Tensor> inputs = Map.of("x", Tensor.of(x, 3, 8));
        NdArray meant = new Interpreter(TensorArrays.of(inputs), Map.of(), Map.of("B", 3L))
                .run(model.graph())
                .get("y");
        for (Fusion fusion : Fusion.values()) {
            Plan plan = Compiler.compile(model.graph(), fusion).plan();
            JvmOptions options = new JvmOptions(JvmPlatform.target(2), classes, "test", warning -> {});
            Tensor y = JvmProgram.load(plan, Map.of(), options).run(inputs).get("y");
            Comparison c = Comparison.of(y, meant, Tolerance.of(DType.F32));
            assertEquals(true, c.within(), fusion + ", " + what + ", seed " + SEED + ": " + c);
        }
    }
}
