package heddle.compiler.op;

import static heddle.compiler.op.Ops.B;
import static heddle.compiler.op.Ops.N;
import static heddle.compiler.op.Ops.assertGives;
import static heddle.compiler.op.Ops.assertInfers;
import static heddle.compiler.op.Ops.assertRefuses;
import static heddle.compiler.op.Ops.f32;
import static heddle.compiler.op.Ops.floats;
import static heddle.compiler.op.Ops.i64;
import static heddle.compiler.op.Ops.ints;
import static heddle.compiler.op.Ops.shape;

import heddle.compiler.ir.NdArray;
import heddle.compiler.op.layout.Gather;
import heddle.compiler.op.layout.Scatter;
import heddle.compiler.op.layout.ScatterAlong;
import heddle.compiler.op.layout.TakeAlong;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.type.Dim;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Gather and TakeAlong, and the scatters that go the other way. */
class GathersTest {
    private static final double INF = Double.POSITIVE_INFINITY;
    private static final NdArray X = floats(shape(2, 3), 1, 2, 3, 4, 5, 6);

    @Test
    void theIndexShapeStandsWhereTheAxisWas() {
        assertInfers(f32(B, N, 384), new Gather(0), f32(30522, 384), i64(B, N));
        assertInfers(f32(B, N, 2), new Gather(1), f32(B, 30, 2), i64(N));
        assertInfers(f32(B, 2), new Gather(1), f32(B, 30, 2), i64());
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertRefuses("gather needs integer indices, not f32[N]", List.of(1), new Gather(0), f32(4), f32(N));
        assertRefuses(
                "gather along axis 1 of f32[4], which has no such axis", List.of(0), new Gather(1), f32(4), i64(N));
        assertRefuses(
                "gather from f32[0, 4] along axis 0, which is empty", List.of(0), new Gather(0), f32(0, 4), i64(N));
        assertRefuses(
                "take_along axis 1 of f32[B, 4] with the index i64[N, 1]",
                List.of(0, 1),
                new TakeAlong(1),
                f32(B, 4),
                i64(N, 1));
    }

    @Test
    void gatherPicksSlices() {
        assertGives(
                floats(shape(2, 2, 3), 4, 5, 6, 1, 2, 3, 1, 2, 3, 4, 5, 6),
                new Gather(0),
                X,
                ints(shape(2, 2), 1, 0, 0, 1));
        assertGives(floats(shape(2, 2), 3, 1, 6, 4), new Gather(1), X, ints(shape(2), 2, 0));
        assertGives(floats(shape(2), 2, 5), new Gather(1), X, ints(shape(), 1));
        assertGives(floats(shape(0, 3)), new Gather(0), X, ints(shape(0)));
        assertGives(floats(shape(0)), new Gather(0), floats(shape(0)), ints(shape(0)));
    }

    @Test
    void indicesOutOfRangeTakeTheNearest() {
        assertGives(floats(shape(2, 3), 1, 2, 3, 4, 5, 6), new Gather(0), X, ints(shape(2), -5, 1L << 40));
        assertGives(floats(shape(2, 1), 1, 6), new TakeAlong(1), X, ints(shape(2, 1), -1, 3));
    }

    @Test
    void takeAlongPicksElements() {
        assertInfers(f32(B, 2), new TakeAlong(1), f32(B, N), i64(B, 2));
        assertGives(floats(shape(2, 2), 3, 1, 5, 5), new TakeAlong(1), X, ints(shape(2, 2), 2, 0, 1, 1));
        assertGives(floats(shape(1, 3), 1, 5, 3), new TakeAlong(0), X, ints(shape(1, 3), 0, 1, 0));
    }

    @Test
    void scattersCombineWhatHasOneIndex() {
        assertInfers(f32(7, 3), new Scatter(0, Dim.of(7)), f32(2, 3), i64(2));
        assertGives(
                floats(shape(3, 3), 5, 7, 9, 0, 0, 0, 0, 0, 0), new Scatter(0, Dim.of(3)), X, ints(shape(2), 0, -1));
        assertGives(
                floats(shape(2, 3), 4, 5, 6, INF, INF, INF),
                new Scatter(0, Dim.of(2), Reduction.MIN),
                floats(shape(2, 3), 4, 8, 6, 7, 5, 9),
                ints(shape(2), 0, 0));
        assertGives(
                floats(shape(2, 2), 3, 2, 6, 20),
                new ScatterAlong(1, Dim.of(2), Reduction.PROD),
                X,
                ints(shape(2, 3), 1, 1, 0, 1, 1, 0));
        assertGives(
                floats(shape(2, 2), 3, -INF, 6, -INF),
                new ScatterAlong(1, Dim.of(2), Reduction.MAX),
                X,
                ints(shape(2, 3), 0, 0, 0, 0, 0, 0));
    }

    @Test
    void anEmptyAxisTakesNothing() {
        assertRefuses(
                "scatter_max of f32[4] into an axis that is empty",
                List.of(0),
                new Scatter(0, Dim.ZERO, Reduction.MAX),
                f32(4),
                i64(4));
    }
}
