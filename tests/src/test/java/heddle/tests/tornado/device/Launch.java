package heddle.tests.tornado.device;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** One run of a task's kernel on a grid, group after group. */
final class Launch {
    private final String task;
    private final DeviceGraph.Body body;
    private final LaunchGrid grid;
    private final DeviceLimits limits;
    private final GlobalArray[] globals;
    private final Deque<Worker> idle = new ArrayDeque<>();
    private final List<Worker> workers = new ArrayList<>();
    private final CountDownLatch done = new CountDownLatch(1);
    private KernelSite site;
    private WorkGroup group;
    private Throwable failure;

    Launch(String task, DeviceGraph.Body body, LaunchGrid grid, DeviceLimits limits, List<GlobalArray> globals) {
        this.task = task;
        this.body = body;
        this.grid = grid;
        this.limits = limits;
        this.globals = globals.toArray(GlobalArray[]::new);
        this.site = KernelSite.unknown(task);
    }

    /**
     * Runs all groups.
     *
     * @throws KernelFault on what a GPU would not forgive
     */
    void run() {
        group = new WorkGroup(this, 0);
        idleWorker().resume();
        try {
            done.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KernelFault("task " + task + " was interrupted", e);
        } finally {
            workers.forEach(Worker::dismiss);
        }
        if (failure != null) {
            throw failure instanceof KernelFault fault
                    ? fault
                    : new KernelFault(site.at(site.line(failure)) + ": " + failure, failure);
        }
        if (!site.known()) {
            throw new KernelFault(
                    "task " + task + ": its kernel was not loaded by a KernelLoader, so nothing was checked");
        }
    }

    /** Called by the worker with the baton: runs what it can, and hands the baton on. */
    void work(Worker worker) {
        try {
            group.start(worker);
            idle.push(worker);
            while (group.handOn()) {
                if (group.number() + 1 == grid.groups()) {
                    done.countDown();
                    return;
                }
                group = new WorkGroup(this, group.number() + 1);
            }
        } catch (Worker.Abandoned e) {
            throw e;
        } catch (RuntimeException | Error e) {
            failure = e;
            done.countDown();
        }
    }

    Worker idleWorker() {
        if (!idle.isEmpty()) {
            return idle.pop();
        }
        Worker worker = new Worker(this);
        workers.add(worker);
        return worker;
    }

    /** Learns from the first thread that starts which kernel this is. */
    void enter(KernelSite kernel) {
        site = kernel;
    }

    KernelSite site() {
        return site;
    }

    DeviceGraph.Body body() {
        return body;
    }

    LaunchGrid grid() {
        return grid;
    }

    DeviceLimits limits() {
        return limits;
    }

    /** The array among the task's arguments, or null. */
    GlobalArray global(TornadoNativeArray array) {
        for (GlobalArray global : globals) {
            if (global.host() == array) {
                return global;
            }
        }
        return null;
    }
}
