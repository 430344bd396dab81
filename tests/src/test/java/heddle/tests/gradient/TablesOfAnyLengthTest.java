package heddle.tests.gradient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.ir.NdArray;
import heddle.runtime.CompileOptions;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.ModelSource;
import heddle.runtime.Target;
import heddle.runtime.TargetOptions;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.verify.Comparison;
import heddle.runtime.verify.Reference;
import heddle.runtime.verify.Tolerance;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is added to a table at indexes that are read, where the number of its rows is a symbol: there may be none. */
class TablesOfAnyLengthTest {
    private static final String INPUTS = """
            dim B, P
            input x: f32[P, 16]
            input t: i64[B]
            input u: f32[B, 16]
            """;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "output y = grad(mean(gather(x, t) ** 2.0), x)",
                "output y = grad(sum(x[t] * u), x)",
                "output y = scatter_nd(x, t[:, new], u, reduce = \"add\")",
                "output y = scatter_nd(x, t[:, new], u, reduce = \"max\")",
                "output y = grad(sum(softmax(u @ transpose(gather(x, t)), axis = -1) @ gather(x, t)), x)"
            })
    void theyMeanTheSame(String output) {
        HeddleModel model = Heddle.model(ModelSource.text("model", INPUTS + output + "\n"), Map.of());
        CompileOptions options = CompileOptions.defaults()
                .withThreads(1)
                .withTarget(TargetOptions.defaults().withTarget(Target.JVM));
        Random random = new Random(7);
        for (int[] lengths : new int[][] {{0, 0}, {0, 3}, {1, 1}, {5, 3}, {40, 9}}) {
            SequencedMap<String, Tensor> inputs = new LinkedHashMap<>();
            inputs.put("x", drawn(random, lengths[1], 16));
            long[] indexes =
                    random.longs(lengths[0], 0, Math.max(1, lengths[1])).toArray();
            inputs.put("t", Tensor.of(indexes, lengths[0]));
            inputs.put("u", drawn(random, lengths[0], 16));
            Tensor result = model.compile(options).run(inputs).get("y");
            NdArray meaning = Reference.run(model, Map.of(), inputs).get("y");
            assertEquals(lengths[1] * 16, result.size());
            Comparison c = Comparison.of(result, meaning, new Tolerance(2e-5, 1e-4));
            assertTrue(c.within(), output + " with B=" + lengths[0] + " P=" + lengths[1] + ", seed 7: " + c.got());
        }
    }

    private static Tensor drawn(Random random, int rows, int columns) {
        float[] elements = new float[rows * columns];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = (float) random.nextGaussian();
        }
        return Tensor.of(elements, rows, columns);
    }
}
