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

import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ElementwiseTest {
    private static Elementwise op(ScalarFn fn) {
        return new Elementwise(fn);
    }

    @Test
    void shapesBroadcastAndSymbolsMatchThemselves() {
        assertInfers(f32(B, N, 4), op(ScalarFn.ADD), f32(B, N, 4), f32(4));
        assertInfers(f32(B, N, 4), op(ScalarFn.MUL), f32(N, 1), f32(B, 1, 4));
        assertInfers(f32(N), op(ScalarFn.SUB), f32(), f32(N));
        assertInfers(bool(N, N), op(ScalarFn.LE), i64(N), i64(N, 1));
        assertInfers(f32(B, N), op(ScalarFn.SELECT), bool(N), f32(), f32(B, 1));
        assertInfers(f32(0), op(ScalarFn.ADD), f32(0), f32(1));
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertRefuses(
                "add of f32[B, N, 384] and f32[N, 12]: axis -1 has lengths 384 and 12",
                List.of(0, 1),
                op(ScalarFn.ADD),
                f32(B, N, 384),
                f32(N, 12));
        assertRefuses(
                "add of f32[B, 4] and f32[N, 4]: axis -2 has lengths B and N",
                List.of(0, 1),
                op(ScalarFn.ADD),
                f32(B, 4),
                f32(N, 4));
        assertRefuses(
                "select of f32[3] and f32[2]: axis -1 has lengths 3 and 2",
                List.of(1, 2),
                op(ScalarFn.SELECT),
                bool(1),
                f32(3),
                f32(2));
        assertRefuses(
                "add needs operands of one type, not f32[N] and i64[N]",
                List.of(0, 1),
                op(ScalarFn.ADD),
                f32(N),
                i64(N));
        assertRefuses("exp needs floating-point elements, not i64[N]", List.of(0), op(ScalarFn.EXP), i64(N));
        assertRefuses("add needs numbers, not bool[N] and bool[N]", List.of(0, 1), op(ScalarFn.ADD), bool(N), bool(N));
        assertRefuses("not needs bools, not f32[N]", List.of(0), op(ScalarFn.NOT), f32(N));
        assertRefuses(
                "select needs a bool condition, not f32[N], f32[N] and f32[N]",
                List.of(0),
                op(ScalarFn.SELECT),
                f32(N),
                f32(N),
                f32(N));
        assertRefuses("add takes 2 operands, not 1", List.of(0), op(ScalarFn.ADD), f32(N));
        assertThrows(IllegalArgumentException.class, () -> op(ScalarFn.CAST));
    }

    @Test
    void operandsAreRepeatedAlongBroadcastAxes() {
        assertGives(
                floats(shape(2, 3), 11, 12, 13, 21, 22, 23),
                op(ScalarFn.ADD),
                floats(shape(2, 1), 10, 20),
                floats(shape(3), 1, 2, 3));
        assertGives(floats(shape(0, 3)), op(ScalarFn.ADD), floats(shape(0, 1)), floats(shape(3), 1, 2, 3));
        assertGives(
                floats(shape(2), 5, 7),
                op(ScalarFn.SELECT),
                array(DType.BOOL, shape(2), 0, 1),
                floats(shape(), 7),
                floats(shape(2), 5, 6));
    }

    @ParameterizedTest
    @CsvSource({
        "NEG, 0.0, -0.0",
        "ABS, -3, 3",
        "SIGN, -2.5, -1",
        "EXP, -Infinity, 0",
        "LOG, 0, -Infinity",
        "LOG, -1, NaN",
        "SQRT, 9, 3",
        "RSQRT, 4, 0.5",
        "TANH, Infinity, 1",
        "ERF, 0.5, 0.5204998778130465",
        "SIGMOID, -1000, 0",
        "SIN, 0, 0",
        "COS, 0, 1",
        "FLOOR, -1.5, -2",
        "CEIL, -1.5, -1",
        "ROUND, 2.5, 2",
        "ROUND, 3.5, 4"
    })
    void functionsOfOne(ScalarFn fn, double x, double expected) {
        assertGives(floats(shape(1), expected), op(fn), floats(shape(1), x));
    }

    @ParameterizedTest
    @CsvSource({
        "SUB, 1, 3, -2",
        "MUL, 0, Infinity, NaN",
        "DIV, 1, 0, Infinity",
        "FLOOR_DIV, -7, 2, -4",
        "MOD, -7, 2, 1",
        "MOD, 7, -2, -1",
        "POW, 2, 10, 1024",
        "MIN, NaN, 1, NaN",
        "MAX, 1, NaN, NaN"
    })
    void functionsOfTwoFloats(ScalarFn fn, double x, double y, double expected) {
        assertGives(floats(shape(1), expected), op(fn), floats(shape(1), x), floats(shape(1), y));
    }

    @ParameterizedTest
    @CsvSource({
        "ADD, 2, 3, 5",
        "FLOOR_DIV, -7, 2, -4",
        "FLOOR_DIV, 7, 0, 0",
        "MOD, -7, 3, 2",
        "MOD, 7, 0, 0",
        "MIN, 2, 3, 2",
        "MUL, -4, 3, -12"
    })
    void functionsOfTwoIntegers(ScalarFn fn, double x, double y, double expected) {
        assertGives(ints(shape(1), expected), op(fn), ints(shape(1), x), ints(shape(1), y));
    }

    @Test
    void thirtyTwoBitsWrap() {
        assertGives(
                array(DType.I32, shape(1), Integer.MIN_VALUE),
                op(ScalarFn.ADD),
                array(DType.I32, shape(1), Integer.MAX_VALUE),
                array(DType.I32, shape(1), 1));
    }

    @ParameterizedTest
    @CsvSource({"EQ, 0, 1, 0", "NE, 1, 0, 1", "LT, 1, 0, 0", "LE, 1, 1, 0", "GT, 0, 0, 0", "GE, 0, 1, 0"})
    void comparisonsWithNanAreFalseButForNe(ScalarFn fn, double less, double equal, double nan) {
        assertGives(
                array(DType.BOOL, shape(3), less, equal, nan),
                op(fn),
                floats(shape(3), 1, 2, NAN),
                floats(shape(3), 2, 2, INF));
    }

    @Test
    void logic() {
        double[] x = {0, 0, 1, 1};
        double[] y = {0, 1, 0, 1};
        assertLogic(ScalarFn.AND, x, y, 0, 0, 0, 1);
        assertLogic(ScalarFn.OR, x, y, 0, 1, 1, 1);
        assertLogic(ScalarFn.XOR, x, y, 0, 1, 1, 0);
        assertGives(array(DType.BOOL, shape(2), 1, 0), op(ScalarFn.NOT), array(DType.BOOL, shape(2), 0, 1));
    }

    private static void assertLogic(ScalarFn fn, double[] x, double[] y, double... expected) {
        assertGives(
                array(DType.BOOL, shape(4), expected),
                op(fn),
                array(DType.BOOL, shape(4), x),
                array(DType.BOOL, shape(4), y));
    }
}
