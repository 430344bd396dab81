package heddle.runtime.jvm;

import heddle.compiler.schedule.MemoryPlan;
import heddle.compiler.type.Stored;

/**
 * The floats that each thread has to itself while it computes the blocks of a kernel: parts of one array, which begin at {@linkplain
 * CacheLines cache lines}.
 *
 * @param each floats of a thread
 */
record WorkerTiles(float[] array, int each) {
    /** The array for some threads, whose parts have {@code floats} each. */
    static MemoryPlan.Array array(int threads, int floats) {
        long all = (long) threads * CacheLines.whole(Stored.F32, floats);
        return new MemoryPlan.Array(Stored.F32, all == 0 ? 0 : CacheLines.large(Stored.F32, all));
    }

    static WorkerTiles of(Object array, int floats) {
        return new WorkerTiles((float[]) array, CacheLines.whole(Stored.F32, floats));
    }

    /** Where the part of a thread begins. */
    int at(int thread) {
        return CacheLines.first(Stored.F32) + thread * each;
    }
}
