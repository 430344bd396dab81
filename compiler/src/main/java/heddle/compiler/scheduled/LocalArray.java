package heddle.compiler.scheduled;

import heddle.compiler.scalar.Buffer;
import heddle.compiler.type.DType;
import heddle.compiler.type.Precision;
import heddle.compiler.type.TensorType;

/**
 * An array in the local memory of a group, which its threads share. Addresses in it begin at zero for each group.
 *
 * @param elements how many
 */
public record LocalArray(Buffer buffer, int elements) {
    /** An array of values as they are computed: sixteen-bit floats are rounded when they leave the kernel. */
    public static LocalArray of(String name, DType type, int elements) {
        return new LocalArray(new Buffer(name, TensorType.scalar(Precision.computed(type))), elements);
    }

    /** Of its elements. */
    public DType type() {
        return buffer.type().dtype();
    }

    /** The same array with room for more. */
    public LocalArray atLeast(int more) {
        return new LocalArray(buffer, Math.max(elements, more));
    }

    /** Bytes that it takes. */
    public long bytes() {
        return buffer.stored().bytes(elements);
    }
}
