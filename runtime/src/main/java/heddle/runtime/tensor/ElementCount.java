package heddle.runtime.tensor;

import java.util.List;

/** The number of elements of a shape that a file states. */
public final class ElementCount {
    private ElementCount() {}

    /** @throws IllegalArgumentException for a negative length, or more elements than a Java array holds */
    public static int of(List<Long> shape) {
        if (shape.stream().anyMatch(d -> d < 0)) {
            throw new IllegalArgumentException("the shape " + shape + " has a negative length");
        }
        if (shape.contains(0L)) {
            return 0;
        }
        long count = 1;
        for (long d : shape) {
            if (d > Integer.MAX_VALUE / count) {
                throw new IllegalArgumentException("the shape " + shape + " has more than 2^31 - 1 elements");
            }
            count *= d;
        }
        return (int) count;
    }
}
