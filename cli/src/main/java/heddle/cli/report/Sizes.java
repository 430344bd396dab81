package heddle.cli.report;

import heddle.compiler.type.Amount;
import heddle.compiler.type.ScaledAmount;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;

/** Writes amounts for people to read. */
public final class Sizes {
    private static final List<String> COUNTS =
            List.of("", "thousand", "million", "billion", "trillion", "quadrillion", "quintillion");

    private Sizes() {}

    /** Bytes in the largest unit that fits: {@code 1.2 MB}, {@code 640 B}. The most that 64 bits count may be more. */
    public static String text(long bytes) {
        return (bytes == Long.MAX_VALUE ? "more than " : "") + text(ScaledAmount.ofBytes(BigInteger.valueOf(bytes)));
    }

    /** The same, or a formula where lengths are not known. */
    public static String text(Amount bytes) {
        return bytes.isKnown() ? text(ScaledAmount.ofBytes(bytes.value())) : bytes.toString();
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
        return operations.isKnown()
                ? text(ScaledAmount.of(operations.value(), COUNTS)).strip()
                : operations.toString();
    }

    private static String text(ScaledAmount amount) {
        double value = amount.value().doubleValue();
        return String.format(
                Locale.ROOT, amount.isScaled() && value < 100 ? "%.1f %s" : "%.0f %s", value, amount.unit());
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
