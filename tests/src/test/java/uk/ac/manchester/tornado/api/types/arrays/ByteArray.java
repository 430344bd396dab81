package uk.ac.manchester.tornado.api.types.arrays;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/** An array of {@code byte} in the host's native memory. */
public final class ByteArray extends TornadoNativeArray {
    public ByteArray(int numberOfElements) {
        super(numberOfElements, Byte.BYTES);
    }

    private ByteArray(MemorySegment elements) {
        super(elements, Byte.BYTES);
    }

    /** A new array with a copy of the elements. */
    public static ByteArray fromSegment(MemorySegment segment) {
        return new ByteArray(segment);
    }

    public byte get(int index) {
        return getSegment().get(JAVA_BYTE, index);
    }

    public void set(int index, byte value) {
        getSegment().set(JAVA_BYTE, index, value);
    }

    public void init(byte value) {
        for (int i = 0; i < getSize(); i++) {
            set(i, value);
        }
    }

    @Override
    public int getElementSize() {
        return Byte.BYTES;
    }
}
