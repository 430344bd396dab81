package uk.ac.manchester.tornado.api.types.arrays;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;

/** An array of {@code int} in the host's native memory. */
public final class IntArray extends TornadoNativeArray {
    public IntArray(int numberOfElements) {
        super(numberOfElements, Integer.BYTES);
    }

    private IntArray(MemorySegment elements) {
        super(elements, Integer.BYTES);
    }

    /** A new array with a copy of the elements. */
    public static IntArray fromSegment(MemorySegment segment) {
        return new IntArray(segment);
    }

    public int get(int index) {
        return getSegment().getAtIndex(JAVA_INT, index);
    }

    public void set(int index, int value) {
        getSegment().setAtIndex(JAVA_INT, index, value);
    }

    public void init(int value) {
        for (int i = 0; i < getSize(); i++) {
            set(i, value);
        }
    }

    @Override
    public int getElementSize() {
        return Integer.BYTES;
    }
}
