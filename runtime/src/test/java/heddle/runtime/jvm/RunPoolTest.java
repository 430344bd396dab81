package heddle.runtime.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.schedule.MemoryPlan;
import heddle.compiler.type.Stored;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RunPoolTest {
    private static MemoryPlan plan(long floats, long longs) {
        return new MemoryPlan(
                List.of(new MemoryPlan.Array(Stored.F32, floats), new MemoryPlan.Array(Stored.I64, longs)),
                new LinkedHashMap<>(),
                0);
    }

    @Test
    void runsAtOnceHaveMemoryOfTheirOwn() throws Exception {
        RunPool pool = new RunPool(2);
        CyclicBarrier both = new CyclicBarrier(2);
        try (ExecutorService callers = Executors.newFixedThreadPool(2)) {
            var first = callers.submit(() -> pool.run(plan(10, 10), arrays -> arrivedAt(both, arrays)));
            var second = callers.submit(() -> pool.run(plan(10, 10), arrays -> arrivedAt(both, arrays)));
            assertNotSame(first.get().getFirst(), second.get().getFirst());
        }
    }

    /** Both runs go on at this moment, or this waits in vain. */
    private static List<Object> arrivedAt(CyclicBarrier both, List<Object> arrays) {
        try {
            both.await(60, TimeUnit.SECONDS);
            return arrays;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void noMoreRunsGoOnThanThePoolAllows() throws Exception {
        RunPool pool = new RunPool(2);
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        try (ExecutorService callers = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 200; i++) {
                callers.submit(() -> pool.run(plan(10, 10), arrays -> {
                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    Thread.yield();
                    return now.decrementAndGet();
                }));
            }
        }
        assertTrue(most.get() <= 2, most + " runs");
    }

    @Test
    void whatIsLongEnoughIsUsedAgain() {
        RunPool pool = new RunPool(1);
        List<Object> large = pool.run(plan(100, 10), arrays -> arrays);
        List<Object> small = pool.run(plan(7, 20), arrays -> arrays);
        assertSame(large.getFirst(), small.getFirst());
        assertEquals(6 + 20, ((long[]) small.get(1)).length, "48 bytes before the first line");
    }

    private static MemoryPlan floats(long... lengths) {
        return new MemoryPlan(
                LongStream.of(lengths)
                        .mapToObj(n -> new MemoryPlan.Array(Stored.F32, n))
                        .toList(),
                new LinkedHashMap<>(),
                0);
    }

    @Test
    void aShortArrayDoesNotTakeALongOne() {
        RunPool pool = new RunPool(1);
        List<Object> first = pool.run(floats(100, 10), arrays -> arrays);
        List<Object> second = pool.run(floats(10, 100), arrays -> arrays);
        assertSame(first.get(1), second.get(0));
        assertSame(first.get(0), second.get(1));
    }

    @Test
    void whatAPlanHasNoUseForIsThereForTheNext() {
        RunPool pool = new RunPool(1);
        List<Object> first = pool.run(floats(100, 50), arrays -> arrays);
        assertEquals(1, pool.run(floats(10), arrays -> arrays).size());
        List<Object> third = pool.run(floats(100, 50), arrays -> arrays);
        assertSame(first.get(0), third.get(0));
        assertSame(first.get(1), third.get(1));
    }

    @Test
    void whatIsTooShortMakesRoom() {
        RunPool pool = new RunPool(1);
        List<Object> first = pool.run(floats(10, 20), arrays -> arrays);
        pool.run(floats(100), arrays -> arrays);
        List<Object> third = pool.run(floats(10, 20), arrays -> arrays);
        assertFalse(third.contains(first.get(0)) || third.contains(first.get(1)), "they were kept beside longer ones");
    }

    @Test
    void aRunThatFailsLeavesItsPlace() {
        RunPool pool = new RunPool(1);
        for (int i = 0; i < 3; i++) {
            try {
                pool.run(plan(1, 1), arrays -> {
                    throw new IllegalStateException("a kernel failed");
                });
            } catch (IllegalStateException e) {
                assertEquals("a kernel failed", e.getMessage());
            }
        }
        assertEquals(2, pool.run(plan(1, 1), arrays -> arrays).size());
    }
}
