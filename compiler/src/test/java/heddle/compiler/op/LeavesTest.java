package heddle.compiler.op;

import static heddle.compiler.op.Ops.N;
import static heddle.compiler.op.Ops.array;
import static heddle.compiler.op.Ops.assertGives;
import static heddle.compiler.op.Ops.assertInfers;
import static heddle.compiler.op.Ops.assertRefuses;
import static heddle.compiler.op.Ops.f32;
import static heddle.compiler.op.Ops.floats;
import static heddle.compiler.op.Ops.i64;
import static heddle.compiler.op.Ops.ints;
import static heddle.compiler.op.Ops.shape;
import static heddle.compiler.op.Ops.type;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import heddle.compiler.op.layout.Iota;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Operations that read nothing, and those of one operand that are neither views nor reductions. */
class LeavesTest {
    @Test
    void inputsAndWeightsHaveTheirTypeAndNoValue() {
        assertInfers(f32(N), new Input("x", f32(N)));
        assertInfers(f32(N), new Weight("w", f32(N)));
        assertRefuses("input takes 0 operands, not 1", List.of(0), new Input("x", f32(N)), f32(N));
        assertThrows(IllegalStateException.class, () -> new Input("x", f32(N)).evaluate(List.of(), Map.of()));
        assertThrows(IllegalStateException.class, () -> new Weight("w", f32(N)).evaluate(List.of(), Map.of()));
    }

    @Test
    void equalConstantsAreEqualRecords() {
        assertEquals(new Constant(f32(2), List.of(1.0, 1.0)), Constant.splat(f32(2), 1));
        assertEquals(Constant.scalar(DType.F32, 0.1), Constant.scalar(DType.F32, 0.1f));
        assertEquals(Constant.scalar(DType.BOOL, 5), Constant.scalar(DType.BOOL, 1));
        assertEquals(Constant.scalar(DType.I64, 1), Constant.scalar(DType.I64, 1L));
        assertNotEquals(Constant.scalar(DType.F32, 0.0), Constant.scalar(DType.F32, -0.0));
        assertThrows(IllegalArgumentException.class, () -> new Constant(f32(3), List.of(1.0, 2.0)));
        assertThrows(IllegalArgumentException.class, () -> new Constant(f32(3), List.of(1.0, 1.0)));
        assertThrows(IllegalArgumentException.class, () -> new Constant(f32(N), List.of(1.0, 2.0)));
    }

    @Test
    void constants() {
        assertGives(floats(shape(2, 2), 3, 3, 3, 3), Constant.splat(f32(2, 2), 3));
        assertGives(array(DType.BOOL, shape(1), 1), Constant.splat(type(DType.BOOL, 1), 1));
        assertGives(ints(shape(0)), new Constant(i64(0), List.of()));
        assertArrayEquals(
                new double[] {1, 2},
                new Constant(i64(2), List.of(1, 2))
                        .evaluate(List.of(), Map.of())
                        .getFirst()
                        .data());
    }

    @Test
    void lengthsAndIotas() {
        assertInfers(f32(), new Length(N, DType.F32));
        assertRefuses("length needs numbers, not bool[]", List.of(0), new Length(N, DType.BOOL));
        assertGives(floats(shape(), 7), new Length(Dim.of(7), DType.F32));
        assertInfers(i64(N), new Iota(N));
        assertRefuses("iota of i64[-1] has the negative length -1", List.of(0), new Iota(Dim.of(-1)));
        assertGives(ints(shape(3), 0, 1, 2), new Iota(Dim.of(3)));
        assertGives(ints(shape(0)), new Iota(Dim.ZERO));
        assertArrayEquals(
                new double[] {0, 1, 2, 3},
                PointwiseOracle.elements(new Iota(N.times(2)), List.of(), i64(N.times(2)), List.of(), Map.of("N", 2L)));
    }

    @Test
    void castsRoundToTheFormat() {
        Cast toF32 = new Cast(DType.F32);
        assertInfers(f32(N), toF32, i64(N));
        assertGives(floats(shape(1), 0.1f), toF32, array(DType.F64, shape(1), 0.1));
        assertGives(floats(shape(1), 16777216), toF32, ints(shape(1), 16777217));
        assertGives(
                array(DType.F16, shape(4), 65504, Double.POSITIVE_INFINITY, 0.0999755859375, Double.NaN),
                new Cast(DType.F16),
                floats(shape(4), 65519, 65520, 0.1, Double.NaN));
        assertGives(
                array(DType.BF16, shape(4), 1.0, 1.015625, 0.10009765625, Double.NaN),
                new Cast(DType.BF16),
                floats(shape(4), 1.00390625, 1.01171875, 0.1, Double.NaN));
        assertGives(
                array(DType.I32, shape(4), -1, Integer.MAX_VALUE, 0, 2),
                new Cast(DType.I32),
                floats(shape(4), -1.9, 1e20, Double.NaN, 2.9));
        assertGives(array(DType.I32, shape(1), 1), new Cast(DType.I32), ints(shape(1), (1L << 32) + 1));
        assertGives(
                array(DType.BOOL, shape(3), 0, 1, 1), new Cast(DType.BOOL), floats(shape(3), -0.0, 0.5, Double.NaN));
        assertGives(floats(shape(2), 0, 1), toF32, array(DType.BOOL, shape(2), 0, 1));
    }

    @Test
    void identitiesOfInference() {
        assertGives(floats(shape(2), 1, 2), new StopGradient(), floats(shape(2), 1, 2));
        assertGives(floats(shape(2), 1, 2), new Dropout(0.5, 0), floats(shape(2), 1, 2));
        assertRefuses("dropout needs floating-point elements, not i64[N]", List.of(0), new Dropout(0.5, 0), i64(N));
        assertRefuses("dropout with the probability 1.0", List.of(), new Dropout(1, 0), f32(N));
        assertRefuses("the dropout 65536", List.of(), new Dropout(0.5, 65536), f32(N));
        assertRefuses("dropout with the seed i64[N]", List.of(1), new Dropout(0.5, 0), f32(N), i64(N));
    }
}
