package heddle.runtime;

/**
 * One kernel of a run.
 *
 * @param name   of the kernel in the plan
 * @param family what kind of kernel it is
 * @param nanos  wall-clock time
 * @param flops  floating-point operations as written
 * @param bytes  sizes of the tensors it reads and writes
 */
public record KernelTiming(String name, String family, long nanos, long flops, long bytes) {
    /** Floating-point operations a nanosecond, which is GFLOP/s. */
    public double gigaflops() {
        return nanos == 0 ? 0 : (double) flops / nanos;
    }
}
