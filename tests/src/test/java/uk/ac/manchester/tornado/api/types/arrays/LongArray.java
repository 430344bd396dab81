package uk.ac.manchester.tornado.api.types.arrays;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/** An array of {@code long} in the host's native memory. */
public final class LongArray extends TornadoNativeArray {
    public LongArray(int numberOfElements) {
        super(numberOfElements, Long.BYTES);
    }

    private LongArray(MemorySegment elements) {
        super(elements, Long.BYTES);
    }

    /** A new array with a copy of the elements. */
    public static LongArray fromSegment(MemorySegment segment) {
        return new LongArray(segment);
    }

    public long get(int index) {
        return getSegment().getAtIndex(JAVA_LONG, index);
    }

    public void set(int index, long value) {
        getSegment().setAtIndex(JAVA_LONG, index, value);
    }

    public void init(long value) {
        for (int i = 0; i < getSize(); i++) {
            set(i, value);
        }
    }

    @Override
    public int getElementSize() {
        return Long.BYTES;
    }
}
