package heddle.runtime.jvm;

import heddle.compiler.scalar.Buffer;
import heddle.compiler.schedule.MemoryPlan;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The memory of the buffers of a plan: an array and an offset for each. */
final class RunMemory {
    /** A little less than an array can have, so that the places of others may begin at round numbers. */
    private static final int MAX_ELEMENTS = Integer.MAX_VALUE - 64;

    private record Place(Object array, int offset) {}

    /** A call's arrays and offsets, in the order of its arguments. */
    record Arguments(Object[] arrays, int[] offsets) {}

    /** By the buffer's name, which is unique in a plan and quick to look up. */
    private final Map<String, Place> places = new HashMap<>();

    RunMemory() {}

    /** Memory that starts with what {@code other} holds. */
    RunMemory(RunMemory other) {
        places.putAll(other.places);
    }

    /** Says that a buffer's elements are those of {@code array}. */
    void put(Buffer buffer, Object array) {
        put(buffer, array, 0);
    }

    /** Says that a buffer's elements are those of {@code array} from {@code offset} on. */
    void put(Buffer buffer, Object array, int offset) {
        places.put(buffer.name(), new Place(array, offset));
    }

    boolean has(Buffer buffer) {
        return places.containsKey(buffer.name());
    }

    Object array(Buffer buffer) {
        return places.get(buffer.name()).array();
    }

    /** Gives a buffer an array of its own. */
    Object allocate(Buffer buffer, Map<String, Long> lengths) {
        Object array = Tensor.newStorage(buffer.stored(), elements(buffer, lengths));
        put(buffer, array);
        return array;
    }

    /** Sets buffers of floats to zero. */
    void clear(Collection<Buffer> buffers, Map<String, Long> lengths) {
        for (Buffer buffer : buffers) {
            Place place = places.get(buffer.name());
            int end = place.offset() + elements(buffer, lengths);
            switch (place.array()) {
                case float[] a -> Arrays.fill(a, place.offset(), end, 0);
                case double[] a -> Arrays.fill(a, place.offset(), end, 0);
                default -> throw new IllegalStateException("nothing is added to " + buffer);
            }
        }
    }

    /** Takes a buffer's memory away. */
    void remove(Buffer buffer) {
        places.remove(buffer.name());
    }

    /** Gives the buffers of a memory plan their places in arrays that they share. */
    void place(MemoryPlan plan, List<Object> arrays) {
        plan.places().forEach((buffer, place) -> put(buffer, arrays.get(place.array()), place.offset()));
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
        long size = buffer.type().shape().size().evaluate(lengths);
        if (size > MAX_ELEMENTS) {
            throw new DiagnosticException(Diagnostic.of(
                            JvmCode.BUFFER_TOO_LARGE,
                            "a tensor " + buffer.type() + " has " + size + " elements"
                                    + (lengths.isEmpty() ? "" : " for " + lengths))
                    .hint("the jvm target holds a tensor in one array, of " + MAX_ELEMENTS + " elements at the most: "
                            + (lengths.isEmpty()
                                    ? "write a smaller shape in the model"
                                    : "use shorter lengths or smaller batches")));
        }
        return (int) size;
    }
}
