package heddle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.cli.report.WarmUp;
import heddle.cli.report.WarmUp.Round;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleToLongFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WarmUpTest {
    /** A run each tenth of a second, for some seconds, whose times depend on when it is. */
    private static List<Round> rounds(double seconds, DoubleToLongFunction... nanos) {
        return IntStream.rangeClosed(1, (int) (seconds * 10))
                .mapToObj(n -> new Round(
                        n / 10.0,
                        IntStream.range(0, nanos.length)
                                .mapToLong(i -> nanos[i].applyAsLong(n / 10.0))
                                .toArray()))
                .toList();
    }

    @Test
    void timesThatStayTheSameHaveSettled() {
        assertTrue(WarmUp.isSettled(rounds(3, t -> 1000)));
        assertTrue(WarmUp.isSettled(rounds(3, t -> t < 1.4 ? 90_000 : 1000)), "slow until it was compiled");
    }

    @Test
    void timesThatStillFallHaveNot() {
        assertFalse(WarmUp.isSettled(rounds(3, t -> (long) (100_000 / t))));
        assertFalse(WarmUp.isSettled(rounds(3, t -> t < 2.2 ? 90_000 : 1000)), "compiled a moment ago");
    }

    @Test
    void aPauseOfTheCompilerIsNotTheEnd() {
        // Measured for a small attention on a busy machine: compiled by C1 soon, by C2 seconds later.
        DoubleToLongFunction busy = t -> t < 1 ? 13_000_000 : t < 3 ? 2_200_000 : t < 4.5 ? 600_000 : 50_000;
        assertFalse(WarmUp.isSettled(rounds(3.9, busy)));
        assertFalse(WarmUp.isSettled(rounds(4.5, busy)));
        assertFalse(WarmUp.isSettled(rounds(6, busy)));
        assertTrue(WarmUp.isSettled(rounds(9.5, busy)));
    }

    @Test
    void medianRunsCountNotTheWorst() {
        assertTrue(WarmUp.isSettled(rounds(3, t -> Math.round(t * 10) % 5 == 0 ? 30_000_000 : 50_000)));
    }

    @Test
    void everyKernelThatCountsHasToSettle() {
        assertFalse(WarmUp.isSettled(rounds(3, t -> 1_000_000, t -> t < 2.5 ? 50_000 : 20_000)));
        assertTrue(WarmUp.isSettled(rounds(3, t -> 1_000_000, t -> t < 2.5 ? 5_000 : 2_000)), "noise");
    }

    @Test
    void aFewRunsSayNothing() {
        assertFalse(WarmUp.isSettled(List.of()));
        assertFalse(WarmUp.isSettled(rounds(0.9, t -> 1000)));
    }

    @Test
    void runsUntilTheLimitWhenTimesDoNotSettle() {
        long start = System.nanoTime();
        WarmUp.Ended ended = new WarmUp(0, 0.05).run(() -> {
            // Grows as steeply as it can, whatever the speed of the machine.
            return new long[] {(long) Math.pow(System.nanoTime() - start, 2)};
        });
        assertFalse(ended.settled());
        assertTrue(ended.seconds() >= 0.05, "ended after " + ended.seconds() + " s");
    }

    @Test
    void runsOnceAtLeast() {
        List<Long> times = new ArrayList<>();
        assertFalse(new WarmUp(0, 0)
                .run(() -> {
                    times.add(1L);
                    return new long[] {1};
                })
                .settled());
        assertEquals(1, times.size());
    }
}
