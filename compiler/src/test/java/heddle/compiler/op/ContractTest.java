package heddle.compiler.op;

import static heddle.compiler.op.Ops.B;
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
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.compiler.ir.NdArray;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.type.DType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContractTest {
    private static final NdArray X = floats(shape(2, 3), 1, 2, 3, 4, 5, 6);

    @Test
    void lettersNameAxes() {
        assertInfers(f32(B, N, 6), new Contract("bnk,km->bnm"), f32(B, N, 4), f32(4, 6));
        assertInfers(f32(B, 12, N, N), new Contract("bhid,bhjd->bhij"), f32(B, 12, N, 32), f32(B, 12, N, 32));
        assertInfers(f32(), new Contract("a,a->"), f32(N), f32(N));
        assertInfers(f32(N, B), new Contract("a,b->ba"), f32(B), f32(N));
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertRefuses(
                "contract \"ab,bc->ac\" of f32[B, 4] and f32[5, N]: axis b has lengths 4 and 5",
                List.of(0, 1),
                new Contract("ab,bc->ac"),
                f32(B, 4),
                f32(5, N));
        assertRefuses(
                "contract \"ab,bc->ac\" names 2 axes of f32[4], which has rank 1",
                List.of(1),
                new Contract("ab,bc->ac"),
                f32(B, 4),
                f32(4));
        assertRefuses(
                "contract needs operands of one type, not f32[B, 4] and i64[4, N]",
                List.of(0, 1),
                new Contract("ab,bc->ac"),
                f32(B, 4),
                i64(4, N));
        assertRefuses("contract needs numbers, not bool[N]", List.of(0), new Contract("a,a->"), bool(N), bool(N));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ab", "ab->a", "ab,b", "a b,b->a", "aa,a->a", "a,b->aa", "a,b->c", "a->b,c"})
    void malformedEquationsAreRefused(String equation) {
        assertRefuses(
                "\"" + equation + "\" is no equation of two operands", List.of(), new Contract(equation), f32(), f32());
    }

    @Test
    void equationsComeApart() {
        Equation e = Equation.parse("bihd,bjhd->bhij");
        assertEquals("bh", e.batch());
        assertEquals("i", e.rows());
        assertEquals("j", e.columns());
        assertEquals("d", e.summed());
        assertEquals("bihd,bjhd->bhij", e.toString());
    }

    @Test
    void products() {
        assertGives(
                floats(shape(2, 2), 4, 5, 10, 11), new Contract("ab,bc->ac"), X, floats(shape(3, 2), 1, 0, 0, 1, 1, 1));
        assertGives(floats(shape(2), 14, 32), new Contract("ab,b->a"), X, floats(shape(3), 1, 2, 3));
        assertGives(floats(shape(), 91), new Contract("ab,ab->"), X, X);
        assertGives(floats(shape(3, 2), 1, 8, 2, 10, 3, 12), new Contract("ab,a->ba"), X, floats(shape(2), 1, 2));
        assertGives(
                floats(shape(2, 4), 0, 0, 0, 0, 0, 0, 0, 0),
                new Contract("ab,bc->ac"),
                floats(shape(2, 0)),
                floats(shape(0, 4)));
        assertGives(floats(shape(), 63), new Contract("ab,c->"), X, floats(shape(2), 1, 2));
        assertGives(floats(shape(1), NAN), new Contract("a,ab->b"), floats(shape(1), 0), floats(shape(1, 1), NAN));
        assertGives(ints(shape(), 11), new Contract("a,a->"), ints(shape(2), 1, 2), ints(shape(2), 3, 4));
        assertGives(
                array(DType.I32, shape(), Integer.MIN_VALUE),
                new Contract(",->"),
                array(DType.I32, shape(), 1 << 30),
                array(DType.I32, shape(), 2));
    }

    @Test
    void zerosOfOneFactorMayAddNothing() {
        NdArray zero = floats(shape(1, 2), 0, 2);
        NdArray nan = floats(shape(2, 1), NAN, 3);
        assertGives(floats(shape(1, 1), NAN), new Contract("ab,bc->ac"), zero, nan);
        assertGives(floats(shape(1, 1), 6), new Contract("ab,bc->ac", Annihilating.LEFT), zero, nan);
        assertGives(floats(shape(1, 1), NAN), new Contract("ab,bc->ac", Annihilating.RIGHT), zero, nan);
        assertGives(floats(shape(1, 1), 6), new Contract("bc,ab->ac", Annihilating.RIGHT), nan, zero);
    }

    /** Against four plain loops, with sizes around the unrolling. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 5, 9})
    void batchedProductsAgreeWithPlainLoops(int k) {
        int batch = 2;
        int m = 3;
        int n = 5;
        Random random = new Random(k);
        NdArray a = NdArray.zeros(DType.F32, batch, m, k);
        NdArray b = NdArray.zeros(DType.F32, batch, n, k);
        Arrays.setAll(a.data(), i -> random.nextInt(10));
        Arrays.setAll(b.data(), i -> random.nextInt(10));
        double[] expected = new double[batch * n * m];
        for (int g = 0; g < batch; g++) {
            for (int i = 0; i < m; i++) {
                for (int j = 0; j < n; j++) {
                    for (int p = 0; p < k; p++) {
                        expected[(g * n + j) * m + i] += a.data()[(g * m + i) * k + p] * b.data()[(g * n + j) * k + p];
                    }
                }
            }
        }
        assertArrayEquals(
                expected,
                new Contract("gmk,gnk->gnm")
                        .evaluate(List.of(a, b), Map.of())
                        .getFirst()
                        .data());
    }
}
