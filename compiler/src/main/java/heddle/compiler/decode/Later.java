package heddle.compiler.decode;

import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scalar.ScalarMath;
import heddle.compiler.type.DType;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What is known of a value's elements at a query {@code i} and a key {@code j > i}, whatever the tokens are. */
sealed interface Later {
    /** Nothing is known. */
    record Unknown() implements Later {}

    /** They all are one number; of bools, one for true. */
    record Number(double value) implements Later {}

    /** They are {@code query · i + key · j + offset}. */
    record Places(long query, long key, long offset) implements Later {
        private double least() {
            return bound(key >= 0, Double.NEGATIVE_INFINITY);
        }

        private double greatest() {
            return bound(key <= 0, Double.POSITIVE_INFINITY);
        }

        /** The value at {@code j = i + 1}, where it does not depend on {@code i} and keys that follow are further out or alike. */
        private double bound(boolean isOutermost, double otherwise) {
            return query + key == 0 && isOutermost ? key + offset : otherwise;
        }

        private boolean isNumber() {
            return query == 0 && key == 0;
        }

        private Later plus(Places other, long sign) {
            return of(query + sign * other.query, key + sign * other.key, offset + sign * other.offset);
        }

        private Later times(long factor) {
            return Math.abs(factor) > MOST_OFFSET ? UNKNOWN : of(query * factor, key * factor, offset * factor);
        }

        /** Nothing is known of what may wrap around, or be rounded. */
        private static Later of(long query, long key, long offset) {
            boolean isExact =
                    Math.abs(query) <= MOST_FACTOR && Math.abs(key) <= MOST_FACTOR && Math.abs(offset) <= MOST_OFFSET;
            return isExact ? new Places(query, key, offset) : UNKNOWN;
        }
    }

    Later UNKNOWN = new Unknown();

    Later MINUS_INFINITY = new Number(Double.NEGATIVE_INFINITY);

    Later ZERO = new Number(0);

    /** The most that a place is multiplied with, and what is added to it at most. */
    long MOST_FACTOR = 4;

    long MOST_OFFSET = 1 << 20;

    /** These hold such multiples of places exactly, in texts of up to a million tokens. */
    Set<DType> EXACT = Set.of(DType.I32, DType.I64, DType.F32, DType.F64);

    /** What is known of a function of single elements. @param type of the last operand */
    static Later of(ScalarFn fn, DType type, List<Later> operands) {
        if (operands.stream().allMatch(Number.class::isInstance)) {
            double[] x = new double[3];
            for (int n = 0; n < operands.size(); n++) {
                x[n] = ((Number) operands.get(n)).value;
            }
            return new Number(rounded(fn, type, ScalarMath.apply(fn, type, x[0], x[1], x[2])));
        }
        Later first = operands.getFirst();
        return switch (fn) {
            case ADD, SUB -> sum(fn, type, first, operands.getLast());
            case MUL -> product(type, first, operands.getLast());
            case NEG -> places(first).map(p -> p.times(-1)).orElse(UNKNOWN);
            case EQ, NE, LT, LE, GT, GE -> compared(fn, first, operands.getLast());
            case AND -> operands.contains(ZERO) ? ZERO : UNKNOWN;
            case OR -> operands.contains(new Number(1)) ? new Number(1) : UNKNOWN;
            case MIN -> operands.contains(MINUS_INFINITY) ? MINUS_INFINITY : UNKNOWN;
            case MUL0 -> first.equals(ZERO) ? ZERO : UNKNOWN;
            case SELECT -> selected(first, operands.get(1), operands.get(2));
            default -> UNKNOWN;
        };
    }

    private static Later selected(Later condition, Later yes, Later no) {
        if (condition instanceof Number n) {
            return n.value != 0 ? yes : no;
        }
        return yes.equals(no) ? yes : UNKNOWN;
    }

    /** A result as its type holds it. */
    private static double rounded(ScalarFn fn, DType type, double value) {
        boolean isTruth = fn.rule() == ScalarFn.Rule.COMPARE || fn.rule() == ScalarFn.Rule.LOGIC;
        return type.isFloat() && !isTruth ? type.nearest(value) : value;
    }

    /** A number that is added to minus infinity changes nothing; what is infinite or no number counts as hidden with it. */
    private static Later sum(ScalarFn fn, DType type, Later a, Later b) {
        boolean isHidden = a.equals(MINUS_INFINITY) || fn == ScalarFn.ADD && b.equals(MINUS_INFINITY);
        if (type.isFloat() && isHidden) {
            return MINUS_INFINITY;
        }
        Optional<Places> left = places(a);
        Optional<Places> right = places(b);
        return left.isPresent() && right.isPresent() && EXACT.contains(type)
                ? left.get().plus(right.get(), fn == ScalarFn.ADD ? 1 : -1)
                : UNKNOWN;
    }

    private static Later product(DType type, Later a, Later b) {
        Optional<Places> left = places(a);
        Optional<Places> right = places(b);
        if (left.isEmpty() || right.isEmpty() || !EXACT.contains(type)) {
            return UNKNOWN;
        }
        return left.get().isNumber()
                ? right.get().times(left.get().offset)
                : right.get().isNumber() ? left.get().times(right.get().offset) : UNKNOWN;
    }

    private static Later compared(ScalarFn fn, Later a, Later b) {
        Optional<Places> left = places(a);
        Optional<Places> right = places(b);
        if (left.isEmpty() || right.isEmpty()) {
            return UNKNOWN;
        }
        if (!(left.get().plus(right.get(), -1) instanceof Places difference)) {
            return UNKNOWN;
        }
        double least = difference.least();
        double greatest = difference.greatest();
        return switch (fn) {
            case LT -> decided(greatest < 0, least >= 0);
            case LE -> decided(greatest <= 0, least > 0);
            case GT -> decided(least > 0, greatest <= 0);
            case GE -> decided(least >= 0, greatest < 0);
            case EQ -> decided(false, least > 0 || greatest < 0);
            default -> decided(least > 0 || greatest < 0, false);
        };
    }

    private static Later decided(boolean isTrue, boolean isFalse) {
        return isTrue ? new Number(1) : isFalse ? ZERO : UNKNOWN;
    }

    private static Optional<Places> places(Later x) {
        return switch (x) {
            case Places p -> Optional.of(p);
            case Number n ->
                n.value == Math.rint(n.value) && Math.abs(n.value) <= MOST_OFFSET
                        ? Optional.of(new Places(0, 0, (long) n.value))
                        : Optional.empty();
            case Unknown u -> Optional.empty();
        };
    }

    /** What is known after a conversion. */
    static Later cast(DType from, DType to, Later x) {
        return switch (x) {
            case Number n -> new Number(ScalarMath.cast(from, to, n.value));
            case Places p -> EXACT.contains(to) ? p : UNKNOWN;
            case Unknown u -> u;
        };
    }
}
