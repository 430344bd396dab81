package heddle.tests.tornado.device;

import java.util.Arrays;

/** What memory holds that nobody wrote: numbers that show in any result. */
final class Garbage {
    private static final int INT = 0x5BADF00D;
    private static final long LONG = 0x5BADF00D5BADF00DL;
    private static final short SHORT = 0x5BAD;
    private static final byte BYTE = 0x5B;

    private Garbage() {}

    /** Fills an array of primitives. */
    static void fill(Object array) {
        switch (array) {
            case float[] a -> Arrays.fill(a, Float.NaN);
            case double[] a -> Arrays.fill(a, Double.NaN);
            case int[] a -> Arrays.fill(a, INT);
            case long[] a -> Arrays.fill(a, LONG);
            case short[] a -> Arrays.fill(a, SHORT);
            case byte[] a -> Arrays.fill(a, BYTE);
            case boolean[] a -> Arrays.fill(a, true);
            default -> throw new IllegalArgumentException(array.getClass().getSimpleName());
        }
    }
}
