package heddle.compiler.backend.tornado;

import heddle.compiler.tile.TileKernel;

/** Thrown when a kernel needs more than a device has, however small its blocks are. */
public final class KernelTooLarge extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient TileKernel kernel;
    private final String needs;

    private KernelTooLarge(TileKernel kernel, String message, String needs) {
        super(message);
        this.kernel = kernel;
        this.needs = needs;
    }

    /** A group needs more local memory. @param needed bytes with the smallest blocks */
    static KernelTooLarge memory(TileKernel kernel, long needed, long available) {
        return new KernelTooLarge(
                kernel,
                "a group of threads has too little local memory for " + kernel.name(),
                needed + " bytes are needed with the smallest blocks, " + available + " bytes are planned for");
    }

    /** A task has more arguments than TornadoVM takes. */
    static KernelTooLarge arguments(TileKernel kernel, int needed, int available) {
        return new KernelTooLarge(
                kernel,
                kernel.name() + " reads and writes too many tensors for one task",
                needed + " arguments are needed, TornadoVM takes " + available);
    }

    /** The tile program, whose comments name the graph nodes. */
    public TileKernel kernel() {
        return kernel;
    }

    /** What is needed, and what there is. */
    public String needs() {
        return needs;
    }
}
