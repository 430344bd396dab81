package heddle.runtime.jvm;

import heddle.compiler.schedule.MemoryPlan;
import heddle.compiler.type.DType;
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
            List<Object> arrays = fitting(plan, take());
            try {
                return run.apply(arrays);
            } finally {
                synchronized (idle) {
                    idle.push(new SoftReference<>(arrays));
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

    /** Arrays of at least the plan's lengths: those of {@code left} that are long enough, and new ones. */
    private static List<Object> fitting(MemoryPlan plan, List<Object> left) {
        List<Object> arrays = new ArrayList<>();
        for (MemoryPlan.Array wanted : plan.arrays()) {
            Object found = remove(left, wanted);
            arrays.add(found);
        }
        left.clear(); // What is too short makes room for what is made now.
        for (int i = 0; i < arrays.size(); i++) {
            if (arrays.get(i) == null) {
                MemoryPlan.Array wanted = plan.arrays().get(i);
                arrays.set(i, Tensor.newStorage(wanted.storage(), Math.toIntExact(wanted.elements())));
            }
        }
        return arrays;
    }

    private static Object remove(List<Object> left, MemoryPlan.Array wanted) {
        Class<?> kind = kind(wanted.storage());
        for (int i = 0; i < left.size(); i++) {
            if (left.get(i).getClass() == kind && Array.getLength(left.get(i)) >= wanted.elements()) {
                return left.remove(i);
            }
        }
        return null;
    }

    private static Class<?> kind(DType storage) {
        return Tensor.newStorage(storage, 0).getClass();
    }
}
