package uk.ac.manchester.tornado.api.types.arrays;

import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;

/** An array of {@code short} in the host's native memory. */
public final class ShortArray extends TornadoNativeArray {
    public ShortArray(int numberOfElements) {
        super(numberOfElements, Short.BYTES);
    }

    private ShortArray(MemorySegment elements) {
        super(elements, Short.BYTES);
    }

    /** A new array with a copy of the elements. */
    public static ShortArray fromSegment(MemorySegment segment) {
        return new ShortArray(segment);
    }

    public short get(int index) {
        return getSegment().getAtIndex(JAVA_SHORT, index);
    }

    public void set(int index, short value) {
        getSegment().setAtIndex(JAVA_SHORT, index, value);
    }

    public void init(short value) {
        for (int i = 0; i < getSize(); i++) {
            set(i, value);
        }
    }

    @Override
    public int getElementSize() {
        return Short.BYTES;
    }
}
