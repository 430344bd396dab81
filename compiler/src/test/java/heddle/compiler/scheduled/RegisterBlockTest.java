package heddle.compiler.scheduled;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import heddle.compiler.scheduled.RegisterBlock.Step;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RegisterBlockTest {
    private static List<Step> steps(int... rowsAndVectors) {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < rowsAndVectors.length; i += 2) {
            steps.add(new Step(rowsAndVectors[i], rowsAndVectors[i + 1]));
        }
        return steps;
    }

    @Test
    void rowsLeftOverAreHalved() {
        assertEquals(steps(6, 2, 4, 2, 2, 2, 1, 2), RegisterBlock.halving(6, 2).steps());
        assertEquals(steps(1, 4), RegisterBlock.halving(1, 4).steps());
    }

    @Test
    void fewerRowsHaveNoMoreSums() {
        RegisterBlock block = RegisterBlock.halving(6, 2);
        assertEquals(steps(6, 2, 4, 2, 2, 4, 1, 8), block.widened(8).steps());
        assertEquals(steps(6, 2, 4, 2, 2, 4, 1, 4), block.widened(4).steps());
        assertEquals(block, block.widened(2));
        assertEquals(
                steps(6, 4, 4, 4, 2, 8, 1, 16),
                RegisterBlock.halving(6, 4).widened(16).steps());
    }

    @Test
    void fewStepsOverlap() {
        assertEquals(
                steps(6, 2, 4, 2, 1, 2),
                RegisterBlock.halving(6, 2).overlapping().steps());
        assertEquals(
                steps(2, 2, 1, 2), RegisterBlock.halving(2, 2).overlapping().steps());
        assertThrows(
                IllegalArgumentException.class,
                () -> RegisterBlock.halving(6, 2).widened(8).overlapping());
        RegisterBlock one = RegisterBlock.halving(1, 4);
        assertEquals(one, one.overlapping());
    }

    @Test
    void stepsThatAKnownNumberOfRowsNeverTakesAreLeftOut() {
        RegisterBlock block = RegisterBlock.halving(6, 2).widened(8);
        assertEquals(steps(1, 8), block.of(1).steps());
        assertEquals(steps(6, 2, 4, 2), block.of(16).steps());
        assertEquals(steps(2, 4, 1, 8), block.of(3).steps());
        assertEquals(steps(1, 8), block.of(0).steps());
    }
}
