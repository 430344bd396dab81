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

        private Places plus(Places other, long sign) {
            return new Places(query + sign * other.query, key + sign * other.key, offset + sign * other.offset);
        }

        private Places times(long factor) {
            return new Places(query * factor, key * factor, offset * factor);
        }
    }

    Later UNKNOWN = new Unknown();

    Later MINUS_INFINITY = new Number(Double.NEGATIVE_INFINITY);

    Later ZERO = new Number(0);

    /** These hold places of tokens exactly, as far as texts go. */
    Set<DType> EXACT = Set.of(DType.I32, DType.I64, DType.F32, DType.F64);

    /** What is known of a function of single elements. @param type of the last operand */
    static Later of(ScalarFn fn, DType type, List<Later> operands) {
        if (operands.stream().allMatch(Number.class::isInstance)) {
            double[] x = new double[3];
            for (int n = 0; n < operands.size(); n++) {
                x[n] = ((Number) operands.get(n)).value;
            }
            return new Number(ScalarMath.apply(fn, type, x[0], x[1], x[2]));
        }
        Later first = operands.getFirst();
        return switch (fn) {
            case ADD, SUB -> sum(fn, type, first, operands.getLast());
            case MUL -> product(type, first, operands.getLast());
            case NEG -> places(first).<Later>map(p -> p.times(-1)).orElse(UNKNOWN);
            case EQ, NE, LT, LE, GT, GE -> compared(fn, first, operands.getLast());
            case AND -> operands.contains(ZERO) ? ZERO : UNKNOWN;
            case OR -> operands.contains(new Number(1)) ? new Number(1) : UNKNOWN;
            case MIN -> operands.contains(MINUS_INFINITY) ? MINUS_INFINITY : UNKNOWN;
            case MUL0 -> first.equals(ZERO) ? ZERO : UNKNOWN;
            case SELECT -> first instanceof Number n ? operands.get(n.value != 0 ? 1 : 2) : UNKNOWN;
            default -> UNKNOWN;
        };
    }

    /** A number that is added to minus infinity changes nothing. */
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
        Places difference = left.get().plus(right.get(), -1);
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
                n.value == Math.rint(n.value) && Math.abs(n.value) < 1L << 53
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
