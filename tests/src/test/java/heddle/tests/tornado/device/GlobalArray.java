package heddle.tests.tornado.device;

import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** An array argument of one launch: the device's buffer and who accessed its elements. */
final class GlobalArray {
    private static final String NO_ORDER = " of the same launch, where nothing orders global memory";

    private final DeviceBuffer buffer;
    private final int parameter;
    private final AccessHistory history;

    GlobalArray(DeviceBuffer buffer, int parameter) {
        this.buffer = buffer;
        this.parameter = parameter;
        this.history = new AccessHistory(buffer.size());
    }

    TornadoNativeArray host() {
        return buffer.host();
    }

    /** The elements, for a read of one of them. */
    Object read(int index, KernelThread thread, int line) {
        if (index < 0 || index >= buffer.size()) {
            throw thread.fault(line, "reads " + element(thread, index) + ", which has " + buffer.size() + " elements");
        }
        if (!buffer.holds(index)) {
            throw thread.fault(line, "reads " + element(thread, index) + ", which was neither transferred nor written");
        }
        long conflict = history.read(index, thread.globalAccess(line));
        if (conflict != 0) {
            throw thread.fault(
                    line,
                    "reads " + element(thread, index) + ", written by " + AccessHistory.who(conflict, thread)
                            + NO_ORDER);
        }
        return buffer.data();
    }

    /** The elements, for a write of one of them. */
    Object write(int index, KernelThread thread, int line) {
        if (index < 0 || index >= buffer.size()) {
            throw thread.fault(line, "writes " + element(thread, index) + ", which has " + buffer.size() + " elements");
        }
        long conflict = history.write(index, thread.globalAccess(line));
        if (conflict != 0) {
            throw thread.fault(
                    line,
                    "writes " + element(thread, index) + ", accessed by " + AccessHistory.who(conflict, thread)
                            + NO_ORDER);
        }
        buffer.wrote(index);
        return buffer.data();
    }

    private String element(KernelThread thread, int index) {
        return thread.parameter(parameter) + "[" + index + "]";
    }
}
