package heddle.compiler.type;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class LengthFactsTest {
    private static final Dim N = Dim.symbol("N");
    private static final Dim M = Dim.symbol("M");
    private static final Dim S = Dim.symbol("S");

    private static LengthFacts positive(Dim... dims) {
        return LengthFacts.none().withPositive(List.of(dims));
    }

    @Test
    void symbolsAreNotNegative() {
        assertTrue(LengthFacts.none().isNonNegative(N.times(M).plus(3)));
        assertFalse(LengthFacts.none().isNonNegative(N.minus(1)));
        assertFalse(LengthFacts.none().isNonNegative(N.minus(M)));
    }

    @Test
    void aProductIsPositiveWhereItsFactorsAre() {
        assertTrue(positive(N.times(M)).isPositive(M));
        assertTrue(positive(N, M).isNonNegative(N.times(M).minus(N)));
        assertFalse(positive(N).isPositive(M));
    }

    /** Each of nine lengths as one more than a symbol would make 512 terms. */
    @Test
    void aProductOfManyLengthsIsNoObstacle() {
        Dim product = Dim.ONE;
        for (int i = 0; i < 9; i++) {
            product = product.times(Dim.symbol("d" + i));
        }
        LengthFacts facts = LengthFacts.none().withPositive(List.of(product));
        assertTrue(facts.isPositive(Dim.symbol("d8")));
        assertTrue(facts.isNonNegative(Dim.symbol("d0").minus(1)));
        assertFalse(facts.isNonNegative(product.minus(2)));
    }

    /** The last element of two axes of N - 2, as a convolution without margins leaves them. */
    @Test
    void productsOfLengthsLessANumberAreNotNegative() {
        Dim less = N.minus(2);
        assertFalse(LengthFacts.none().isNonNegative(less.times(less).minus(1)));
        assertTrue(positive(less).isNonNegative(less.times(less).minus(1)));
        assertTrue(positive(less, M).isNonNegative(less.times(less).times(M).minus(less)));
        assertFalse(positive(less).isPositive(N.minus(3)));
        Dim half = N.plus(1).floorDiv(Dim.of(2)).minus(1);
        assertTrue(positive(half, M).isNonNegative(half.times(half).times(M).minus(half)));
        assertFalse(positive(half).isPositive(half.minus(1)));
    }

    @Test
    void knownLengthsAddUp() {
        LengthFacts facts = new LengthFacts(List.of(M.minus(S), S.minus(N.times(2))));
        assertTrue(facts.isNonNegative(M.minus(N.times(2))));
        assertTrue(facts.isNonNegative(M.times(N).minus(S.times(N))));
        assertFalse(facts.isNonNegative(S.minus(M)));
        assertFalse(facts.isNonNegative(M.minus(N.times(3))));
    }

    @Test
    void aProductThatIsNotNegativeSaysSoOfItsOtherFactor() {
        LengthFacts facts = new LengthFacts(List.of(N.times(M.minus(1))));
        assertFalse(facts.isPositive(M), "there may be no N");
        assertTrue(facts.withPositive(List.of(N)).isPositive(M));
    }

    @Test
    void aFactTimesWhatMayBeNegativeSaysNothing() {
        Dim half = Dim.symbol("K").minus(Dim.symbol("L")).floorDiv(Dim.of(2));
        LengthFacts facts = new LengthFacts(List.of(N.minus(M)));
        assertFalse(facts.isNonNegative(N.minus(M).times(half)), "N = 3, M = 1, K = 0, L = 5");
    }

    @Test
    void quotientsAreRoundedDown() {
        Dim blocks = N.ceilDiv(Dim.of(32));
        assertTrue(LengthFacts.none().isNonNegative(blocks.times(32).minus(N)));
        assertTrue(LengthFacts.none().isNonNegative(N.plus(31).minus(blocks.times(32))));
        assertFalse(LengthFacts.none().isNonNegative(N.minus(blocks.times(32))));
        assertTrue(positive(blocks).isPositive(N), "a block has an index");
        assertTrue(positive(blocks.times(M))
                .isNonNegative(N.times(S).minus(S).plus(M).minus(1)));
        assertTrue(LengthFacts.none().isNonNegative(N.minus(N.floorDiv(Dim.of(2)))));
    }
}
