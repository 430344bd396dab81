package uk.ac.manchester.tornado.api.types.arrays;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/** An array of {@code float} in the host's native memory. */
public final class FloatArray extends TornadoNativeArray {
    public FloatArray(int numberOfElements) {
        super(numberOfElements, Float.BYTES);
    }

    private FloatArray(MemorySegment elements) {
        super(elements, Float.BYTES);
    }

    /** A new array with a copy of the elements. */
    public static FloatArray fromSegment(MemorySegment segment) {
        return new FloatArray(segment);
    }

    public float get(int index) {
        return getSegment().getAtIndex(JAVA_FLOAT, index);
    }

    public void set(int index, float value) {
        getSegment().setAtIndex(JAVA_FLOAT, index, value);
    }

    public void init(float value) {
        for (int i = 0; i < getSize(); i++) {
            set(i, value);
        }
    }

    @Override
    public int getElementSize() {
        return Float.BYTES;
    }
}
