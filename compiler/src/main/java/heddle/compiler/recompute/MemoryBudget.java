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
 * @param amount   bytes, or a part of what a run takes without a budget
 * @param fraction whether it is a part
 * @param typical  the lengths it holds for, of symbols that are not known when the model is compiled
 */
public record MemoryBudget(double amount, boolean fraction, SortedMap<String, Long> typical) {
    private static final Pattern FORM =
            Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([kMGT]?i?B)?", Pattern.CASE_INSENSITIVE);

    public MemoryBudget {
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
        double number = Double.parseDouble(m.group(1));
        if (m.group(2) == null) {
            return number > 0 && number <= 1 ? Optional.of(new MemoryBudget(number, true)) : Optional.empty();
        }
        String unit = m.group(2).toLowerCase(Locale.ROOT);
        double base = unit.contains("i") ? 1024 : 1000;
        int power = "bkmgt".indexOf(unit.charAt(0));
        double bytes = number * Math.pow(base, power);
        return bytes >= 1 ? Optional.of(new MemoryBudget(Math.floor(bytes), false)) : Optional.empty();
    }

    /** In bytes, when a run without a budget takes {@code whole}. */
    public long bytes(long whole) {
        return (long) (fraction ? amount * whole : amount);
    }
}
