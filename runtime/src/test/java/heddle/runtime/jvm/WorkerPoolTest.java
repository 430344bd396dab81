package heddle.runtime.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerPoolTest {
    private static AtomicIntegerArray count(WorkerPool pool, int blocks) {
        AtomicIntegerArray done = new AtomicIntegerArray(blocks);
        pool.run(blocks, 4, (thread, from, to) -> {
            for (long b = from; b < to; b++) {
                done.incrementAndGet((int) b);
            }
        });
        return done;
    }

    private static void assertEachOnce(AtomicIntegerArray done) {
        for (int b = 0; b < done.length(); b++) {
            assertEquals(1, done.get(b), "block " + b);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5})
    void runsEveryBlockOnce(int threads) {
        WorkerPool pool = WorkerPool.of(threads);
        for (int blocks : new int[] {0, 1, 2, 7, 100, 1021}) {
            for (int repeat = 0; repeat < 20; repeat++) {
                assertEachOnce(count(pool, blocks));
            }
        }
    }

    @Test
    void wakesWorkersThatWentToSleep() throws InterruptedException {
        WorkerPool pool = WorkerPool.of(2);
        for (int repeat = 0; repeat < 5; repeat++) {
            Thread.sleep(20);
            assertEachOnce(count(pool, 50));
        }
    }

    @Test
    void severalCallersShareAPool() throws Exception {
        WorkerPool pool = WorkerPool.of(3);
        try (ExecutorService callers = Executors.newFixedThreadPool(4)) {
            Set<Future<AtomicIntegerArray>> results = ConcurrentHashMap.newKeySet();
            IntStream.range(0, 200).forEach(i -> results.add(callers.submit(() -> count(pool, 64))));
            for (Future<AtomicIntegerArray> result : results) {
                assertEachOnce(result.get());
            }
        }
    }

    @Test
    void asManyCallersAsThreadsComputeEachAlone() throws Exception {
        WorkerPool pool = WorkerPool.of(2);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            Future<?> first = other.submit(() -> pool.run(1, 4, (thread, from, to) -> {
                begun.countDown();
                await(end);
            }));
            await(begun);
            Set<Thread> threads = ConcurrentHashMap.newKeySet();
            pool.run(1000, 4, (thread, from, to) -> threads.add(Thread.currentThread()));
            end.countDown();
            first.get();
            assertEquals(Set.of(Thread.currentThread()), threads);
        }
    }

    @Test
    void aThreadThatIsAloneSharesNothing() {
        WorkerPool pool = WorkerPool.of(3);
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        Thread here = Thread.currentThread();
        WorkerPool.alone(() -> {
            for (int repeat = 0; repeat < 100; repeat++) {
                pool.run(1000, 4, (thread, from, to) -> threads.add(Thread.currentThread()));
            }
        });
        assertEquals(Set.of(here), threads);
        CountDownLatch both = new CountDownLatch(2);
        pool.run(2, 1, (thread, from, to) -> {
            both.countDown();
            await(both); // Two threads are here at once, or this waits in vain.
        });
    }

    /** So that each thread can have memory to itself. */
    @Test
    void noTwoThreadsHaveOneNumberAtOnce() throws Exception {
        WorkerPool pool = WorkerPool.of(3);
        try (ExecutorService callers = Executors.newFixedThreadPool(2)) {
            Set<Future<?>> runs = ConcurrentHashMap.newKeySet();
            for (int run = 0; run < 100; run++) {
                AtomicIntegerArray busy = new AtomicIntegerArray(pool.threads());
                runs.add(callers.submit(() -> pool.run(200, 8, (thread, from, to) -> {
                    assertEquals(0, busy.getAndIncrement(thread));
                    Thread.onSpinWait();
                    assertEquals(1, busy.getAndDecrement(thread));
                })));
            }
            for (Future<?> run : runs) {
                run.get();
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(60, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void passesOnWhatABlockThrowsWhenAllHaveEnded() {
        WorkerPool pool = WorkerPool.of(3);
        AtomicIntegerArray done = new AtomicIntegerArray(1);
        IllegalStateException thrown = assertThrows(
                IllegalStateException.class,
                () -> pool.run(100, 4, (thread, from, to) -> {
                    done.addAndGet(0, (int) (to - from));
                    if (from <= 50 && 50 < to) {
                        throw new IllegalStateException("block 50");
                    }
                }));
        assertEquals("block 50", thrown.getMessage());
        assertEquals(100, done.get(0));
        assertEachOnce(count(pool, 100));
    }

    @Test
    void refusesToHaveNoThreads() {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> WorkerPool.of(0))
                .getMessage()
                .contains("0"));
    }

    @Test
    void noPiecesAreComputedByTheCallerAlone() {
        WorkerPool pool = WorkerPool.of(3);
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        List<Long> ranges = new ArrayList<>();
        for (int n = 0; n < 100; n++) {
            pool.run(8, 0, (thread, from, to) -> {
                threads.add(Thread.currentThread());
                ranges.addAll(List.of(from, to));
            });
        }
        assertEquals(Set.of(Thread.currentThread()), threads);
        assertEquals(200, ranges.size(), "one range at a time");
    }
}
