package uk.ac.manchester.tornado.api.types.arrays;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import java.lang.foreign.MemorySegment;

/** An array of {@code double} in the host's native memory. */
public final class DoubleArray extends TornadoNativeArray {
    public DoubleArray(int numberOfElements) {
        super(numberOfElements, Double.BYTES);
    }

    private DoubleArray(MemorySegment elements) {
        super(elements, Double.BYTES);
    }

    /** A new array with a copy of the elements. */
    public static DoubleArray fromSegment(MemorySegment segment) {
        return new DoubleArray(segment);
    }

    public double get(int index) {
        return getSegment().getAtIndex(JAVA_DOUBLE, index);
    }

    public void set(int index, double value) {
        getSegment().setAtIndex(JAVA_DOUBLE, index, value);
    }

    public void init(double value) {
        for (int i = 0; i < getSize(); i++) {
            set(i, value);
        }
    }

    @Override
    public int getElementSize() {
        return Double.BYTES;
    }
}
