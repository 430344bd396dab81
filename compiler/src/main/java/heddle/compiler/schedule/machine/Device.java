package heddle.compiler.schedule.machine;

/**
 * A device whose threads share their work in groups, such as a GPU.
 *
 * @param backend         what kernels are compiled with
 * @param multiprocessors parts that run groups of their own
 * @param warp            threads that run in step; one where a thread's variables become vectors, as on processors
 * @param groupThreads    the most threads of a group that are good for it
 * @param local           bytes of fast memory that a group can have
 * @param localAll        bytes that all groups of a multiprocessor share
 * @param threadRegisters 32-bit registers that a thread can have
 * @param registersAll    registers that all threads of a multiprocessor share
 * @param shuffles        whether threads of a warp can read each other's registers
 * @param halves          whether it computes with sixteen-bit floats
 */
public record Device(
        String name,
        Backend backend,
        int multiprocessors,
        int warp,
        int groupThreads,
        int local,
        int localAll,
        int threadRegisters,
        int registersAll,
        boolean shuffles,
        boolean halves)
        implements Machine {
    /** The backends of TornadoVM. */
    public enum Backend {
        OPENCL,
        PTX,
        CUDA,
        SPIRV
    }

    /** What every GPU of the last ten years has. */
    public static final Device GPU =
            new Device("gpu", Backend.OPENCL, 8, 32, 256, 32 << 10, 64 << 10, 128, 65_536, false, false);

    /**
     * A processor used as a device: one thread computes whole rows, and what does not fit in registers is in its nearest cache, so
     * that its number of variables is limited by the size of its code alone.
     */
    public static final Device CPU =
            new Device("cpu", Backend.OPENCL, 8, 1, 64, 64 << 10, 64 << 10, 160, 65_536, false, false);

    public Device {
        Machine.check("multiprocessors", multiprocessors, 1, 4096);
        Machine.check("warp", warp, 1, 128);
        Machine.check("groupThreads", groupThreads, 1, 1024);
        Machine.check("local", local, 1 << 10, 1 << 20);
        Machine.check("localAll", localAll, local, 1 << 22);
        Machine.check("threadRegisters", threadRegisters, 16, 1024);
        Machine.check("registersAll", registersAll, threadRegisters, 1 << 24);
    }

    /** The same where a group can have less local memory, or fewer threads. */
    public Device within(long localBytes, int threads) {
        return new Device(
                name,
                backend,
                multiprocessors,
                warp,
                Math.min(groupThreads, threads),
                (int) Math.min(local, localBytes),
                localAll,
                threadRegisters,
                registersAll,
                shuffles,
                halves);
    }
}
