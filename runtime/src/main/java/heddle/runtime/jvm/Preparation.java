package heddle.runtime.jvm;

import heddle.compiler.backend.jvm.JavaSource;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.schedule.Plan;
import heddle.runtime.tensor.StoredArray;
import heddle.runtime.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Loads weights and computes what depends on them alone. A weight that only this reads is let go as soon as it was read
 * for the last time: packed weights do not stay in memory beside the ones they were packed from.
 */
final class Preparation {
    private final Plan plan;
    private final List<JavaSource.Call> calls;
    private final Map<String, Tensor> weights;
    private final Map<Buffer, String> names = new HashMap<>();

    /** @param calls run once, in this order */
    Preparation(Plan plan, List<JavaSource.Call> calls, Map<String, Tensor> weights) {
        this.plan = plan;
        this.calls = calls;
        this.weights = weights;
        plan.weights().forEach((name, buffer) -> names.put(buffer, name));
    }

    /**
     * Leaves in {@code memory} what runs need.
     *
     * @param there what another program holds: it is taken, not computed again
     * @param held  gets what this one holds
     */
    void run(
            Map<WeightContent, RunMemory.Place> there,
            Map<WeightContent, RunMemory.Place> held,
            RunMemory memory,
            Consumer<JavaSource.Call> kernel) {
        plan.constants().forEach(c -> memory.put(c.buffer(), RunMemory.Place.whole(array(c))));
        Set<Buffer> kept = neededByRuns(plan);
        Map<Buffer, WeightContent> contents = WeightContent.of(plan, calls);
        contents.keySet().retainAll(kept);
        contents.forEach((buffer, content) -> {
            if (there.containsKey(content)) {
                memory.put(buffer, there.get(content));
            }
        });
        List<JavaSource.Call> missing = missing(kept, memory);
        WeightArrays arrays = new WeightArrays(missing.stream()
                .flatMap(call -> call.kernel().writes().stream())
                .filter(b -> kept.contains(b) && !memory.has(b))
                .distinct()
                .toList());
        Map<Buffer, Integer> last = new HashMap<>();
        for (int i = 0; i < missing.size(); i++) {
            for (Buffer b : missing.get(i).arguments()) {
                last.put(b, i);
            }
        }
        for (int i = 0; i < missing.size(); i++) {
            JavaSource.Call call = missing.get(i);
            call.arguments().forEach(b -> load(b, memory));
            // A buffer is filled by one kernel and combined with more by the next, as scatters are.
            call.kernel().writes().stream().filter(b -> !memory.has(b)).forEach(b -> {
                if (arrays.has(b)) {
                    memory.put(b, arrays.place(b));
                } else {
                    memory.allocate(b, Map.of());
                }
            });
            kernel.accept(call);
            for (Buffer b : call.arguments()) {
                if (last.get(b) == i && !kept.contains(b)) {
                    memory.remove(b);
                }
            }
        }
        kept.forEach(b -> load(b, memory));
        contents.forEach((buffer, content) -> held.put(content, memory.place(buffer)));
    }

    /** The calls that give what is needed and not there, in order. */
    private List<JavaSource.Call> missing(Set<Buffer> kept, RunMemory memory) {
        Set<Buffer> needed = new HashSet<>(kept);
        List<JavaSource.Call> missing = new ArrayList<>();
        for (JavaSource.Call call : calls.reversed()) {
            if (call.kernel().writes().stream().anyMatch(b -> needed.contains(b) && !memory.has(b))) {
                missing.addFirst(call);
                needed.addAll(call.arguments());
            }
        }
        return missing;
    }

    /** Bytes of what it leaves, constants aside. */
    static long bytes(Plan plan) {
        Set<Buffer> left = new HashSet<>(plan.weights().values());
        plan.prepare().forEach(k -> left.addAll(k.writes()));
        left.retainAll(neededByRuns(plan));
        return left.stream().mapToLong(Preparation::bytes).sum();
    }

    private static long bytes(Buffer buffer) {
        long elements = buffer.type().shape().size().evaluate(Map.of());
        return buffer.stored().bytes(elements);
    }

    private void load(Buffer buffer, RunMemory memory) {
        if (names.containsKey(buffer) && !memory.has(buffer)) {
            Object array = StoredArray.of(weights.get(names.get(buffer)), buffer.stored());
            memory.put(buffer, RunMemory.Place.whole(array));
        }
    }

    private static Set<Buffer> neededByRuns(Plan plan) {
        Set<Buffer> needed = new HashSet<>(plan.outputs().values());
        plan.launches().forEach(k -> needed.addAll(k.reads()));
        return needed;
    }

    private static Object array(Plan.ConstantBuffer constant) {
        List<Double> values = constant.values();
        Object array = Tensor.newStorage(constant.buffer().type().dtype(), values.size());
        for (int i = 0; i < values.size(); i++) {
            switch (array) {
                case float[] a -> a[i] = values.get(i).floatValue();
                case double[] a -> a[i] = values.get(i);
                case long[] a -> a[i] = values.get(i).longValue();
                case int[] a -> a[i] = values.get(i).intValue();
                case boolean[] a -> a[i] = values.get(i) != 0;
                default -> throw new AssertionError(array.getClass());
            }
        }
        return array;
    }
}
