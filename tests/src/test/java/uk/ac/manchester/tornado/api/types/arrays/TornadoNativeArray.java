package uk.ac.manchester.tornado.api.types.arrays;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** An array of numbers in the host's native memory; what a kernel sees of it is the device's copy. */
public abstract sealed class TornadoNativeArray
        permits ByteArray, DoubleArray, FloatArray, IntArray, LongArray, ShortArray {
    private final MemorySegment segment;

    TornadoNativeArray(int size, int elementBytes) {
        this.segment = Arena.ofAuto().allocate((long) size * elementBytes, Long.BYTES);
    }

    TornadoNativeArray(MemorySegment elements, int elementBytes) {
        this(Math.toIntExact(elements.byteSize() / elementBytes), elementBytes);
        if (elements.byteSize() % elementBytes != 0) {
            throw new IllegalArgumentException(
                    elements.byteSize() + " bytes are not a whole number of elements of " + elementBytes + " bytes");
        }
        segment.copyFrom(elements);
    }

    public abstract int getElementSize();

    public int getSize() {
        return (int) (segment.byteSize() / getElementSize());
    }

    public MemorySegment getSegment() {
        return segment;
    }
}
