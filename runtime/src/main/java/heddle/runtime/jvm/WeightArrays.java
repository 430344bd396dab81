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
 * The arrays that values computed from weights share: few and large, so that {@linkplain CacheLines lines} begin where the values do.
 * An array is made when the first of its buffers is asked for.
 */
final class WeightArrays {
    /** Enough to begin a region of its own with any heap, and little enough to be found in one piece. */
    private static final int BYTES = 64 << 20;

    private static final class Shared {
        private final Stored stored;
        private int elements;
        private Object array;

        Shared(Stored stored) {
            this.stored = stored;
            this.elements = CacheLines.first(stored);
        }

        boolean takes(int more) {
            return elements == CacheLines.first(stored) || stored.bytes((long) elements + more) <= BYTES;
        }
    }

    private record Share(Shared of, int offset) {}

    private final Map<Buffer, Share> shares = new HashMap<>();

    /** @throws heddle.dsl.diagnostic.DiagnosticException where one does not fit into an array */
    WeightArrays(Collection<Buffer> buffers) {
        Map<Stored, List<Shared>> arrays = new EnumMap<>(Stored.class);
        for (Buffer buffer : buffers) {
            Stored stored = buffer.stored();
            int elements = CacheLines.whole(stored, RunMemory.elements(buffer, Map.of()));
            List<Shared> some = arrays.computeIfAbsent(stored, s -> new ArrayList<>());
            if (some.isEmpty() || !some.getLast().takes(elements)) {
                some.add(new Shared(stored));
            }
            Shared array = some.getLast();
            shares.put(buffer, new Share(array, array.elements));
            array.elements += elements;
        }
    }

    boolean has(Buffer buffer) {
        return shares.containsKey(buffer);
    }

    /** Where the elements of a buffer lie, which are zeros until somebody writes them. */
    RunMemory.Place place(Buffer buffer) {
        Share share = shares.get(buffer);
        Shared shared = share.of;
        if (shared.array == null) {
            shared.array = Tensor.newStorage(shared.stored, shared.elements);
        }
        return new RunMemory.Place(shared.array, share.offset);
    }
}
