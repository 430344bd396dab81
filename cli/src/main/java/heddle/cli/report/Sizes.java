package heddle.cli.report;

import heddle.compiler.type.Amount;
import java.math.BigInteger;
import java.util.Locale;

/** Writes amounts for people to read. */
public final class Sizes {
    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    private static final String[] COUNTS = {
        "", "thousand", "million", "billion", "trillion", "quadrillion", "quintillion"
    };

    private Sizes() {}

    /** Bytes in the largest unit that fits: {@code 1.2 MB}, {@code 640 B}. The most that 64 bits count may be more. */
    public static String text(long bytes) {
        return (bytes == Long.MAX_VALUE ? "more than " : "") + scaled(BigInteger.valueOf(bytes), UNITS);
    }

    /** The same, or a formula where lengths are not known. */
    public static String text(Amount bytes) {
        return bytes.isKnown() ? scaled(bytes.value(), UNITS) : bytes.toString();
    }

    /** {@code 1 kernel}, {@code 2 kernels}. */
    public static String counted(long n, String noun) {
        return counted(n, noun, noun + "s");
    }

    /** The same for a noun whose plural is its own. */
    public static String counted(long n, String one, String more) {
        return n + " " + (n == 1 ? one : more);
    }

    /** A number of operations, or of anything else: {@code 1.2 million}, {@code 640}. */
    public static String count(long n) {
        return count(Amount.of(n));
    }

    /** The same, or a formula where lengths are not known. */
    static String count(Amount operations) {
        return operations.isKnown() ? scaled(operations.value(), COUNTS).strip() : operations.toString();
    }

    private static String scaled(BigInteger amount, String[] units) {
        double value = amount.doubleValue();
        int unit = 0;
        while (value >= 1000 && unit < units.length - 1) {
            value /= 1000;
            unit++;
        }
        return unit == 0
                ? amount + " " + units[0]
                : String.format(Locale.ROOT, value < 100 ? "%.1f %s" : "%.0f %s", value, units[unit]);
    }

    /**
     * The option of the launcher that gives Java a larger heap than this one.
     *
     * @param needed in units of 2^30 bytes
     */
    public static String largerHeap(long needed) {
        long now = Runtime.getRuntime().maxMemory() >> 30;
        return "HEDDLE_JAVA_OPTS=-Xmx" + Math.max(needed, now + 1) + "g";
    }

    /** The same where the need is not known. */
    public static String largerHeap() {
        return largerHeap(2 * (Runtime.getRuntime().maxMemory() >> 30) + 1);
    }
}
