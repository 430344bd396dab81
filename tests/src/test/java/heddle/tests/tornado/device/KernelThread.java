package heddle.tests.tornado.device;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** A thread of a group: the context that its kernel sees, and where it stands. */
final class KernelThread extends KernelContext {
    private final WorkGroup workGroup;
    private final int index;
    private Worker worker;
    private int barrierLine;
    private boolean ended;
    private final long outsideOfEpochs;
    private long access;

    KernelThread(WorkGroup workGroup, int index, int[] group, int[] local, LaunchGrid grid) {
        super(group, local, grid.gridSize(), grid.groupSize());
        this.workGroup = workGroup;
        this.index = index;
        this.outsideOfEpochs = AccessHistory.access(workGroup.number(), 0, index);
    }

    /** Runs the kernel's code on a worker until it ends. */
    void run(Worker on) {
        worker = on;
        enter(0);
        try {
            workGroup.launch().body().run(this);
        } catch (ArithmeticException | NegativeArraySizeException | StackOverflowError e) {
            throw new KernelFault(where(workGroup.launch().site().line(e)) + ": " + e, e);
        }
        ended = true;
    }

    /** Says which epoch of its group the thread is in. */
    void enter(int epoch) {
        access = AccessHistory.access(workGroup.number(), epoch, index);
    }

    /** Waits until all threads of the group wait here. */
    void barrier(int line) {
        barrierLine = line;
        workGroup.await(this);
    }

    int index() {
        return index;
    }

    int group() {
        return workGroup.number();
    }

    Worker worker() {
        return worker;
    }

    boolean ended() {
        return ended;
    }

    int barrierLine() {
        return barrierLine;
    }

    /** An access of local memory by this thread at a source line. */
    long localAccess(int line) {
        return access | line;
    }

    /** An access of global memory by this thread at a source line: local barriers do not order these, so they have no epochs. */
    long globalAccess(int line) {
        return outsideOfEpochs | line;
    }

    GlobalArray global(TornadoNativeArray array, int line) {
        GlobalArray found = workGroup.launch().global(array);
        if (found == null) {
            throw fault(line, "uses an array that is no argument of its task");
        }
        return found;
    }

    /** The local array that is this Java array, or null when it is the thread's own. */
    LocalArray local(Object array) {
        return workGroup.local(array);
    }

    WorkGroup workGroup() {
        return workGroup;
    }

    String parameter(int position) {
        return workGroup.launch().site().parameter(position);
    }

    /** A fault of this thread at a source line. */
    KernelFault fault(int line, String what) {
        return new KernelFault(where(line) + ": " + what);
    }

    String where(int line) {
        return workGroup.launch().site().at(line) + ", group " + group() + ", thread " + index;
    }
}
