package heddle.runtime.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class WorkerTilesTest {
    private static final int LINE = 16;

    private static float[] array(int threads, int floats) {
        return WorkerTiles.with(threads, floats, WorkerTiles::array);
    }

    @Test
    void partsOfThreadsAreApartAndBeginAtLines() {
        WorkerTiles.with(3, 100, tiles -> {
            int first = tiles.at(0);
            for (int thread = 1; thread < 3; thread++) {
                assertEquals(0, (tiles.at(thread) - first) % LINE);
                assertTrue(tiles.at(thread) >= tiles.at(thread - 1) + 100);
            }
            assertTrue(tiles.array().length >= tiles.at(2) + 100);
            return null;
        });
    }

    @Test
    void runsOneAfterAnotherShareAnArray() {
        float[] first = array(2, 1000);
        assertSame(first, array(2, 1000));
        assertSame(first, array(1, 10), "a smaller one, of another model");
        float[] longer = array(1, first.length);
        assertTrue(longer.length > first.length);
        assertSame(longer, array(2, 1000));
    }

    @Test
    void runsAtOnceHaveArraysOfTheirOwn() {
        WorkerTiles.with(2, 1000, outer -> {
            assertNotSame(outer.array(), array(2, 1000));
            return null;
        });
        assertEquals(0, array(2, 0).length, "models without tiles have none");
    }

    @Test
    void aRunThatFailsGivesItsArrayBack() {
        float[] before = array(2, 1000);
        try {
            WorkerTiles.with(2, 1000, tiles -> {
                throw new IllegalStateException("a kernel failed");
            });
        } catch (IllegalStateException e) {
            assertEquals("a kernel failed", e.getMessage());
        }
        assertSame(before, array(2, 1000));
    }
}
