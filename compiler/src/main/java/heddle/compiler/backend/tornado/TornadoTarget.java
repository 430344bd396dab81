package heddle.compiler.backend.tornado;

import heddle.compiler.schedule.machine.Device;

/**
 * A device and how its kernels become tasks.
 *
 * @param tasksPerGraph kernels in one task graph; TornadoVM holds a graph in a buffer of fixed size
 * @param libraryTasks  whether matmuls are left to cuBLAS where it computes what is meant
 */
public record TornadoTarget(Device device, int tasksPerGraph, boolean libraryTasks) {
    /** The most kernels that have always fitted in the buffer of a graph. */
    private static final int TASKS = 40;

    /** Any GPU. */
    public static final TornadoTarget GPU = of(Device.GPU);

    /** A processor used as a device. */
    public static final TornadoTarget CPU = of(Device.CPU);

    public TornadoTarget {
        if (tasksPerGraph < 1) {
            throw new IllegalArgumentException("graphs of " + tasksPerGraph + " tasks");
        }
    }

    /** A device in whose graphs there are as many tasks as have always fitted, none of a library. */
    public static TornadoTarget of(Device device) {
        return new TornadoTarget(device, TASKS, false);
    }

    /** The same device, with task graphs of another length. */
    public TornadoTarget withTasksPerGraph(int tasks) {
        return new TornadoTarget(device, tasks, libraryTasks);
    }

    /** The same device, with or without library tasks. */
    public TornadoTarget withLibraryTasks(boolean value) {
        return new TornadoTarget(device, tasksPerGraph, value);
    }
}
