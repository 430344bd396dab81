package heddle.tests.tornado;

import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.tornado.DevicePolicy;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Input;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.schedule.Plan;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import heddle.runtime.tensor.Tensor;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What must come out the same on devices whose division is not rounded correctly. */
class InexactDivisionTest {
    private static final long SEED = 20261125;
    private static final int RANDOM = 4000;

    private static final float[][] PAIRS = {
        {6, 3},
        {-6, 3},
        {6, -3},
        {7, 7},
        {7, 2},
        {-7, 2},
        {0.3f, 0.1f},
        {1, 0.1f},
        {0.9999999f, 1},
        {-0.0f, 3},
        {-1e-30f, 1},
        {0x1p23f, 1},
        {16777213, 1},
        {16777213, 3},
        {-16777213, 5},
        {1e30f, 3},
        {-1e30f, 7},
        {Float.MAX_VALUE, 3},
        {Float.MAX_VALUE, Float.MIN_VALUE},
        {3e-45f, 1.4e-45f},
        {5, 0},
        {-5, 0},
        {0, 0},
        {5, Float.POSITIVE_INFINITY},
        {-5, Float.POSITIVE_INFINITY},
        {Float.POSITIVE_INFINITY, 5},
        {Float.NaN, 5},
        {5, Float.NaN}
    };

    @ParameterizedTest
    @ValueSource(ints = {-2, -1, 0, 1, 2})
    void floorsAndRemaindersAreThoseOfExactQuotients(int ulps) {
        Graph.Builder graph = new Graph.Builder("quotients");
        TensorType type = new TensorType(DType.F32, Shape.of(Dim.symbol("N")));
        Value a = graph.value(new Input("a", type), Origin.NONE);
        Value b = graph.value(new Input("b", type), Origin.NONE);
        graph.output("floor", graph.value(new Elementwise(ScalarFn.FLOOR_DIV), Origin.NONE, a, b));
        graph.output("rest", graph.value(new Elementwise(ScalarFn.MOD), Origin.NONE, a, b));
        TornadoTarget limits = TornadoTarget.GPU;
        Plan plan = Compiler.compile(graph.build(), Fusion.FUSED, new DevicePolicy(limits), Set.of())
                .plan();
        float[][] x = operands();
        long n = x[0].length;
        Map<String, Tensor> results = new DoubleProgram(plan, limits, Map.of(), ulps)
                .run(Map.of("a", Tensor.of(x[0], n), "b", Tensor.of(x[1], n)), Map.of("N", n));
        for (int i = 0; i < n; i++) {
            float rest = x[0][i] % x[1][i];
            float expected = rest < 0 != x[1][i] < 0 && rest != 0 ? rest + x[1][i] : rest;
            String pair = x[0][i] + " by " + x[1][i];
            float floor = results.get("floor").floats()[i];
            float quotient = x[0][i] / x[1][i];
            // Beyond 2^24 all floats are whole numbers, and a quotient is as exact as the device has it.
            float last = Math.abs(quotient) < 0x1p24f ? 0 : 2 * Math.ulp(quotient);
            assertNear((float) Math.floor(quotient), floor, last, pair);
            assertNear(expected, results.get("rest").floats()[i], 0, pair);
        }
    }

    private static void assertNear(float expected, float got, float distance, String pair) {
        boolean near = Float.compare(expected, got) == 0 || Math.abs(got - expected) <= distance;
        assertTrue(near, pair + " is " + got + ", not " + expected);
    }

    /** The pairs above, whole numbers with many exact quotients, and any. */
    private static float[][] operands() {
        Random random = new Random(SEED);
        float[][] x = new float[2][PAIRS.length + RANDOM];
        for (int i = 0; i < x[0].length; i++) {
            if (i < PAIRS.length) {
                x[0][i] = PAIRS[i][0];
                x[1][i] = PAIRS[i][1];
            } else if (i % 2 == 0) {
                x[1][i] = 1 + random.nextInt(60);
                x[0][i] = x[1][i] * (random.nextInt(2000) - 1000);
            } else {
                x[0][i] = (float) Math.scalb(random.nextGaussian(), random.nextInt(40) - 20);
                x[1][i] = (float) Math.scalb(random.nextGaussian(), random.nextInt(20) - 10);
            }
        }
        return x;
    }
}
