package heddle.tests.tornado.device;

import java.util.ArrayList;
import java.util.List;

/** The threads that share local memory and meet at barriers. Each epoch runs them in order, up to their next barrier or their end. */
final class WorkGroup {
    private final Launch launch;
    private final int number;
    private final KernelThread[] threads;
    private final List<LocalArray> locals = new ArrayList<>();
    private long localBytes;
    private int epoch;
    private int next;

    WorkGroup(Launch launch, int number) {
        this.launch = launch;
        this.number = number;
        LaunchGrid grid = launch.grid();
        this.threads = new KernelThread[grid.threads()];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = new KernelThread(this, i, grid.group(number), grid.thread(i), grid);
        }
    }

    Launch launch() {
        return launch;
    }

    int number() {
        return number;
    }

    /** Runs threads that have not started, one after another, as long as none of them waits; then hands the baton on. */
    void start(Worker worker) {
        while (epoch == 0 && next < threads.length) {
            threads[next++].run(worker);
        }
    }

    /** Whether all threads have ended; else gives the baton to the next one. */
    boolean handOn() {
        if (next == threads.length && !meet()) {
            return true;
        }
        KernelThread thread = threads[next];
        if (epoch == 0) {
            launch.idleWorker().resume();
        } else {
            next++;
            thread.enter(epoch);
            thread.worker().resume();
        }
        return false;
    }

    /** Stops a thread at a barrier until all have come. */
    void await(KernelThread thread) {
        handOn();
        thread.worker().await();
    }

    /** Ends an epoch: whether the threads wait at one barrier, and so go on. */
    private boolean meet() {
        KernelThread first = threads[0];
        for (KernelThread thread : threads) {
            if (thread.ended() != first.ended()) {
                KernelThread waits = thread.ended() ? first : thread;
                KernelThread gone = thread.ended() ? thread : first;
                throw waits.fault(
                        waits.barrierLine(),
                        "waits at a barrier that thread " + gone.index() + " ended without reaching");
            }
            if (!thread.ended() && thread.barrierLine() != first.barrierLine()) {
                throw thread.fault(
                        thread.barrierLine(),
                        "waits at this barrier while thread 0 waits at that of line " + first.barrierLine());
            }
        }
        if (first.ended()) {
            return false;
        }
        if (++epoch == AccessHistory.MOST_EPOCHS) {
            throw first.fault(first.barrierLine(), "passes more barriers than the double can tell apart");
        }
        next = 0;
        return true;
    }

    /** The array of the variable allocated at a line, one for the group; null when no thread has come there yet. */
    LocalArray allocated(String name, int line) {
        for (LocalArray local : locals) {
            if (local.isAt(name, line)) {
                return local;
            }
        }
        return null;
    }

    void add(LocalArray local, long bytes, KernelThread thread, int line) {
        localBytes += bytes;
        long limit = launch.limits().localBytes();
        if (localBytes > limit) {
            throw thread.fault(line, "allocates " + localBytes + " bytes of local memory of the device's " + limit);
        }
        locals.add(local);
    }

    LocalArray local(Object array) {
        for (int i = 0; i < locals.size(); i++) {
            LocalArray local = locals.get(i);
            if (local.data() == array) {
                return local;
            }
        }
        return null;
    }
}
