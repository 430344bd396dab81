package heddle.runtime.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.type.DType;
import org.junit.jupiter.api.Test;

class TensorTest {
    @Test
    void castsRoundAsTheirTypesDo() {
        Tensor t = Tensor.of(new double[] {1.9, -1.9, 0, 65504.7, Double.NaN}, 5);
        assertArrayEquals(new long[] {1, -1, 0, 65504, 0}, t.cast(DType.I64).longs());
        assertArrayEquals(
                new boolean[] {true, true, false, true, true},
                t.cast(DType.BOOL).booleans());
        assertEquals(65504f, t.cast(DType.F16).floats()[3]);
        assertEquals(65536f, t.cast(DType.BF16).floats()[3]);
        assertTrue(Float.isNaN(t.cast(DType.BF16).floats()[4]));
        assertSame(t, t.cast(DType.F64));
    }

    @Test
    void largeIntegersKeepTheirLowBits() {
        long big = (1L << 53) + 1;
        assertEquals((int) big, Tensor.of(new long[] {big}, 1).cast(DType.I32).ints()[0]);
        assertEquals(7L, Tensor.of(new int[] {7}, 1).cast(DType.I64).longs()[0]);
    }

    @Test
    void aConversionIsLosslessWhenEveryValueSurvives() {
        assertTrue(Tensor.isLossless(DType.BF16, DType.F32));
        assertTrue(Tensor.isLossless(DType.I32, DType.F64));
        assertFalse(Tensor.isLossless(DType.F16, DType.BF16));
        assertFalse(Tensor.isLossless(DType.I32, DType.F32));
        assertFalse(Tensor.isLossless(DType.F32, DType.F16));
    }

    @Test
    void bfloat16RoundsHalvesToEven() {
        // 1 + 2^-8 lies in the middle of two bfloat16 values, 1 + 3·2^-8 too.
        assertEquals(1f, Bfloat16.toFloat(Bfloat16.fromFloat(1 + 0x1p-8f)));
        assertEquals(1 + 0x1p-6f, Bfloat16.toFloat(Bfloat16.fromFloat(1 + 3 * 0x1p-8f)));
        assertEquals(Float.POSITIVE_INFINITY, Bfloat16.toFloat(Bfloat16.fromFloat(Float.MAX_VALUE)));
        assertTrue(Float.isNaN(Bfloat16.toFloat(Bfloat16.fromFloat(Float.intBitsToFloat(0x7f800001)))));
    }

    @Test
    void theShapeHasToFitTheElements() {
        assertThrows(IllegalArgumentException.class, () -> Tensor.of(new float[5], 2, 3));
        assertThrows(IllegalArgumentException.class, () -> Tensor.wrap(DType.I64, new long[] {1}, new int[1]));
    }
}
