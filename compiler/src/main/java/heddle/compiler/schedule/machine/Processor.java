package heddle.compiler.schedule.machine;

/**
 * A processor with vector registers, one core of which runs a worker.
 *
 * @param lanes      floats in a vector: 4, 8 or 16
 * @param registers  vector registers of a core
 * @param fmas       multiply-adds of vectors that a core begins in each cycle
 * @param cores      threads that take part in a run; results do not depend on it
 * @param l1         bytes of data that a core's first-level cache holds
 * @param l2         bytes that a core's second-level cache holds
 * @param prefetches whether a vector store under a mask that selects nothing brings its line to a cache, and nothing waits for it
 */
public record Processor(String name, int lanes, int registers, int fmas, int cores, int l1, int l2, boolean prefetches)
        implements Machine {
    /** Where nothing is known of the processor, as when only the costs of a plan are of interest. */
    public static final Processor USUAL = of(16, 1);

    public Processor {
        if (lanes != 4 && lanes != 8 && lanes != 16) {
            throw new IllegalArgumentException("lanes is " + lanes + ", and must be 4, 8 or 16");
        }
        Machine.check("registers", registers, 16, 64);
        Machine.check("fmas", fmas, 1, 8);
        Machine.check("cores", cores, 1, 4096);
        Machine.check("l1", l1, 8 << 10, 1 << 20);
        Machine.check("l2", l2, 64 << 10, 1 << 28);
    }

    /**
     * A processor of which only the width of vectors is known: those of sixteen floats come with 32 registers, others are taken to
     * have 16. The caches are the smallest that are common. Stores that store nothing are taken to do nothing.
     */
    public static Processor of(int lanes, int cores) {
        int registers = lanes == 16 ? 32 : 16;
        return new Processor("vectors of " + lanes, lanes, registers, 1, cores, 32 << 10, 512 << 10, false);
    }

    /** The same with as many threads. */
    public Processor withCores(int threads) {
        return new Processor(name, lanes, registers, fmas, threads, l1, l2, prefetches);
    }

    /** The same, of which it is known whether stores that store nothing prefetch. */
    public Processor prefetching(boolean prefetches) {
        return new Processor(name, lanes, registers, fmas, cores, l1, l2, prefetches);
    }

    /** Bits in a vector, as in {@code FloatVector.SPECIES_512}. */
    public int bits() {
        return lanes * Float.SIZE;
    }
}
