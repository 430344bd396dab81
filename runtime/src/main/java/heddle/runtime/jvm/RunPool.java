package heddle.runtime.jvm;

import heddle.compiler.schedule.MemoryPlan;
import heddle.compiler.type.Stored;
import heddle.runtime.tensor.Tensor;
import java.lang.ref.SoftReference;
import java.lang.reflect.Array;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/**
 * Memory for the intermediate results of runs that go on at the same time: each run has its own. No more runs go on than
 * there are processors; others wait, first come first served. What a run leaves is kept for the next one, whatever its
 * lengths, until memory gets short.
 */
final class RunPool {
    private final Semaphore runs;
    private final Deque<SoftReference<List<Object>>> idle = new ArrayDeque<>();

    /** @param most how many runs may go on at once */
    RunPool(int most) {
        runs = new Semaphore(most, true);
    }

    /** Calls {@code run} with the arrays of a plan; what they hold is left over from other runs. */
    <T> T run(MemoryPlan plan, Function<List<Object>, T> run) {
        runs.acquireUninterruptibly();
        try {
            List<Object> left = take();
            List<Object> arrays = fitting(plan, left);
            try {
                return run.apply(arrays);
            } finally {
                left.addAll(arrays);
                synchronized (idle) {
                    idle.push(new SoftReference<>(left));
                }
            }
        } finally {
            runs.release();
        }
    }

    /** What the last run left, which is likeliest to be in a processor's cache. */
    private List<Object> take() {
        synchronized (idle) {
            while (!idle.isEmpty()) {
                List<Object> arrays = idle.pop().get();
                if (arrays != null) {
                    return new ArrayList<>(arrays);
                }
            }
            return new ArrayList<>();
        }
    }

    /**
     * Arrays of at least the plan's lengths: those of {@code left} that are long enough, which are removed from it, and
     * new ones. What this plan has no use for stays in {@code left}; where something new is made, what is too short for it
     * is let go first.
     */
    private static List<Object> fitting(MemoryPlan plan, List<Object> left) {
        List<Object> arrays = new ArrayList<>();
        for (MemoryPlan.Array wanted : plan.arrays()) {
            arrays.add(remove(left, wanted));
        }
        for (int i = 0; i < arrays.size(); i++) {
            if (arrays.get(i) == null) {
                Class<?> kind = kind(plan.arrays().get(i).storage());
                left.removeIf(a -> a.getClass() == kind);
            }
        }
        for (int i = 0; i < arrays.size(); i++) {
            if (arrays.get(i) == null) {
                MemoryPlan.Array wanted = plan.arrays().get(i);
                arrays.set(i, Tensor.newStorage(wanted.storage(), Math.toIntExact(elements(wanted))));
            }
        }
        return arrays;
    }

    /** The shortest array that is long enough, so that longer ones are left for those that need them; null when there is none. */
    private static Object remove(List<Object> left, MemoryPlan.Array wanted) {
        Class<?> kind = kind(wanted.storage());
        int best = -1;
        for (int i = 0; i < left.size(); i++) {
            Object array = left.get(i);
            if (array.getClass() == kind
                    && Array.getLength(array) >= elements(wanted)
                    && (best < 0 || Array.getLength(array) < Array.getLength(left.get(best)))) {
                best = i;
            }
        }
        return best < 0 ? null : left.remove(best);
    }

    /** Elements before the first line of a large array stay free. */
    private static long elements(MemoryPlan.Array wanted) {
        return CacheLines.first(wanted.storage()) + wanted.elements();
    }

    private static Class<?> kind(Stored storage) {
        return Tensor.newStorage(storage, 0).getClass();
    }
}
