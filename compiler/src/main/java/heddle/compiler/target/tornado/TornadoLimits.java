package heddle.compiler.target.tornado;

/**
 * What a device allows, as far as kernels are planned by it.
 *
 * @param localBytes    fast memory that the threads of a group share
 * @param groupThreads  the most threads of a group
 * @param tasksPerGraph kernels in one task graph; TornadoVM holds a graph in a buffer of fixed size
 */
public record TornadoLimits(long localBytes, int groupThreads, int tasksPerGraph) {
    /** What every GPU of the last ten years allows. */
    public static final TornadoLimits ANY = new TornadoLimits(32 << 10, 256, 10);

    public TornadoLimits {
        if (groupThreads < 1 || tasksPerGraph < 1) {
            throw new IllegalArgumentException("groups of " + groupThreads + " threads, graphs of " + tasksPerGraph);
        }
    }

    /** The same device, with task graphs of another length. */
    public TornadoLimits withTasksPerGraph(int tasks) {
        return new TornadoLimits(localBytes, groupThreads, tasks);
    }
}
