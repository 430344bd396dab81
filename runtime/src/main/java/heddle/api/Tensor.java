package heddle.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A dense tensor, its elements in row-major order. Arrays go in and out without a copy.
 *
 * @since 0.2
 */
public final class Tensor {
    private final heddle.runtime.tensor.Tensor tensor;

    Tensor(heddle.runtime.tensor.Tensor tensor) {
        this.tensor = tensor;
    }

    static SequencedMap<String, Tensor> wrapped(Map<String, heddle.runtime.tensor.Tensor> tensors) {
        SequencedMap<String, Tensor> wrapped = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> wrapped.put(name, new Tensor(tensor)));
        return Collections.unmodifiableSequencedMap(wrapped);
    }

    static Map<String, heddle.runtime.tensor.Tensor> unwrapped(Map<String, Tensor> tensors) {
        Map<String, heddle.runtime.tensor.Tensor> unwrapped = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> unwrapped.put(name, tensor.tensor));
        return unwrapped;
    }

    /** @throws IllegalArgumentException when the array has not as many elements as the shape */
    public static Tensor of(float[] elements, long... shape) {
        return new Tensor(heddle.runtime.tensor.Tensor.of(elements, shape));
    }

    /** @throws IllegalArgumentException when the array has not as many elements as the shape */
    public static Tensor of(double[] elements, long... shape) {
        return new Tensor(heddle.runtime.tensor.Tensor.of(elements, shape));
    }

    /** @throws IllegalArgumentException when the array has not as many elements as the shape */
    public static Tensor of(long[] elements, long... shape) {
        return new Tensor(heddle.runtime.tensor.Tensor.of(elements, shape));
    }

    /** @throws IllegalArgumentException when the array has not as many elements as the shape */
    public static Tensor of(int[] elements, long... shape) {
        return new Tensor(heddle.runtime.tensor.Tensor.of(elements, shape));
    }

    /** @throws IllegalArgumentException when the array has not as many elements as the shape */
    public static Tensor of(boolean[] elements, long... shape) {
        return new Tensor(heddle.runtime.tensor.Tensor.of(elements, shape));
    }

    /** The same elements as another type: rounded to the nearest for floats, towards zero from floats to integers. */
    public Tensor as(ElementType type) {
        return new Tensor(tensor.cast(heddle.compiler.type.DType.valueOf(type.name())));
    }

    /** What it holds. */
    public ElementType elementType() {
        return ElementType.of(tensor.dtype());
    }

    /** Its lengths, one for each axis. */
    public long[] shape() {
        return tensor.shape();
    }

    /** How many elements it has. */
    public int size() {
        return tensor.size();
    }

    /** The elements of an F32, F16 or BF16 tensor, not a copy. @throws ClassCastException for another type */
    public float[] floats() {
        return tensor.floats();
    }

    /** The elements of an F64 tensor, not a copy. @throws ClassCastException for another type */
    public double[] doubles() {
        return tensor.doubles();
    }

    /** The elements of an I64 tensor, not a copy. @throws ClassCastException for another type */
    public long[] longs() {
        return tensor.longs();
    }

    /** The elements of an I32 tensor, not a copy. @throws ClassCastException for another type */
    public int[] ints() {
        return tensor.ints();
    }

    /** The elements of a BOOL tensor, not a copy. @throws ClassCastException for another type */
    public boolean[] booleans() {
        return tensor.booleans();
    }

    /**
     * The cosine between two rows of an F32 matrix: how alike two embeddings are.
     *
     * @param a the number of a row
     * @param b the number of another
     */
    public double cosine(int a, int b) {
        return heddle.runtime.text.Similarity.cosine(tensor, a, b);
    }

    /** {@code f32[2, 3]}. */
    @Override
    public String toString() {
        return tensor.toString();
    }
}
