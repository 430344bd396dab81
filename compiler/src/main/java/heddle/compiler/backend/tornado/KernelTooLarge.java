package heddle.compiler.backend.tornado;

import heddle.compiler.tile.TileKernel;

/** Thrown when a kernel needs more local memory for a group than there is, however small its blocks are. */
public final class KernelTooLarge extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient TileKernel kernel;
    private final long needed;
    private final long available;

    KernelTooLarge(TileKernel kernel, long needed, long available) {
        super(kernel.name() + " needs " + needed + " bytes of local memory, and a group has " + available);
        this.kernel = kernel;
        this.needed = needed;
        this.available = available;
    }

    /** The tile program, whose comments name the graph nodes. */
    public TileKernel kernel() {
        return kernel;
    }

    /** Bytes of local memory of a group, with the smallest blocks. */
    public long needed() {
        return needed;
    }

    /** Bytes of local memory that a group of the device has. */
    public long available() {
        return available;
    }
}
