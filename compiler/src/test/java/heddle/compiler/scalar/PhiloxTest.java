package heddle.compiler.scalar;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import heddle.compiler.scalar.Philox.Stream;
import org.junit.jupiter.api.Test;

class PhiloxTest {
    @Test
    void givesTheKnownAnswersOfItsAuthors() {
        assertDraws(0, 0, new int[4], 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
        assertDraws(-1, -1, new int[] {-1, -1, -1, -1}, 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
        assertDraws(
                0xa4093822,
                0x299f31d0,
                new int[] {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                0xd16cfe09,
                0x94fdcceb,
                0x5001e420,
                0x24126ea1);
    }

    private static void assertDraws(int key0, int key1, int[] counter, int... words) {
        Philox.draw(key0, key1, counter);
        assertArrayEquals(words, counter);
    }

    @Test
    void givesEachPlaceOfAMatrixItsWord() {
        // Row 0x1234_8765_4321 and the ordinal 0xABCD share a word of the counter.
        int[] counter = {25, 0x87654321, 0xABCD1234, 7};
        Philox.draw(3, 5, counter);
        for (int column = 100; column < 104; column++) {
            assertEquals(counter[column - 100] & 0xFFFFFFFFL, Philox.word(3, 5, 7, 0xABCD, 0x123487654321L, column));
        }
    }

    @Test
    void keepsStreamsOfOneSeedApart() {
        long seed = -3;
        assertEquals(-3, Philox.lowKey(seed));
        assertEquals(0x00FFFFFF, Philox.highKey(seed, Stream.DROPOUT));
        assertEquals(0x03FFFFFF, Philox.highKey(seed, Stream.SAMPLING));
        assertNotEquals(Philox.highKey(0, Stream.DATA), Philox.highKey(0, Stream.INITIAL_WEIGHTS));
    }
}
