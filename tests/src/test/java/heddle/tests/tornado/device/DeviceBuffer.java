package heddle.tests.tornado.device;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import uk.ac.manchester.tornado.api.types.arrays.ByteArray;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** The device's copy of an array of the host: garbage until it is transferred or a kernel writes it. */
final class DeviceBuffer {
    private final TornadoNativeArray host;
    private final Object data;
    private final MemorySegment segment;
    private final BitSet written = new BitSet();
    private boolean complete;

    DeviceBuffer(TornadoNativeArray host) {
        this.host = host;
        int size = host.getSize();
        switch (host) {
            case FloatArray f -> segment = MemorySegment.ofArray((float[]) (data = new float[size]));
            case DoubleArray d -> segment = MemorySegment.ofArray((double[]) (data = new double[size]));
            case IntArray i -> segment = MemorySegment.ofArray((int[]) (data = new int[size]));
            case LongArray l -> segment = MemorySegment.ofArray((long[]) (data = new long[size]));
            case ShortArray t -> segment = MemorySegment.ofArray((short[]) (data = new short[size]));
            case ByteArray b -> segment = MemorySegment.ofArray((byte[]) (data = new byte[size]));
        }
        invalidate();
    }

    TornadoNativeArray host() {
        return host;
    }

    long bytes() {
        return segment.byteSize();
    }

    int size() {
        return host.getSize();
    }

    /** The elements: a {@code float[]}, {@code double[]}, {@code int[]}, {@code long[]}, {@code short[]} or {@code byte[]}. */
    Object data() {
        return data;
    }

    void transferToDevice() {
        segment.copyFrom(host.getSegment());
        complete = true;
    }

    void transferToHost() {
        host.getSegment().copyFrom(segment);
    }

    /** Forgets what was written. */
    void invalidate() {
        Garbage.fill(data);
        written.clear();
        complete = host.getSize() == 0;
    }

    boolean holds(int index) {
        return complete || written.get(index);
    }

    void wrote(int index) {
        if (!complete) {
            written.set(index);
        }
    }
}
