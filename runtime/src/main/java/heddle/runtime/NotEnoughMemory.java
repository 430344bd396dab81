package heddle.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The JVM has too little memory for a model. Says how much it needs. */
public final class NotEnoughMemory extends OutOfMemoryError {
    private static final long serialVersionUID = 1;
    private static final long GB = 1L << 30;

    private final long bytes;

    /**
     * @param weights       bytes of weights, as kernels read them
     * @param intermediates bytes of intermediate results and outputs; 0 where lengths are not known yet
     * @param lengths       that they are for
     */
    NotEnoughMemory(long weights, long intermediates, Map<String, Long> lengths, OutOfMemoryError cause) {
        super(message(weights, intermediates, lengths));
        this.bytes = weights + intermediates;
        initCause(cause);
    }

    private static String message(long weights, long intermediates, Map<String, Long> lengths) {
        List<String> needed = new ArrayList<>();
        if (weights > 0) {
            needed.add("weights take " + text(weights));
        }
        if (intermediates > 0) {
            needed.add("intermediate results and outputs take " + text(intermediates)
                    + (lengths.isEmpty() ? "" : " for " + lengths));
        }
        return String.join(", ", needed);
    }

    private static String text(long bytes) {
        return bytes < 1_000_000_000
                ? (bytes + 999_999) / 1_000_000 + " MB"
                : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }

    /** The heap that is enough, in units of 2^30 bytes, as {@code -Xmx} takes them. */
    public long heap() {
        // Java keeps a third of the heap for young objects, and large arrays are not among them.
        return (bytes + bytes / 2) / GB + 1;
    }
}
