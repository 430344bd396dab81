package heddle.runtime.jvm;

import heddle.compiler.type.Stored;
import java.lang.ref.SoftReference;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;

/**
 * The floats that each thread has to itself while it computes the blocks of a kernel: parts of one array, which begin at {@linkplain
 * CacheLines cache lines}. Runs of all models take their arrays from one pool: there are as many as runs that went on at once, until
 * memory gets short.
 */
final class WorkerTiles {
    private static final Deque<SoftReference<float[]>> IDLE = new ArrayDeque<>();

    private final float[] array;
    private final int each;

    private WorkerTiles(float[] array, int each) {
        this.array = array;
        this.each = each;
    }

    /**
     * Calls {@code run} with tiles that nobody else has meanwhile. They hold what others left.
     *
     * @param threads that compute blocks
     * @param floats  that each of them needs
     */
    static <T> T with(int threads, int floats, Function<WorkerTiles, T> run) {
        int each = CacheLines.whole(Stored.F32, floats);
        if (each == 0) {
            return run.apply(new WorkerTiles(new float[0], 0));
        }
        float[] array = take(Math.addExact(CacheLines.first(Stored.F32), Math.multiplyExact(threads, each)));
        try {
            return run.apply(new WorkerTiles(array, each));
        } finally {
            synchronized (IDLE) {
                IDLE.push(new SoftReference<>(array));
            }
        }
    }

    /** The array that was used last, which is likeliest to be in a processor's cache, or a new one where that is too short. */
    private static float[] take(int length) {
        SoftReference<float[]> last;
        synchronized (IDLE) {
            last = IDLE.poll();
        }
        float[] array = last == null ? null : last.get();
        return array != null && array.length >= length ? array : new float[CacheLines.large(Stored.F32, length)];
    }

    float[] array() {
        return array;
    }

    /** Where the part of a thread begins. */
    int at(int thread) {
        return each == 0 ? 0 : CacheLines.first(Stored.F32) + thread * each;
    }
}
