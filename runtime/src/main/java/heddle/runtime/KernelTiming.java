package heddle.runtime;

/**
 * The time of one kernel of a run.
 *
 * @param name   the name of the kernel in the plan
 * @param family the kernel's family
 * @param start  when it began, by {@link System#nanoTime} of the JVM that ran it
 * @param nanos  wall-clock time
 * @param flops  floating-point operations as written
 * @param bytes  sizes of the tensors it reads and writes
 */
public record KernelTiming(String name, String family, long start, long nanos, long flops, long bytes) {
    /** Floating-point operations a nanosecond, which is GFLOP/s. */
    public double gigaflops() {
        return nanos == 0 ? 0 : (double) flops / nanos;
    }
}
