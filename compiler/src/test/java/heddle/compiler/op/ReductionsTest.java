package heddle.compiler.op;

import static heddle.compiler.op.Ops.B;
import static heddle.compiler.op.Ops.INF;
import static heddle.compiler.op.Ops.N;
import static heddle.compiler.op.Ops.NAN;
import static heddle.compiler.op.Ops.array;
import static heddle.compiler.op.Ops.assertGives;
import static heddle.compiler.op.Ops.assertInfers;
import static heddle.compiler.op.Ops.assertRefuses;
import static heddle.compiler.op.Ops.bool;
import static heddle.compiler.op.Ops.f32;
import static heddle.compiler.op.Ops.floats;
import static heddle.compiler.op.Ops.i64;
import static heddle.compiler.op.Ops.ints;
import static heddle.compiler.op.Ops.shape;
import static org.junit.jupiter.api.Assertions.assertThrows;

import heddle.compiler.ir.NdArray;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.type.DType;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reduce and Softmax. */
class ReductionsTest {
    private static final NdArray X = floats(shape(2, 3), 1, 2, 3, 4, 5, 6);

    private static Reduce reduce(Reduction kind, Integer... axes) {
        return new Reduce(kind, List.of(axes), false);
    }

    @Test
    void reducedAxesGoOrHaveLengthOne() {
        assertInfers(f32(N), reduce(Reduction.SUM, 0, 2), f32(B, N, 4));
        assertInfers(f32(1, N, 1), new Reduce(Reduction.SUM, List.of(2, 0), true), f32(B, N, 4));
        assertInfers(f32(B), reduce(Reduction.MAX), f32(B));
        assertRefuses(
                "reduce_sum along axis 1 of f32[B], which has no such axis",
                List.of(0),
                reduce(Reduction.SUM, 1),
                f32(B));
        assertRefuses("reduce_sum names an axis twice in [0, 0]", List.of(0), reduce(Reduction.SUM, 0, 0), f32(B));
        assertRefuses("reduce_max needs numbers, not bool[B]", List.of(0), reduce(Reduction.MAX, 0), bool(B));
    }

    @Test
    void reductionsOverAnyAxes() {
        assertGives(floats(shape(2), 6, 15), reduce(Reduction.SUM, 1), X);
        assertGives(floats(shape(3), 5, 7, 9), reduce(Reduction.SUM, 0), X);
        assertGives(floats(shape(), 21), reduce(Reduction.SUM, 0, 1), X);
        assertGives(floats(shape(1, 3), 4, 5, 6), new Reduce(Reduction.MAX, List.of(0), true), X);
        assertGives(floats(shape(2), 1, 4), reduce(Reduction.MIN, 1), X);
        assertGives(floats(shape(2), 6, 120), reduce(Reduction.PROD, 1), X);
        assertGives(ints(shape(), -3), reduce(Reduction.MIN, 0), ints(shape(2), 4, -3));
    }

    @Test
    void nothingReducesToTheNeutralElement() {
        NdArray empty = floats(shape(2, 0));
        assertGives(floats(shape(2), 0, 0), reduce(Reduction.SUM, 1), empty);
        assertGives(floats(shape(2), 1, 1), reduce(Reduction.PROD, 1), empty);
        assertGives(floats(shape(2), -INF, -INF), reduce(Reduction.MAX, 1), empty);
        assertGives(floats(shape(2), INF, INF), reduce(Reduction.MIN, 1), empty);
        assertGives(array(DType.I32, shape(), Integer.MIN_VALUE), reduce(Reduction.MAX, 0), array(DType.I32, shape(0)));
        assertGives(ints(shape(), Long.MAX_VALUE), reduce(Reduction.MIN, 0), ints(shape(0)));
    }

    @Test
    void nanIsKept() {
        NdArray x = floats(shape(3), 1, NAN, 3);
        assertGives(floats(shape(), NAN), reduce(Reduction.MAX, 0), x);
        assertGives(floats(shape(), NAN), reduce(Reduction.MIN, 0), x);
        assertGives(floats(shape(), NAN), reduce(Reduction.SUM, 0), x);
    }

    @Test
    void softmaxSumsToOneAlongItsAxis() {
        assertInfers(f32(B, N), new Softmax(1), f32(B, N));
        assertRefuses("softmax needs floating-point elements, not i64[N]", List.of(0), new Softmax(0), i64(N));
        assertRefuses("softmax along axis 1 of f32[N], which has no such axis", List.of(0), new Softmax(1), f32(N));
        assertGives(floats(shape(2, 2), 0.5, 0.5, 0.5, 0.5), new Softmax(1), floats(shape(2, 2), 7, 7, -3, -3));
        double e = Math.exp(-1);
        assertGives(
                floats(shape(2, 2), e / (1 + e), 0.5, 1 / (1 + e), 0.5),
                new Softmax(0),
                floats(shape(2, 2), 1, 4, 2, 4));
        assertGives(floats(shape(3, 0)), new Softmax(1), floats(shape(3, 0)));
    }

    @Test
    void softmaxShiftsBeforeItRaises() {
        assertGives(floats(shape(2), 0.5, 0.5), new Softmax(0), floats(shape(2), 1e30, 1e30));
        assertGives(floats(shape(2), 1, 0), new Softmax(0), floats(shape(2), 0, -1e30));
    }

    @Test
    void softmaxWithATermBesideItsSum() {
        assertGives(floats(shape(2), 0.25, 0.25), new Softmax(0, 2), floats(shape(2), 1e30, 1e30));
        assertGives(floats(shape(2), 0, 0), new Softmax(0, 2), floats(shape(2), -INF, -INF));
        assertThrows(IllegalArgumentException.class, () -> new Softmax(0, -1));
    }

    @Test
    void softmaxOfMaskedRows() {
        assertGives(
                floats(shape(3, 2), 0, 0, 1, 0, 0.5, 0.5),
                new Softmax(1),
                floats(shape(3, 2), -INF, -INF, 3, -INF, 1, 1));
    }

    @Test
    void softmaxKeepsNanToItsRow() {
        assertGives(
                floats(shape(3, 2), NAN, NAN, 0.5, 0.5, NAN, NAN),
                new Softmax(1),
                floats(shape(3, 2), NAN, -INF, 2, 2, INF, 1));
    }
}
