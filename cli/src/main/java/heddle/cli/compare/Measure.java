package heddle.cli.compare;

import heddle.cli.report.Sizes;
import java.util.Locale;
import java.util.Optional;

/**
 * A number of both reports.
 *
 * @param before a whole number, or a formula in lengths that are not known; empty where the report does not have it
 * @param now    the same of the second report
 */
record Measure(String name, Unit unit, Optional<Object> before, Optional<Object> now) {
    /** What a number counts. */
    enum Unit {
        COUNT,
        BYTES,
        OPERATIONS,
        NANOSECONDS
    }

    /** Whether both are numbers. */
    boolean isKnown() {
        return before.orElse("") instanceof Long && now.orElse("") instanceof Long;
    }

    /** Whether one of them depends on lengths that are not known. */
    boolean isFormula() {
        return before.orElse(0L) instanceof String || now.orElse(0L) instanceof String;
    }

    boolean isEqual() {
        return before.equals(now);
    }

    /** The first, once it is known to be a number. */
    long was() {
        return (Long) before.orElseThrow();
    }

    /** The second, once it is known to be a number. */
    long is() {
        return (Long) now.orElseThrow();
    }

    /** A value for people to read; a formula stays one, and what is not known is a dash. */
    String text(Optional<Object> value) {
        return value.map(v -> v instanceof Long amount ? text(amount) : v.toString())
                .orElse("–");
    }

    String text(long amount) {
        return switch (unit) {
            case COUNT -> Long.toString(amount);
            case BYTES -> Sizes.text(amount);
            case OPERATIONS -> Sizes.count(amount);
            case NANOSECONDS -> String.format(Locale.ROOT, "%.2f ms", amount / 1e6);
        };
    }

    /** How it changed: {@code =}, {@code +3}, {@code +23 %}; empty where that cannot be told. */
    String change() {
        if (!before.isPresent() || !now.isPresent()) {
            return "";
        }
        if (isEqual()) {
            return "=";
        }
        if (!isKnown()) {
            return "differs";
        }
        return unit == Unit.COUNT ? String.format(Locale.ROOT, "%+d", is() - was()) : percent();
    }

    private String percent() {
        if (was() == 0) {
            return "from none";
        }
        double percent = 100.0 * (is() - was()) / was();
        return String.format(Locale.ROOT, Math.abs(percent) < 10 ? "%+.1f %%" : "%+.0f %%", percent);
    }
}
