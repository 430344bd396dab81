package heddle.compiler.type;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DimTest {
    private static final Dim N = Dim.symbol("N");
    private static final Dim M = Dim.symbol("M");
    private static final int SAMPLES = 500;

    /** A random length of a few operations, not zero. */
    private static Dim random(Random random, int depth) {
        if (depth == 0) {
            return random.nextInt(3) == 0 ? Dim.of(1 + random.nextInt(9)) : random.nextBoolean() ? N : M;
        }
        Dim a = random(random, depth - 1);
        Dim b = random(random, depth - 1);
        Dim result = switch (random.nextInt(4)) {
            case 0 -> a.plus(b);
            case 1 -> a.minus(b);
            case 2 -> a.times(b);
            default -> a.floorDiv(random(random, 0));
        };
        return result.isZero() ? Dim.ONE : result;
    }

    @Test
    void arithmeticAgreesWithNumbers() {
        Map<String, Long> bound = Map.of("N", 7L, "M", 12L);
        for (int seed = 0; seed < SAMPLES; seed++) {
            Random random = new Random(seed);
            Dim a = random(random, 2);
            Dim b = random(random, 2);
            String where = "seed " + seed + ": " + a + " and " + b;
            long x = a.evaluate(bound);
            long y = b.evaluate(bound);
            assertEquals(x + y, a.plus(b).evaluate(bound), where);
            assertEquals(x - y, a.minus(b).evaluate(bound), where);
            assertEquals(x * y, a.times(b).evaluate(bound), where);
            if (y != 0) {
                assertEquals(Math.floorDiv(x, y), a.floorDiv(b).evaluate(bound), where);
            }
        }
    }

    @Test
    void bindingCommutesWithArithmetic() {
        Map<String, Dim> bindings = Map.of("N", M.times(2).plus(1));
        for (int seed = 0; seed < SAMPLES; seed++) {
            Random random = new Random(seed);
            Dim a = random(random, 2);
            Dim b = random(random, 2);
            for (BinaryOperator<Dim> op : Set.<BinaryOperator<Dim>>of(Dim::plus, Dim::minus, Dim::times)) {
                assertEquals(
                        op.apply(a, b).bind(bindings),
                        op.apply(a.bind(bindings), b.bind(bindings)),
                        "seed " + seed + ": " + a + " and " + b);
            }
        }
    }

    @Test
    void exactQuotientsMultiplyBack() {
        int exact = 0;
        for (int seed = 0; seed < SAMPLES; seed++) {
            Random random = new Random(seed);
            Dim a = random(random, 2);
            Dim b = random(random, 1);
            assertEquals(Optional.of(a), a.times(b).dividedExactlyBy(b), "seed " + seed + ": " + a + " and " + b);
            Optional<Dim> quotient = a.dividedExactlyBy(b);
            exact += quotient.isPresent() ? 1 : 0;
            quotient.ifPresent(q -> assertEquals(a, q.times(b)));
        }
        assertTrue(exact > SAMPLES / 20, exact + " divisions were exact");
    }

    @Test
    void equalityIsThatOfPolynomials() {
        assertEquals(N.plus(M).times(N.minus(M)), N.times(N).minus(M.times(M)));
        assertNotEquals(N, M);
        assertEquals(Dim.ZERO, N.minus(N));
        assertEquals(N.plus(1).hashCode(), Dim.ONE.plus(N).hashCode());
    }

    @ParameterizedTest
    @CsvSource({"7, 2, 3, 4", "-7, 2, -4, -3", "6, 3, 2, 2", "0, 5, 0, 0"})
    void knownDivisionsRound(long a, long b, long floor, long ceil) {
        assertEquals(Dim.of(floor), Dim.of(a).floorDiv(Dim.of(b)));
        assertEquals(Dim.of(ceil), Dim.of(a).ceilDiv(Dim.of(b)));
    }

    @Test
    void quotientsThatDoNotDivideAreKept() {
        Dim half = N.floorDiv(Dim.of(2));
        assertEquals(Optional.empty(), N.dividedExactlyBy(Dim.of(2)));
        assertEquals(3, half.evaluate(Map.of("N", 7L)));
        assertEquals(Set.of("M", "N"), N.floorDiv(M).symbols());
        assertEquals(Dim.of(2), N.floorDiv(M).bind(Map.of("N", M.times(2))));
    }

    @Test
    void whatIsWholeLeavesAQuotient() {
        Dim two = Dim.of(2);
        assertEquals(N, N.times(2).plus(1).floorDiv(two));
        assertEquals(N.plus(1), N.times(2).plus(3).floorDiv(two));
        assertEquals(N.minus(1), N.times(2).minus(1).floorDiv(two));
        assertEquals(
                Dim.ONE,
                N.times(2).plus(1).minus(N.times(2).plus(1).floorDiv(two).times(2)),
                "the remainder");
        assertEquals(N.plus(M.plus(1).floorDiv(two)), N.times(2).plus(M).plus(1).floorDiv(two));
        assertEquals(
                N.plus(7).floorDiv(Dim.of(8)), N.minus(1).floorDiv(Dim.of(8)).plus(1));
        assertEquals(M.plus(Dim.ONE.floorDiv(N)), N.times(M).plus(1).floorDiv(N));
    }

    @Test
    void lengthsDoNotGrowWithoutEnd() {
        assertThrows(LengthTooLargeException.class, () -> grow(n -> n.times(n)));
        assertThrows(
                LengthTooLargeException.class, () -> grow(n -> n.times(n.plus(M).plus(1))));
        assertThrows(
                LengthTooLargeException.class,
                () -> grow(n -> n.floorDiv(Dim.of(2)).plus(n.floorDiv(Dim.of(3)))));
    }

    private static Dim grow(UnaryOperator<Dim> step) {
        Dim n = N;
        for (int i = 0; i < 100; i++) {
            n = step.apply(n);
        }
        return n;
    }

    @Test
    void factorsArePositiveWhenTheProductIs() {
        Dim half = N.minus(M).floorDiv(Dim.of(2));
        assertEquals(Set.of("M", "N"), N.times(M).times(3).factors());
        assertEquals(Set.of("N"), N.floorDiv(Dim.of(2)).factors());
        assertEquals(Set.of("M", "N"), N.floorDiv(M).factors());
        assertEquals(Set.of(), half.factors(), "with M = 0 and N = 2 the quotient is 1");
        assertEquals(Set.of(), N.plus(M).floorDiv(Dim.of(2)).factors());
        assertEquals(Set.of("N"), half.times(N).factors());
        assertEquals(Set.of(), N.times(-1).factors());
    }

    @Test
    void printingIsUnambiguous() {
        Dim half = N.floorDiv(Dim.of(2));
        assertEquals("N div 2", half.toString());
        assertEquals(
                "4*(N div 2) + N div 3 + 1",
                half.times(4).plus(N.floorDiv(Dim.of(3))).plus(1).toString());
        assertEquals("-(N div 2)", Dim.ZERO.minus(half).toString());
        assertEquals("(N + 1) div (2*M)", N.plus(1).floorDiv(M.times(2)).toString());
        assertEquals("(-N) div 2", Dim.ZERO.minus(N).floorDiv(Dim.of(2)).toString());
        assertEquals("N*N - 2*M + 3", N.times(N).minus(M.times(2)).plus(3).toString());
        assertEquals("0", Dim.ZERO.toString());
    }

    @Test
    void whatIsUnknownOrTooLargeFails() {
        assertThrows(IllegalStateException.class, N::value);
        assertThrows(IllegalStateException.class, () -> N.times(M).evaluate(Map.of("N", 1L)));
        assertThrows(LengthTooLargeException.class, () -> Dim.of(Long.MAX_VALUE).plus(1));
        assertThrows(LengthTooLargeException.class, () -> Dim.of(1L << 40).times(1L << 40));
    }

    @Test
    void symbolsAreTold() {
        assertEquals(Optional.of("N"), N.asSymbol());
        assertEquals(Optional.empty(), N.times(2).asSymbol());
        assertTrue(Dim.of(3).is(3));
        assertTrue(!N.is(3));
    }
}
