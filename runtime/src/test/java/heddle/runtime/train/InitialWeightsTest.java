package heddle.runtime.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.frontend.Model.Declaration;
import heddle.runtime.HeddleModel;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InitialWeightsTest {
    private static float[] drawn(String declared, int which, long seed) {
        HeddleModel model = TrainedModels.model(declared + "\noutput y = 1.0", Map.of());
        List<Declaration> weights = model.declaration().weights();
        return InitialWeights.of(weights.get(which), seed).floats();
    }

    @Test
    void normalNumbersHaveTheirDeviation() {
        float[] x = drawn("let a = weight \"a\" : f32[301, 333] = normal(0.5)", 0, 1);
        double mean = 0;
        double square = 0;
        double fourth = 0;
        for (float v : x) {
            mean += v / x.length;
            square += (double) v * v / x.length;
            fourth += Math.pow(v, 4) / x.length;
        }
        // Four deviations of the estimates over 100,233 numbers.
        assertEquals(0, mean, 4 * 0.5 / Math.sqrt(x.length));
        assertEquals(0.25, square, 4 * 0.25 * Math.sqrt(2.0 / x.length));
        assertEquals(3 * 0.0625, fourth, 4 * 0.0625 * Math.sqrt(96.0 / x.length));
    }

    @Test
    void evenNumbersFillTheirRange() {
        float[] x = drawn("let a = weight \"a\" : f32[20000] = uniform(-1, 3)", 0, 1);
        int[] quarters = new int[4];
        for (float v : x) {
            assertTrue(v >= -1 && v <= 3, "drawn " + v);
            quarters[Math.min(3, (int) (v + 1))]++;
        }
        for (int q : quarters) {
            assertEquals(5000, q, 4 * Math.sqrt(20000 * 0.25 * 0.75));
        }
        assertArrayEquals(new float[] {7, 7}, drawn("let a = weight \"a\" : f32[2] = constant(7)", 0, 1));
    }

    @Test
    void followFromSeedNameAndPlaceAlone() {
        String a = "let a = weight \"a\" : f32[9] = normal(1)";
        String b = "let b = weight \"b\" : f32[9] = normal(1)";
        float[] alone = drawn(a, 0, 5);
        assertArrayEquals(alone, drawn(b + "\n" + a, 1, 5));
        // A longer weight begins with the same numbers.
        float[] longer = drawn("let a = weight \"a\" : f32[4, 5] = normal(1)", 0, 5);
        assertArrayEquals(alone, Arrays.copyOf(longer, 9));
        assertFalse(Arrays.equals(alone, drawn(b, 0, 5)));
        assertFalse(Arrays.equals(alone, drawn(a, 0, 6)));
    }
}
