package heddle.compiler.type;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AmountTest {
    private static final Dim N = Dim.symbol("N");
    private static final Dim M = Dim.symbol("M");
    private static final Dim BILLION = Dim.of(1_000_000_000);

    @Test
    void isWrittenAsALengthIs() {
        for (Dim dim : new Dim[] {
            Dim.ZERO,
            Dim.of(-3),
            N,
            N.times(-1),
            N.times(N).times(2).minus(M).plus(1),
            N.ceilDiv(Dim.of(128)),
            N.ceilDiv(Dim.of(128)).times(M).minus(N.ceilDiv(Dim.of(128))),
        }) {
            assertEquals(dim.toString(), Amount.of(dim).toString());
        }
    }

    @Test
    void countsAsLengthsDo() {
        Dim blocks = N.ceilDiv(Dim.of(128));
        Dim length = blocks.times(M).times(7).plus(N.times(N)).minus(5);
        Amount amount =
                Amount.of(7).times(blocks).times(M).plus(Amount.of(N).times(N)).plus(Amount.of(-5));
        assertEquals(Amount.of(length), amount);
        Map<String, Long> lengths = Map.of("N", 300L, "M", 4L);
        assertEquals(BigInteger.valueOf(length.evaluate(lengths)), amount.at(lengths));
        assertEquals(length.symbols(), amount.symbols());
        assertFalse(amount.isKnown());
        assertThrows(IllegalStateException.class, amount::value);
        assertTrue(amount.plus(amount.times(Dim.of(-1))).isKnown());
        assertEquals(Amount.ZERO, amount.plus(amount.times(Dim.of(-1))));
    }

    @Test
    void countsBeyondSixtyFourBits() {
        assertThrows(LengthTooLargeException.class, () -> BILLION.times(BILLION).times(BILLION));
        Amount cube = Amount.of(BILLION).times(BILLION).times(BILLION);
        assertEquals(BigInteger.TEN.pow(27), cube.value());
        assertEquals(Long.MAX_VALUE, cube.saturated());
        assertEquals(1000, Amount.of(1000).saturated());
        assertEquals(
                "1000000000000000000000000000*N + 1",
                cube.times(N).plus(Amount.of(1)).toString());
        assertEquals(
                BigInteger.TEN.pow(36), Amount.of(N).times(N).times(N).times(N).at(Map.of("N", 1_000_000_000L)));
    }
}
