package heddle.runtime.jvm;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that share the blocks of one kernel after another. Kernels take microseconds, so an idle worker looks for the
 * next kernel for a while before it parks. The caller computes blocks too. Workers serve all callers in turn, a piece of
 * each one's blocks at a time. Once there are as many callers as threads, each caller computes its own blocks alone, so
 * that nobody waits for anybody.
 */
public final class WorkerPool {
    /** Blocks {@code from} up to {@code to}. */
    public interface Task {
        /** @param thread a number below that of the pool's threads, which no other thread has while the task runs */
        void run(int thread, long from, long to);
    }

    /** How long an idle worker looks for work: longer than the gaps between the kernels of a run. */
    private static final long SPIN_NANOS = 100_000;

    /** Bound where a thread shares its blocks with nobody. */
    private static final ScopedValue<Boolean> ALONE = ScopedValue.newInstance();

    private static final Map<Integer, WorkerPool> POOLS = new ConcurrentHashMap<>();

    private final List<Worker> workers = new ArrayList<>();
    private final AtomicInteger callers = new AtomicInteger();

    /** What callers share with the workers. */
    private final AtomicReferenceArray<Job> jobs;

    private WorkerPool(int threads) {
        jobs = new AtomicReferenceArray<>(threads - 1);
        for (int i = 1; i < threads; i++) {
            Worker worker = new Worker(i);
            workers.add(worker);
            worker.start();
        }
    }

    /** The process' pool of this many threads, the caller's included. */
    public static WorkerPool of(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("at least one thread is needed, not " + threads);
        }
        return POOLS.computeIfAbsent(threads, WorkerPool::new);
    }

    /** How many threads there are, each caller one of them. */
    int threads() {
        return workers.size() + 1;
    }

    /**
     * Calls {@code runs}, whose blocks this thread computes alone. It is for threads that are as many as a pool has: between the kernels
     * of one, the others need not wake a worker that then takes a processor from them.
     */
    public static void alone(Runnable runs) {
        ScopedValue.where(ALONE, true).run(runs);
    }

    /**
     * Runs all blocks of a task. What a block throws is thrown here, when all have ended.
     *
     * @param pieces a thread takes on average; none where this thread computes all
     */
    public void run(long blocks, int pieces, Task task) {
        boolean shares = callers.incrementAndGet() <= workers.size() && blocks > 1 && pieces > 0 && !ALONE.isBound();
        try {
            if (shares) {
                share(new Job(task, blocks, Math.max(1, blocks / ((workers.size() + 1L) * pieces))));
            } else if (blocks > 0) {
                task.run(0, 0, blocks);
            }
        } finally {
            callers.decrementAndGet();
        }
    }

    private void share(Job job) {
        int place = 0;
        // There is a place for each caller that shares; one that leaves empties its place before it counts no more.
        while (!jobs.compareAndSet(place, null, job)) {
            place = (place + 1) % jobs.length();
        }
        try {
            workers.forEach(Worker::wake);
            job.work();
            job.await();
        } finally {
            jobs.set(place, null);
        }
    }

    private static final class Job {
        private final Task task;
        private final long blocks;
        private final long piece;
        private final AtomicLong next = new AtomicLong();
        private final AtomicLong done = new AtomicLong();
        private final AtomicReference<Throwable> failure = new AtomicReference<>();

        Job(Task task, long blocks, long piece) {
            this.task = task;
            this.blocks = blocks;
            this.piece = piece;
        }

        void work() {
            boolean more = true;
            while (more) {
                more = piece(0);
            }
        }

        boolean isLeft() {
            return next.get() < blocks;
        }

        /** Runs one piece, if there is one that nobody has begun. @param thread of the pool; the caller is the first */
        boolean piece(int thread) {
            if (!isLeft()) {
                return false;
            }
            long from = next.getAndAdd(piece);
            if (from >= blocks) {
                return false;
            }
            long to = Math.min(from + piece, blocks);
            try {
                task.run(thread, from, to);
            } catch (RuntimeException | Error e) {
                failure.compareAndSet(null, e);
            }
            done.addAndGet(to - from);
            return true;
        }

        void await() {
            for (int spins = 0; done.get() < blocks; spins++) {
                if (spins < 10_000) {
                    Thread.onSpinWait();
                } else {
                    Thread.yield();
                }
            }
            Throwable e = failure.get();
            if (e instanceof RuntimeException r) {
                throw r;
            } else if (e instanceof Error r) {
                throw r;
            }
        }
    }

    private final class Worker extends Thread {
        private final int number;
        private volatile boolean parked;

        Worker(int number) {
            super("heddle-worker-" + number);
            this.number = number;
            setDaemon(true);
        }

        void wake() {
            if (parked) {
                LockSupport.unpark(this);
            }
        }

        @Override
        public void run() {
            while (true) {
                if (!round()) {
                    awaitWork();
                }
            }
        }

        /** Runs a piece of every job, and says whether there was one. */
        private boolean round() {
            boolean found = false;
            for (int i = 0; i < jobs.length(); i++) {
                Job job = jobs.get((number + i) % jobs.length());
                found |= job != null && job.piece(number);
            }
            return found;
        }

        private void awaitWork() {
            long until = System.nanoTime() + SPIN_NANOS;
            while (!isWork()) {
                if (System.nanoTime() <= until) {
                    Thread.onSpinWait();
                    continue;
                }
                parked = true;
                // Looked at again after the flag is up, so that a job set in between is not slept through.
                if (!isWork()) {
                    LockSupport.park(this);
                }
                parked = false;
                return;
            }
        }

        private boolean isWork() {
            for (int i = 0; i < jobs.length(); i++) {
                Job job = jobs.get(i);
                if (job != null && job.isLeft()) {
                    return true;
                }
            }
            return false;
        }
    }
}
