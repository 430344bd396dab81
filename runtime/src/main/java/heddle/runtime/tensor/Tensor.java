package heddle.runtime.tensor;

import heddle.compiler.type.DType;
import heddle.compiler.type.Stored;
import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * A dense row-major tensor on the JVM heap. Elements of {@code f32}, {@code f16} and {@code bf16} are held in a
 * {@code float[]} (the sixteen-bit types only hold values their format has), {@code f64} in a {@code double[]},
 * {@code i64} in a {@code long[]}, {@code i32} in an {@code int[]} and {@code bool} in a {@code boolean[]}. A weight may be
 * held {@linkplain #packed in fewer bytes}.
 */
public final class Tensor {
    private final DType dtype;
    private final long[] shape;
    private final int size;
    private final Stored stored;
    private final Object storage;

    private Tensor(DType dtype, long[] shape, Stored stored, Object storage) {
        long elements = 1;
        for (long d : shape) {
            if (d < 0) {
                throw new IllegalArgumentException("negative length in " + Arrays.toString(shape));
            }
            elements = Math.multiplyExact(elements, d);
        }
        if (!StoredArray.fits(storage, stored, elements)) {
            throw new IllegalArgumentException("shape " + Arrays.toString(shape) + " has " + elements
                    + " elements, the array " + Array.getLength(storage));
        }
        this.dtype = dtype;
        this.shape = shape.clone();
        this.size = Math.toIntExact(elements);
        this.stored = stored;
        this.storage = storage;
    }

    private Tensor(DType dtype, long[] shape, Object storage) {
        this(dtype, shape, Stored.of(dtype), storage);
    }

    public static Tensor of(float[] elements, long... shape) {
        return new Tensor(DType.F32, shape, elements);
    }

    public static Tensor of(double[] elements, long... shape) {
        return new Tensor(DType.F64, shape, elements);
    }

    public static Tensor of(long[] elements, long... shape) {
        return new Tensor(DType.I64, shape, elements);
    }

    public static Tensor of(int[] elements, long... shape) {
        return new Tensor(DType.I32, shape, elements);
    }

    public static Tensor of(boolean[] elements, long... shape) {
        return new Tensor(DType.BOOL, shape, elements);
    }

    /** A tensor over an array of the kind that {@link #newStorage} gives for {@code dtype}; the array is not copied. */
    public static Tensor wrap(DType dtype, long[] shape, Object storage) {
        if (storage.getClass() != newStorage(dtype, 0).getClass()) {
            throw new IllegalArgumentException(
                    dtype + " is not held in " + storage.getClass().getSimpleName());
        }
        return new Tensor(dtype, shape, storage);
    }

    /**
     * A tensor that is held in a packed form, as weights are in their files.
     *
     * @param dtype  of its values, a type of floats
     * @param stored the form
     * @param held   an array that {@link #newStorage(Stored, int)} gives; it is not copied
     */
    public static Tensor packed(DType dtype, long[] shape, Stored stored, Object held) {
        boolean own = stored == Stored.packed(dtype) || dtype == DType.F32;
        if (!stored.isPacked() || !own) {
            throw new IllegalArgumentException(dtype + " is not packed as " + stored);
        }
        return new Tensor(dtype, shape, stored, held);
    }

    /** A tensor of zeros. */
    public static Tensor zeros(DType dtype, long... shape) {
        long size = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        return new Tensor(dtype, shape, newStorage(dtype, Math.toIntExact(size)));
    }

    /** An array that holds {@code length} elements of {@code dtype}. */
    public static Object newStorage(DType dtype, int length) {
        return newStorage(Stored.of(dtype), length);
    }

    /** An array that holds {@code length} elements as {@code stored} says. */
    public static Object newStorage(Stored stored, int length) {
        return switch (stored) {
            case F32 -> new float[length];
            case F64 -> new double[length];
            case I64 -> new long[length];
            case I32 -> new int[length];
            case BOOL -> new boolean[length];
            case F16, BF16 -> new short[length];
            case I8, I4 -> new byte[StoredArray.length(stored, length)];
        };
    }

    public DType dtype() {
        return dtype;
    }

    public long[] shape() {
        return shape.clone();
    }

    public int size() {
        return size;
    }

    /** What its array holds for each element. */
    public Stored stored() {
        return stored;
    }

    /** The array behind this tensor, of the kind that {@link #newStorage(Stored, int)} gives, not a copy. */
    public Object held() {
        return storage;
    }

    /** The elements in an array of the kind that {@link #newStorage(DType, int)} gives: not a copy unless it is packed. */
    public Object storage() {
        return stored.isPacked() ? StoredArray.widened(storage, stored, 0, size) : storage;
    }

    /** A tensor with an array of its own. */
    public Tensor copy() {
        Object array = Array.newInstance(storage.getClass().componentType(), Array.getLength(storage));
        System.arraycopy(storage, 0, array, 0, Array.getLength(storage));
        return new Tensor(dtype, shape, stored, array);
    }

    /** This tensor, or a copy that is not packed. */
    public Tensor unpacked() {
        return stored.isPacked() ? new Tensor(dtype, shape, storage()) : this;
    }

    /** The elements of an f32, f16 or bf16 tensor, not a copy unless it is packed. */
    public float[] floats() {
        return (float[]) storage();
    }

    /** The elements of an i64 tensor, not a copy. */
    public long[] longs() {
        return (long[]) storage;
    }

    /** The elements of an f64 tensor, not a copy. */
    public double[] doubles() {
        return (double[]) storage;
    }

    /** The elements of an i32 tensor, not a copy. */
    public int[] ints() {
        return (int[]) storage;
    }

    /** The elements of a bool tensor, not a copy. */
    public boolean[] booleans() {
        return (boolean[]) storage;
    }

    /** Bytes the elements take in a file. */
    public long bytes() {
        return stored.isPacked() ? stored.bytes(size) : (long) size * dtype.bytes();
    }

    /**
     * The elements converted: floats to integers round towards zero, to sixteen-bit floats to the nearest; anything but
     * zero is true. This tensor itself when it has the type.
     */
    public Tensor cast(DType to) {
        if (to == dtype) {
            return this;
        }
        if (to == DType.F32 && dtype.isFloat() && !(storage instanceof double[])) {
            return new Tensor(to, shape, stored, storage); // every sixteen-bit float is an f32
        }
        Object result = newStorage(to, size());
        for (int i = 0; i < size(); i++) {
            switch (result) {
                case float[] a -> a[i] = round(to, storage instanceof long[] l ? l[i] : (float) element(i));
                case double[] a -> a[i] = element(i);
                case long[] a -> a[i] = storage instanceof int[] s ? s[i] : (long) element(i);
                case int[] a -> a[i] = storage instanceof long[] l ? (int) l[i] : (int) element(i);
                case boolean[] a -> a[i] = element(i) != 0;
                default -> throw new AssertionError(result.getClass());
            }
        }
        return new Tensor(to, shape, result);
    }

    /** Rounds floats that were stored in place to values that this tensor's format has. */
    public Tensor rounded() {
        if (storage instanceof float[] a && dtype != DType.F32) {
            for (int i = 0; i < a.length; i++) {
                a[i] = round(dtype, a[i]);
            }
        }
        return this;
    }

    private static float round(DType to, float value) {
        return switch (to) {
            case F16 -> Float.float16ToFloat(Float.floatToFloat16(value));
            case BF16 -> Bfloat16.toFloat(Bfloat16.fromFloat(value));
            default -> value;
        };
    }

    /** Whether every value of {@code from} is exactly a value of {@code to}. */
    public static boolean isLossless(DType from, DType to) {
        return from == to
                || switch (from) {
                    case F16, BF16 -> to == DType.F32 || to == DType.F64;
                    case F32 -> to == DType.F64;
                    case I32 -> to == DType.I64 || to == DType.F64;
                    case F64, I64, BOOL -> false;
                };
    }

    /** One element as a double; bools are 0 and 1. */
    public double element(int index) {
        return switch (storage) {
            case float[] a -> a[index];
            case double[] a -> a[index];
            case long[] a -> a[index];
            case int[] a -> a[index];
            case boolean[] a -> a[index] ? 1 : 0;
            default -> StoredArray.element(storage, stored, index);
        };
    }

    /** {@code f32[2, 3]}. */
    @Override
    public String toString() {
        return dtype + Arrays.stream(shape).mapToObj(String::valueOf).collect(Collectors.joining(", ", "[", "]"));
    }
}
