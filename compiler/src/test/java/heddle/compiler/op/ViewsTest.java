package heddle.compiler.op;

import static heddle.compiler.op.Ops.B;
import static heddle.compiler.op.Ops.N;
import static heddle.compiler.op.Ops.array;
import static heddle.compiler.op.Ops.assertGives;
import static heddle.compiler.op.Ops.assertInfers;
import static heddle.compiler.op.Ops.assertRefuses;
import static heddle.compiler.op.Ops.bool;
import static heddle.compiler.op.Ops.f32;
import static heddle.compiler.op.Ops.floats;
import static heddle.compiler.op.Ops.i64;
import static heddle.compiler.op.Ops.shape;
import static org.junit.jupiter.api.Assertions.assertThrows;

import heddle.compiler.ir.NdArray;
import heddle.compiler.op.layout.Concat;
import heddle.compiler.op.layout.Expand;
import heddle.compiler.op.layout.Pad;
import heddle.compiler.op.layout.Permute;
import heddle.compiler.op.layout.Reshape;
import heddle.compiler.op.layout.Slice;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Permute, Reshape, Expand, Slice, Concat and Pad. */
class ViewsTest {
    private static final NdArray X = floats(shape(2, 3), 1, 2, 3, 4, 5, 6);

    private static List<Dim> dims(Object... dims) {
        return f32(dims).shape().dims();
    }

    @Test
    void permute() {
        Permute transpose = new Permute(List.of(1, 0));
        assertInfers(f32(N, B), transpose, f32(B, N));
        assertRefuses("permute has 2 axes for f32[N], which has rank 1", List.of(0), transpose, f32(N));
        assertRefuses(
                "permute along axis 2 of f32[B, N], which has no such axis",
                List.of(0),
                new Permute(List.of(0, 2)),
                f32(B, N));
        assertRefuses("permute names an axis twice in [0, 0]", List.of(0), new Permute(List.of(0, 0)), f32(B, N));
        assertGives(floats(shape(3, 2), 1, 4, 2, 5, 3, 6), transpose, X);
        assertGives(
                floats(shape(3, 2, 1), 1, 4, 2, 5, 3, 6),
                new Permute(List.of(2, 1, 0)),
                floats(shape(1, 2, 3), 1, 2, 3, 4, 5, 6));
    }

    @Test
    void reshape() {
        assertInfers(f32(B, N, 12, 32), new Reshape(Shape.of(B, N, Dim.of(12), Dim.of(32))), f32(B, N, 384));
        assertInfers(f32(B.times(N), 4), new Reshape(Shape.of(B.times(N), Dim.of(4))), f32(B, N, 4));
        assertRefuses(
                "reshape of f32[B, 6] to [B, 4]: 6*B elements cannot become 4*B",
                List.of(0),
                new Reshape(Shape.of(B, Dim.of(4))),
                f32(B, 6));
        assertGives(floats(shape(3, 2), 1, 2, 3, 4, 5, 6), new Reshape(Shape.of(3, 2)), X);
        assertGives(floats(shape(6), 1, 2, 3, 4, 5, 6), new Reshape(Shape.of(6)), X);
        assertGives(floats(shape(1, 2, 1, 3), 1, 2, 3, 4, 5, 6), new Reshape(Shape.of(1, 2, 1, 3)), X);
        assertGives(floats(shape(), 7), new Reshape(Shape.SCALAR), floats(shape(1, 1), 7));
        assertGives(floats(shape(0, 4)), new Reshape(Shape.of(0, 4)), floats(shape(2, 0)));
    }

    @Test
    void expand() {
        assertInfers(f32(B, N, 4), new Expand(Shape.of(B, N, Dim.of(4))), f32(N, 1));
        assertRefuses(
                "expand of f32[2] to [4]: only axes of length 1 can be repeated",
                List.of(0),
                new Expand(Shape.of(4)),
                f32(2));
        assertRefuses(
                "expand of f32[B, 1] to [4]: only axes of length 1 can be repeated",
                List.of(0),
                new Expand(Shape.of(4)),
                f32(B, 1));
        assertGives(
                floats(shape(2, 2, 3), 1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2),
                new Expand(Shape.of(2, 2, 3)),
                floats(shape(2, 1), 1, 2));
        assertGives(floats(shape(0)), new Expand(Shape.of(0)), floats(shape(1), 3));
    }

