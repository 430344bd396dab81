package heddle.runtime.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LearningRateTest {
    @Test
    void growsThenFallsAlongACosine() {
        LearningRate rate = new LearningRate(0.8, 0.2, 4, 24);
        assertEquals(0.2, rate.at(1), 1e-15);
        assertEquals(0.8, rate.at(4), 1e-15);
        assertEquals(0.5, rate.at(14), 1e-15);
        assertEquals(0.2, rate.at(24), 1e-15);
        assertEquals(0.2, rate.at(100), 1e-15);
        for (long t = 5; t <= 24; t++) {
            assertTrue(rate.at(t) < rate.at(t - 1), "step " + t);
        }
    }

    @Test
    void needsNoWarmUp() {
        assertEquals(1, new LearningRate(1, 0, 0, 1_000_000_000).at(1), 1e-9);
        assertEquals(0, new LearningRate(1, 0, 0, 1).at(1));
    }

    @Test
    void refusesWhatIsNoSchedule() {
        assertThrows(IllegalArgumentException.class, () -> new LearningRate(0, 0, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> new LearningRate(1, 2, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> new LearningRate(1, 0, 2, 1));
        assertThrows(IllegalArgumentException.class, () -> new LearningRate(Double.NaN, 0, 0, 1));
    }

    @Test
    void aTrainingHasSteps() {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> TrainingSettings.of(1e-2, 0));
        assertEquals("a training has at least one step, not 0", e.getMessage());
    }
}
