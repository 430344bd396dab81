package heddle.compiler.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scalar.ScalarMath;
import heddle.compiler.type.DType;
import java.util.List;
import java.util.Random;
import java.util.function.LongBinaryOperator;
import org.junit.jupiter.api.Test;

class LaterTest {
    private static final long SEED = 4711;

    private static final List<ScalarFn> COMPARISONS =
            List.of(ScalarFn.LT, ScalarFn.LE, ScalarFn.GT, ScalarFn.GE, ScalarFn.EQ, ScalarFn.NE);

    /** A function of query and key, and what is known of it. */
    private record Known(LongBinaryOperator value, Later later) {}

    private static Known drawn(Random random, int depth) {
        if (depth == 0) {
            long number = random.nextInt(9) - 4;
            return switch (random.nextInt(3)) {
                case 0 -> new Known((i, j) -> i, new Later.Places(1, 0, 0));
                case 1 -> new Known((i, j) -> j, new Later.Places(0, 1, 0));
                default -> new Known((i, j) -> number, new Later.Number(number));
            };
        }
        Known a = drawn(random, depth - 1);
        Known b = drawn(random, random.nextInt(depth));
        ScalarFn fn = List.of(ScalarFn.ADD, ScalarFn.SUB, ScalarFn.MUL, ScalarFn.MIN, ScalarFn.MAX)
                .get(random.nextInt(5));
        return new Known(
                (i, j) ->
                        (long) ScalarMath.apply(fn, DType.I64, a.value.applyAsLong(i, j), b.value.applyAsLong(i, j), 0),
                Later.of(fn, DType.I64, List.of(a.later, b.later)));
    }

    /** What it says holds for every query and every later key, and it says something in many cases. */
    @Test
    void whatIsKnownHolds() {
        Random random = new Random(SEED);
        int decided = 0;
        for (int round = 0; round < 20_000; round++) {
            Known a = drawn(random, random.nextInt(4));
            Known b = drawn(random, random.nextInt(3));
            ScalarFn fn = COMPARISONS.get(random.nextInt(COMPARISONS.size()));
            Later later = Later.of(fn, DType.I64, List.of(a.later, b.later));
            if (later instanceof Later.Number n) {
                decided++;
                for (int i = 0; i < 9; i++) {
                    for (int j = i + 1; j < 12; j++) {
                        double value = ScalarMath.apply(
                                fn, DType.I64, a.value.applyAsLong(i, j), b.value.applyAsLong(i, j), 0);
                        assertEquals(n.value(), value, "seed " + SEED + ", round " + round + " at " + i + ", " + j);
                    }
                }
            }
        }
        assertTrue(decided > 1000, decided + " of 20000 are decided");
    }

    @Test
    void aHiddenScoreStaysHidden() {
        Later hidden = Later.MINUS_INFINITY;
        assertEquals(hidden, Later.of(ScalarFn.ADD, DType.F32, List.of(Later.UNKNOWN, hidden)));
        assertEquals(hidden, Later.of(ScalarFn.SUB, DType.F32, List.of(hidden, Later.UNKNOWN)));
        assertEquals(Later.UNKNOWN, Later.of(ScalarFn.SUB, DType.F32, List.of(Later.UNKNOWN, hidden)));
        assertEquals(hidden, Later.of(ScalarFn.MIN, DType.F32, List.of(Later.UNKNOWN, hidden)));
        assertEquals(Later.UNKNOWN, Later.of(ScalarFn.MAX, DType.F32, List.of(Later.UNKNOWN, hidden)));
        assertEquals(Later.ZERO, Later.of(ScalarFn.EXP, DType.F32, List.of(hidden)));
        assertEquals(Later.UNKNOWN, Later.of(ScalarFn.MUL, DType.F32, List.of(Later.ZERO, Later.UNKNOWN)));
        assertEquals(hidden, Later.of(ScalarFn.SELECT, DType.F32, List.of(Later.ZERO, Later.UNKNOWN, hidden)));
    }

    /** Half floats hold few places exactly. */
    @Test
    void placesAreKnownInTypesThatHoldThem() {
        Later i = new Later.Places(1, 0, 0);
        assertEquals(i, Later.cast(DType.I64, DType.F32, i));
        assertEquals(Later.UNKNOWN, Later.cast(DType.I64, DType.F16, i));
        assertEquals(new Later.Number(1), Later.cast(DType.F32, DType.BOOL, new Later.Number(3)));
    }
}
