package heddle.runtime;

import heddle.compiler.schedule.MemoryPlan;
import heddle.compiler.schedule.Plan;
import heddle.runtime.jvm.JvmProgram;
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
     * @param inputs        bytes of inputs; 0 where lengths are not known yet
     * @param lengths       that they are for
     */
    NotEnoughMemory(long weights, long intermediates, long inputs, Map<String, Long> lengths, OutOfMemoryError cause) {
        super(message(weights, intermediates, inputs, lengths, cause));
        this.bytes = weights + intermediates + inputs;
        initCause(cause);
    }

    /**
     * What runs of a plan need.
     *
     * @param onHeap  whether weights are in the memory of this JVM
     * @param lengths of the plan's symbols; where some are missing, weights alone are counted
     */
    public static NotEnoughMemory of(Plan plan, boolean onHeap, Map<String, Long> lengths, OutOfMemoryError cause) {
        long weights = onHeap ? JvmProgram.weightBytes(plan) : 0;
        if (!lengths.keySet().containsAll(plan.lengths())) {
            return new NotEnoughMemory(weights, 0, 0, lengths, cause);
        }
        long inputs = plan.inputs().values().stream()
                .mapToLong(b -> b.stored().bytes(b.type().shape().size().evaluate(lengths)))
                .sum();
        return new NotEnoughMemory(weights, MemoryPlan.of(plan, lengths).peakBytes(), inputs, lengths, cause);
    }

    private static String message(
            long weights, long intermediates, long inputs, Map<String, Long> lengths, OutOfMemoryError cause) {
        List<String> needed = new ArrayList<>();
        if (weights > 0) {
            needed.add("weights take " + text(weights));
        }
        if (intermediates > 0) {
            needed.add("intermediate results and outputs take " + text(intermediates));
        }
        if (inputs > 0) {
            needed.add("inputs take " + text(inputs));
        }
        if (needed.isEmpty()) {
            return cause.getMessage() == null ? "the heap is full" : cause.getMessage();
        }
        boolean run = intermediates + inputs > 0 && !lengths.isEmpty();
        return String.join(", ", needed) + (run ? " for " + lengths : "");
    }

    /** Whether it is known what is needed. */
    public boolean isKnown() {
        return bytes > 0;
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
