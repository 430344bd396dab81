package heddle.cli.compare;

import heddle.dsl.diagnostic.Suggest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a second report may not be worse in.
 *
 * @param text    as it was given
 * @param name    of what is limited
 * @param amount  what it may grow by: percent, or an amount in the unit of the measure
 * @param percent whether {@code amount} is percent
 */
public record Limit(String text, String name, double amount, boolean percent) {
    private static final String UNFUSED = "unfused";
    private static final String CHANGED = "changed";
    private static final List<String> MEASURES = List.of("kernels", "peak", "bytes", "flops", "time");
    private static final Pattern GROWTH = Pattern.compile("\\+(\\d{1,15}(?:\\.\\d{1,9})?) ?(%|B|kB|MB|GB)?");
    private static final Map<String, Double> SIZES = Map.of("B", 1.0, "kB", 1e3, "MB", 1e6, "GB", 1e9);

    /** Thrown for a limit that cannot be read, or cannot be checked. */
    public static final class Wrong extends RuntimeException {
        private static final long serialVersionUID = 1;

        Wrong(String message) {
            super(message);
        }
    }

    /**
     * Whether a limit is met.
     *
     * @param why what is over it, or what was found within
     */
    record Checked(Limit limit, boolean isMet, String why) {}

    /**
     * Reads {@code unfused,kernels:+2,peak:+5%}.
     *
     * @throws Wrong for what is no limit
     */
    public static List<Limit> parse(String list) {
        return Arrays.stream(list.split(",", -1)).map(Limit::one).toList();
    }

    private static Limit one(String text) {
        int colon = text.indexOf(':');
        String name = colon < 0 ? text : text.substring(0, colon);
        if (name.equals(UNFUSED) || name.equals(CHANGED)) {
            if (colon >= 0) {
                throw new Wrong(name + " takes no amount, and has " + text.substring(colon));
            }
            return new Limit(text, name, 0, false);
        }
        if (!MEASURES.contains(name)) {
            List<String> names = Stream.concat(Stream.of(UNFUSED, CHANGED), MEASURES.stream())
                    .toList();
            throw new Wrong("'" + name + "' is no limit; "
                    + Suggest.closest(name, names)
                            .map(meant -> "did you mean " + meant + "? There")
                            .orElse("there")
                    + " are " + String.join(", ", names));
        }
        return colon < 0 ? new Limit(text, name, 0, true) : measured(text, name, text.substring(colon + 1));
    }

    private static Limit measured(String text, String name, String growth) {
        Matcher matcher = GROWTH.matcher(growth);
        if (!matcher.matches()) {
            throw new Wrong("'" + growth + "' in " + text + " is no growth, such as +5%"
                    + example(name).map(e -> " or " + e).orElse(""));
        }
        double amount = Double.parseDouble(matcher.group(1));
        String unit = Optional.ofNullable(matcher.group(2)).orElse("");
        if (unit.equals("%")) {
            return new Limit(text, name, amount, true);
        }
        boolean fits = name.equals("kernels")
                ? unit.isEmpty() && amount == Math.rint(amount)
                : (name.equals("peak") || name.equals("bytes")) && !unit.isEmpty();
        if (!fits) {
            throw new Wrong("'" + growth + "' is no growth of " + name + ", which is one such as +5%"
                    + example(name).map(e -> " or " + e).orElse(""));
        }
        return new Limit(text, name, amount * SIZES.getOrDefault(unit, 1.0), false);
    }

    private static Optional<String> example(String name) {
        return switch (name) {
            case "kernels" -> Optional.of("+2");
            case "peak", "bytes" -> Optional.of("+10MB");
            default -> Optional.empty();
        };
    }

    /**
     * Checks it.
     *
     * @throws Wrong when a number that it needs is not known
     */
    Checked check(Comparison comparison) {
        if (name.equals(UNFUSED)) {
            List<AttentionDifference.Pair> lost = comparison.attentions().lost();
            return new Checked(
                    this,
                    lost.isEmpty(),
                    lost.isEmpty()
                            ? "no attention is lost"
                            : lost.stream().map(Limit::lost).collect(Collectors.joining("; ")));
        }
        if (name.equals(CHANGED)) {
            boolean met =
                    comparison.written().isEmpty() && comparison.optimised().isEmpty();
            return new Checked(this, met, met ? "the graphs are equal" : Comparison.counts(comparison.optimised()));
        }
        Measure measure = comparison.measures().stream()
                .filter(m -> m.name().equals(name))
                .findFirst()
                .orElseThrow();
        if (!measure.isKnown()) {
            throw new Wrong(
                    name.equals("time")
                            ? "time needs reports of runs that were measured, for both sides"
                            : name + " needs all lengths; add -D, or keep a report made with -D");
        }
        double most = percent ? measure.was() * (1 + amount / 100) : measure.was() + amount;
        boolean met = measure.is() <= most;
        return new Checked(
                this,
                met,
                measure.text(measure.was())
                        + (measure.isEqual()
                                ? " in both"
                                : " → " + measure.text(measure.is()) + ", " + measure.change()));
    }

    private static String lost(AttentionDifference.Pair pair) {
        ComparedReport.Attention now = pair.any();
        return now.path() + (now.culprit().isEmpty() ? "" : " at " + now.culprit());
    }
}
