package heddle.runtime.jvm;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Threads that share out the blocks of one kernel after another. Kernels take microseconds, so a worker that has
 * nothing to do looks for the next kernel for a while before it parks; the caller takes part. While one caller has the
 * workers, others compute their blocks themselves.
 */
final class WorkerPool {
    /** Blocks {@code from} up to {@code to}. */
    interface Task {
        void run(long from, long to);
    }

    /** How long an idle worker looks for work: longer than the gaps between the kernels of a run. */
    private static final long SPIN_NANOS = 100_000;

    /** Pieces a thread gets on average; more balance better and cost more. */
    private static final int PIECES = 4;

    private static final Map<Integer, WorkerPool> POOLS = new ConcurrentHashMap<>();

    private final List<Worker> workers = new ArrayList<>();
    private final ReentrantLock caller = new ReentrantLock();
    private volatile Job job = new Job((from, to) -> {}, 0, 1);

    private WorkerPool(int threads) {
        for (int i = 1; i < threads; i++) {
            Worker worker = new Worker(i);
            workers.add(worker);
            worker.start();
        }
    }

    /** The process' pool of this many threads, the caller's included. */
    static WorkerPool of(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("at least one thread is needed, not " + threads);
        }
        return POOLS.computeIfAbsent(threads, WorkerPool::new);
    }

    /** Runs all blocks of a task. What a block throws is thrown here, when all have ended. */
    void run(long blocks, Task task) {
        if (blocks < 2 || workers.isEmpty() || !caller.tryLock()) {
            if (blocks > 0) {
                task.run(0, blocks);
            }
            return;
        }
        try {
            Job next = new Job(task, blocks, Math.max(1, blocks / ((workers.size() + 1L) * PIECES)));
            job = next;
            workers.forEach(Worker::wake);
            next.work();
            next.await();
        } finally {
            caller.unlock();
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
            for (long from = next.getAndAdd(piece); from < blocks; from = next.getAndAdd(piece)) {
                long to = Math.min(from + piece, blocks);
                try {
                    task.run(from, to);
                } catch (RuntimeException | Error e) {
                    failure.compareAndSet(null, e);
                }
                done.addAndGet(to - from);
            }
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
        private volatile boolean parked;

        Worker(int number) {
            super("heddle-worker-" + number);
            setDaemon(true);
        }

        void wake() {
            if (parked) {
                LockSupport.unpark(this);
            }
        }

        @Override
        public void run() {
            Job last = null;
            while (true) {
                Job current = awaitOther(last);
                current.work();
                last = current;
            }
        }

        private Job awaitOther(Job last) {
            long until = System.nanoTime() + SPIN_NANOS;
            while (true) {
                for (int i = 0; i < 100; i++) {
                    Job current = job;
                    if (current != last) {
                        return current;
                    }
                    Thread.onSpinWait();
                }
                if (System.nanoTime() > until) {
                    parked = true;
                    // Looked at again after the flag is up, so that a job set in between is not slept through.
                    if (job == last) {
                        LockSupport.park(this);
                    }
                    parked = false;
                }
            }
        }
    }
}
