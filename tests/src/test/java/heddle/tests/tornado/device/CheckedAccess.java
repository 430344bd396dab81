package heddle.tests.tornado.device;

import java.util.List;
import java.util.function.IntFunction;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.ByteArray;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * What loaded kernels call in place of array accesses, barriers and allocations; each call ends with the thread's context and the source line.
 * Accesses of local and private arrays look alike in Java: an array that its group does not know is the thread's own.
 */
public final class CheckedAccess {
    private CheckedAccess() {}

    /** The first call of a kernel: its file, its name and the names of its parameters, separated by commas. */
    public static void enter(KernelContext context, String file, String kernel, String parameters) {
        Launch launch = ((KernelThread) context).workGroup().launch();
        if (!launch.site().known()) {
            launch.enter(new KernelSite(file, kernel, List.of(parameters.split(","))));
        }
    }

    public static void localBarrier(KernelContext context, int line) {
        ((KernelThread) context).barrier(line);
    }

    /** An array of the thread's own, which holds garbage as it would on a device. */
    public static Object privateArray(Object array) {
        Garbage.fill(array);
        return array;
    }

    public static float[] allocateFloatLocalArray(KernelContext context, int size, String name, int line) {
        return (float[]) allocate(context, size, Float.BYTES, float[]::new, name, line);
    }

    public static double[] allocateDoubleLocalArray(KernelContext context, int size, String name, int line) {
        return (double[]) allocate(context, size, Double.BYTES, double[]::new, name, line);
    }

    public static int[] allocateIntLocalArray(KernelContext context, int size, String name, int line) {
        return (int[]) allocate(context, size, Integer.BYTES, int[]::new, name, line);
    }

    public static long[] allocateLongLocalArray(KernelContext context, int size, String name, int line) {
        return (long[]) allocate(context, size, Long.BYTES, long[]::new, name, line);
    }

    public static byte[] allocateByteLocalArray(KernelContext context, int size, String name, int line) {
        return (byte[]) allocate(context, size, Byte.BYTES, byte[]::new, name, line);
    }

    private static Object allocate(
            KernelContext context, int size, int bytes, IntFunction<Object> array, String name, int line) {
        KernelThread thread = (KernelThread) context;
        WorkGroup group = thread.workGroup();
        LocalArray local = group.allocated(name, line);
        if (local == null) {
            local = new LocalArray(array.apply(size), name, line);
            group.add(local, (long) size * bytes, thread, line);
        }
        return local.data();
    }

    public static float load(float[] array, int index, KernelContext context, int line) {
        read(array, array.length, index, context, line);
        return array[index];
    }

    public static double load(double[] array, int index, KernelContext context, int line) {
        read(array, array.length, index, context, line);
        return array[index];
    }

    public static int load(int[] array, int index, KernelContext context, int line) {
        read(array, array.length, index, context, line);
        return array[index];
    }

    public static long load(long[] array, int index, KernelContext context, int line) {
        read(array, array.length, index, context, line);
        return array[index];
    }

    /** An element of a {@code byte[]} or a {@code boolean[]}, which class files do not tell apart. */
    public static int load(Object array, int index, KernelContext context, int line) {
        if (array instanceof boolean[] flags) {
            read(flags, flags.length, index, context, line);
            return flags[index] ? 1 : 0;
        }
        byte[] bytes = (byte[]) array;
        read(bytes, bytes.length, index, context, line);
        return bytes[index];
    }

    public static void store(float[] array, int index, float value, KernelContext context, int line) {
        write(array, array.length, index, context, line);
        array[index] = value;
    }

    public static void store(double[] array, int index, double value, KernelContext context, int line) {
        write(array, array.length, index, context, line);
        array[index] = value;
    }

    public static void store(int[] array, int index, int value, KernelContext context, int line) {
        write(array, array.length, index, context, line);
        array[index] = value;
    }

    public static void store(long[] array, int index, long value, KernelContext context, int line) {
        write(array, array.length, index, context, line);
        array[index] = value;
    }

    /** Sets an element of a {@code byte[]} or a {@code boolean[]}, which class files do not tell apart. */
    public static void store(Object array, int index, int value, KernelContext context, int line) {
        if (array instanceof boolean[] flags) {
            write(flags, flags.length, index, context, line);
            flags[index] = (value & 1) != 0;
        } else {
            byte[] bytes = (byte[]) array;
            write(bytes, bytes.length, index, context, line);
            bytes[index] = (byte) value;
        }
    }

    private static void read(Object array, int length, int index, KernelContext context, int line) {
        KernelThread thread = (KernelThread) context;
        LocalArray local = thread.local(array);
        if (local != null) {
            local.read(index, thread, line);
        } else if (index < 0 || index >= length) {
            throw thread.fault(line, "reads element " + index + " of a private array of " + length + " elements");
        }
    }

    private static void write(Object array, int length, int index, KernelContext context, int line) {
        KernelThread thread = (KernelThread) context;
        LocalArray local = thread.local(array);
        if (local != null) {
            local.write(index, thread, line);
        } else if (index < 0 || index >= length) {
            throw thread.fault(line, "writes element " + index + " of a private array of " + length + " elements");
        }
    }

    public static float get(FloatArray array, int index, KernelContext context, int line) {
        return ((float[]) read(array, index, context, line))[index];
    }

    public static double get(DoubleArray array, int index, KernelContext context, int line) {
        return ((double[]) read(array, index, context, line))[index];
    }

    public static int get(IntArray array, int index, KernelContext context, int line) {
        return ((int[]) read(array, index, context, line))[index];
    }

    public static long get(LongArray array, int index, KernelContext context, int line) {
        return ((long[]) read(array, index, context, line))[index];
    }

    public static short get(ShortArray array, int index, KernelContext context, int line) {
        return ((short[]) read(array, index, context, line))[index];
    }

    public static byte get(ByteArray array, int index, KernelContext context, int line) {
        return ((byte[]) read(array, index, context, line))[index];
    }

    public static void set(FloatArray array, int index, float value, KernelContext context, int line) {
        ((float[]) write(array, index, context, line))[index] = value;
    }

    public static void set(DoubleArray array, int index, double value, KernelContext context, int line) {
        ((double[]) write(array, index, context, line))[index] = value;
    }

    public static void set(IntArray array, int index, int value, KernelContext context, int line) {
        ((int[]) write(array, index, context, line))[index] = value;
    }

    public static void set(LongArray array, int index, long value, KernelContext context, int line) {
        ((long[]) write(array, index, context, line))[index] = value;
    }

    public static void set(ShortArray array, int index, short value, KernelContext context, int line) {
        ((short[]) write(array, index, context, line))[index] = value;
    }

    public static void set(ByteArray array, int index, byte value, KernelContext context, int line) {
        ((byte[]) write(array, index, context, line))[index] = value;
    }

    private static Object read(TornadoNativeArray array, int index, KernelContext context, int line) {
        KernelThread thread = (KernelThread) context;
        return thread.global(array, line).read(index, thread, line);
    }

    private static Object write(TornadoNativeArray array, int index, KernelContext context, int line) {
        KernelThread thread = (KernelThread) context;
        return thread.global(array, line).write(index, thread, line);
    }
}
