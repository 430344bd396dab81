package heddle.runtime.jvm;

import heddle.compiler.scalar.Buffer;
import heddle.compiler.type.Stored;
import heddle.runtime.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The arrays that values computed from weights lie in: few and large ones, so that {@linkplain CacheLines lines} begin where the values
 * do. An array is made when the first of its buffers is asked for.
 */
final class WeightArrays {
    /** More than half of the largest usual region, and little enough to be found in one piece. */
    private static final int BYTES = 64 << 20;

    private static final class Slab {
        private final Stored stored;
        private int elements;
        private Object array;

        Slab(Stored stored) {
            this.stored = stored;
            this.elements = CacheLines.first(stored);
        }

        boolean takes(int more) {
            return elements == CacheLines.first(stored) || stored.bytes((long) elements + more) <= BYTES;
        }
    }

    private record Slot(Slab slab, int offset) {}

    private final Map<Buffer, Slot> slots = new HashMap<>();

    /** @throws heddle.dsl.diagnostic.DiagnosticException where one does not fit into an array */
    WeightArrays(Collection<Buffer> buffers) {
        Map<Stored, List<Slab>> arrays = new EnumMap<>(Stored.class);
        for (Buffer buffer : buffers) {
            Stored stored = buffer.stored();
            int elements = CacheLines.whole(stored, RunMemory.elements(buffer, Map.of()));
            List<Slab> some = arrays.computeIfAbsent(stored, s -> new ArrayList<>());
            Slab slab = some.stream().filter(s -> s.takes(elements)).findFirst().orElseGet(() -> {
                some.add(new Slab(stored));
                return some.getLast();
            });
            slots.put(buffer, new Slot(slab, slab.elements));
            slab.elements += elements;
        }
    }

    boolean has(Buffer buffer) {
        return slots.containsKey(buffer);
    }

    /** Where the elements of a buffer lie, which are zeros until somebody writes them. */
    RunMemory.Place place(Buffer buffer) {
        Slot slot = slots.get(buffer);
        Slab slab = slot.slab;
        if (slab.array == null) {
            slab.array = Tensor.newStorage(slab.stored, slab.elements);
        }
        return new RunMemory.Place(slab.array, slot.offset);
    }
}
