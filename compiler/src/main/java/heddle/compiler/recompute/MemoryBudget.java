package heddle.compiler.recompute;

import java.util.Collections;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much memory a run may take for all but inputs, weights and their gradients.
 *
 * @param amount   bytes, one or more, or a part of what a run takes without a budget, above zero and up to one
 * @param fraction whether it is a part
 * @param typical  the lengths it holds for, of symbols that are not known when the model is compiled
 */
public record MemoryBudget(double amount, boolean fraction, SortedMap<String, Long> typical) {
    private static final Pattern FORM =
            Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*((?:[kMGTPE]i?)?B)?", Pattern.CASE_INSENSITIVE);

    /** @throws IllegalArgumentException for an amount that is no such size or part */
    public MemoryBudget {
        if (!isOne(amount, fraction)) {
            throw new IllegalArgumentException(amount + (fraction ? " of a run" : " bytes") + " is no memory budget");
        }
        typical = Collections.unmodifiableSortedMap(new TreeMap<>(typical));
    }

    /** A budget for a model all of whose lengths are known. */
    public MemoryBudget(double amount, boolean fraction) {
        this(amount, fraction, Collections.emptySortedMap());
    }

    /** The same for lengths that the model says are typical. */
    public MemoryBudget at(SortedMap<String, Long> lengths) {
        return new MemoryBudget(amount, fraction, lengths);
    }

    /** {@code 512MB}, {@code 1.5 GiB}, or a part above zero and up to one, {@code 0.5}; empty when it is neither. */
    public static Optional<MemoryBudget> parse(String text) {
        Matcher m = FORM.matcher(text.strip());
        if (!m.matches()) {
            return Optional.empty();
        }
        boolean isPart = m.group(2) == null;
        double amount = Double.parseDouble(m.group(1));
        if (!isPart) {
            String unit = m.group(2).toLowerCase(Locale.ROOT);
            double base = unit.contains("i") ? 1024 : 1000;
            amount = Math.floor(amount * Math.pow(base, "bkmgtpe".indexOf(unit.charAt(0))));
        }
        return isOne(amount, isPart) ? Optional.of(new MemoryBudget(amount, isPart)) : Optional.empty();
    }

    private static boolean isOne(double amount, boolean isPart) {
        return isPart ? amount > 0 && amount <= 1 : amount >= 1;
    }

    /** In bytes, when a run without a budget takes {@code whole}. */
    public long bytes(long whole) {
        return (long) (fraction ? amount * whole : amount);
    }
}
