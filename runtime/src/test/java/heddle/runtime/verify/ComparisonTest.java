package heddle.runtime.verify;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.ir.NdArray;
import heddle.compiler.type.DType;
import heddle.runtime.tensor.Tensor;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final Tolerance F32 = Tolerance.of(DType.F32);

    @Test
    void anElementMayBeOffByWhatTheOthersAreLarge() {
        assertFalse(compare(new float[] {1e-3f, 1}, 0, 1).within());
        assertTrue(compare(new float[] {1e-3f, 1000}, 0, 1000).within());
        assertFalse(compare(new float[] {1, 1000}, 0, 1000).within());
    }

    @Test
    void whatIsNotFiniteExcusesNothing() {
        double infinity = Double.POSITIVE_INFINITY;
        assertFalse(compare(new float[] {1e-3f, Float.POSITIVE_INFINITY}, 0, infinity)
                .within());
        assertFalse(compare(new float[] {0, 1}, 0, Double.NaN).within());
    }

    private static Comparison compare(float[] got, double... want) {
        return Comparison.of(Tensor.of(got, got.length), new NdArray(DType.F32, new long[] {want.length}, want), F32);
    }
}