    @Test
    void slice() {
        assertInfers(f32(B, N.minus(1)), new Slice(dims(0, 1), dims(B, N.minus(1)), List.of(1L, 1L)), f32(B, N));
        assertRefuses(
                "slice of f32[4]: elements 2 to 5 of axis 0, which has length 4",
                List.of(0),
                new Slice(dims(2), dims(4), List.of(1L)),
                f32(4));
        assertRefuses(
                "slice of f32[N]: elements 1 to N of axis 0, which has length N",
                List.of(0),
                new Slice(dims(1), dims(N), List.of(1L)),
                f32(N));
        assertRefuses(
                "slice of f32[4]: elements 1 to -1 of axis 0, which has length 4",
                List.of(0),
                new Slice(dims(1), dims(3), List.of(-1L)),
                f32(4));
        assertGives(floats(shape(1, 2), 5, 6), new Slice(dims(1, 1), dims(1, 2), List.of(1L, 1L)), X);
        assertGives(floats(shape(2, 2), 6, 4, 3, 1), new Slice(dims(1, 2), dims(2, 2), List.of(-1L, -2L)), X);
        assertGives(floats(shape(2, 0)), new Slice(dims(0, 3), dims(2, 0), List.of(1L, 1L)), X);
        assertGives(floats(shape(2, 1), 3, 6), Slice.along(X.type().shape(), 1, Dim.of(2), Dim.ONE), X);
        assertThrows(IllegalArgumentException.class, () -> new Slice(dims(0), dims(1), List.of(0L)));
    }

    @Test
    void aSliceThatOnlyTheRunShowsToReachPastTheEndFails() {
        Slice slice = new Slice(dims(0), dims(N), List.of(1L));
        assertThrows(
                IllegalArgumentException.class, () -> slice.evaluate(List.of(floats(shape(2), 1, 2)), Map.of("N", 3L)));
    }

    @Test
    void concat() {
        Concat columns = new Concat(1);
        assertInfers(f32(B, N.plus(3)), columns, f32(B, N), f32(B, 1), f32(B, 2));
        assertRefuses(
                "concat along axis 1 of f32[B, 2] and f32[N, 2]",
                List.of(0, 2),
                columns,
                f32(B, 2),
                f32(B, 2),
                f32(N, 2));
        assertRefuses(
                "concat needs operands of one type, not f32[N] and i64[N]",
                List.of(0, 1),
                new Concat(0),
                f32(N),
                i64(N));
        assertRefuses("concat of nothing", List.of(), columns);
        assertGives(floats(shape(2, 5), 1, 2, 3, 7, 8, 4, 5, 6, 9, 10), columns, X, floats(shape(2, 2), 7, 8, 9, 10));
        assertGives(
                floats(shape(3, 3), 1, 2, 3, 4, 5, 6, 7, 8, 9),
                new Concat(0),
                X,
                floats(shape(0, 3)),
                floats(shape(1, 3), 7, 8, 9));
        assertGives(X, columns, X, floats(shape(2, 0)));
    }

    @Test
    void pad() {
        Pad around = new Pad(dims(1, 0), dims(0, 2), 9);
        assertInfers(f32(B.plus(1), N.plus(2)), around, f32(B, N));
        assertRefuses("pad has 2 margins for f32[N], which has rank 1", List.of(0), around, f32(N));
        assertRefuses("pad of f32[N] has the negative margin -1", List.of(0), new Pad(dims(-1), dims(0), 0), f32(N));
        assertRefuses("pad of i64[N] with 0.5", List.of(0), new Pad(dims(1), dims(0), 0.5), i64(N));
        assertInfers(bool(N.plus(1)), new Pad(dims(1), dims(0), 1), bool(N));
        assertGives(floats(shape(3, 5), 9, 9, 9, 9, 9, 1, 2, 3, 9, 9, 4, 5, 6, 9, 9), around, X);
        assertGives(array(DType.I64, shape(2), 4, 4), new Pad(dims(2), dims(0), 4), array(DType.I64, shape(0)));
    }
}
