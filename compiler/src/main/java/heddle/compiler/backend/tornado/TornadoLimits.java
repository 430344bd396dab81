package heddle.compiler.backend.tornado;

/**
 * The limits and strengths of a device, as far as the planning of kernels uses them.
 *
 * @param kind          the kind of its threads
 * @param localBytes    fast memory that the threads of a group share
 * @param groupThreads  the maximum number of threads of a group
 * @param tasksPerGraph kernels in one task graph; TornadoVM holds a graph in a buffer of fixed size
 * @param libraryTasks  whether matmuls are left to cuBLAS where it computes what is meant
 */
public record TornadoLimits(Kind kind, long localBytes, int groupThreads, int tasksPerGraph, boolean libraryTasks) {
    /** The kind of a device's threads, which decides how a group shares a block of a matmul. */
    public enum Kind {
        /** Threads side by side run in step: each has a few rows and columns of the block. */
        GPU(16, 96, 96),
        /** A thread's variables become vectors: each has whole rows of the block. */
        CPU(1, 160, 320);

        private final int columns;
        private final int registers;
        private final int variables;

        Kind(int columns, int registers, int variables) {
            this.columns = columns;
            this.registers = registers;
            this.variables = variables;
        }

        /** Threads that share a row of a block. */
        int columns() {
            return columns;
        }

        /** Variables of a thread beyond which compilers spill. */
        int registers() {
            return registers;
        }

        /**
         * Variables of a thread where large heads take more. What a processor spills is in its nearest cache; the code that
         * is written for each must fit a method.
         */
        int variables() {
            return variables;
        }
    }

    /** The limits of every GPU of the last ten years. */
    public static final TornadoLimits GPU = new TornadoLimits(Kind.GPU, 32 << 10, 256, 40, false);

    /** The limits of processors used as devices. */
    public static final TornadoLimits CPU = new TornadoLimits(Kind.CPU, 64 << 10, 64, 40, false);

    public TornadoLimits {
        if (groupThreads < 1 || tasksPerGraph < 1) {
            throw new IllegalArgumentException("groups of " + groupThreads + " threads, graphs of " + tasksPerGraph);
        }
    }

    /** The same device, with task graphs of another length. */
    public TornadoLimits withTasksPerGraph(int tasks) {
        return new TornadoLimits(kind, localBytes, groupThreads, tasks, libraryTasks);
    }

    /** The same device, with or without library tasks. */
    public TornadoLimits withLibraryTasks(boolean value) {
        return new TornadoLimits(kind, localBytes, groupThreads, tasksPerGraph, value);
    }
}
