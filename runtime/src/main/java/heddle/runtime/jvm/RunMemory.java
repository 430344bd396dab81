package heddle.runtime.jvm;

import heddle.compiler.scalar.Buffer;
import heddle.compiler.schedule.MemoryPlan;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The memory of the buffers of a plan: an array and an offset for each. */
final class RunMemory {
    /** An array that holds elements from {@code offset} on. */
    record Place(Object array, int offset) {
        static Place whole(Object array) {
            return new Place(array, 0);
        }
    }

    /** A call's arrays and offsets, in the order of its arguments. */
    record Arguments(Object[] arrays, int[] offsets) {}

    /** By the buffer's name, which is unique in a plan and quick to look up. */
    private final Map<String, Place> places = new HashMap<>();

    RunMemory() {}

    /** Memory that starts with what {@code other} holds. */
    RunMemory(RunMemory other) {
        places.putAll(other.places);
    }

    /** Says where a buffer's elements are. */
    void put(Buffer buffer, Place place) {
        places.put(buffer.name(), place);
    }

    boolean has(Buffer buffer) {
        return places.containsKey(buffer.name());
    }

    Place place(Buffer buffer) {
        return places.get(buffer.name());
    }

    /** Gives a buffer an array of its own. */
    void allocate(Buffer buffer, Map<String, Long> lengths) {
        put(buffer, Place.whole(Tensor.newStorage(buffer.stored(), elements(buffer, lengths))));
    }

    /** Takes a buffer's memory away. */
    void remove(Buffer buffer) {
        places.remove(buffer.name());
    }

    /** Gives the buffers of a memory plan their places in arrays that they share, which begin at the first line of each. */
    void place(MemoryPlan plan, List<Object> arrays) {
        plan.places()
                .forEach((buffer, place) -> put(
                        buffer,
                        new Place(arrays.get(place.array()), CacheLines.first(buffer.stored()) + place.offset())));
    }

    Arguments arguments(List<Buffer> buffers) {
        Object[] arrays = new Object[buffers.size()];
        int[] offsets = new int[arrays.length];
        for (int i = 0; i < arrays.length; i++) {
            Place place = places.get(buffers.get(i).name());
            if (place == null) {
                throw new IllegalStateException("buffer " + buffers.get(i) + " was never given memory");
            }
            arrays[i] = place.array();
            offsets[i] = place.offset();
        }
        return new Arguments(arrays, offsets);
    }

    /** The elements a buffer has. @throws DiagnosticException when they do not fit into an array */
    static int elements(Buffer buffer, Map<String, Long> lengths) {
        long size = buffer.type().shape().size(lengths);
        if (size > MemoryPlan.MAX_ELEMENTS) {
            throw new DiagnosticException(Diagnostic.of(
                            JvmCode.BUFFER_TOO_LARGE,
                            "a tensor " + buffer.type() + " has " + size + " elements"
                                    + (lengths.isEmpty() ? "" : " for " + lengths))
                    .hint("the jvm target holds a tensor in one array, of " + MemoryPlan.MAX_ELEMENTS
                            + " elements at the most: "
                            + (lengths.isEmpty()
                                    ? "write a smaller shape in the model"
                                    : "use shorter lengths or smaller batches")));
        }
        return (int) size;
    }
}
