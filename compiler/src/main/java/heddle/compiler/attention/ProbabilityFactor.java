package heddle.compiler.attention;

import heddle.compiler.scalar.Memo;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import java.util.Optional;

/**
 * What happens to probabilities before they meet the values, if they stay in proportion: zeros stay zero, so a row
 * stays normalised by its own sum.
 *
 * @param weight  the factor on a probability
 * @param guarded whether probabilities that are NaN become zero, as {@code where(p != p, 0, p)} has it
 */
record ProbabilityFactor(ScalarExpr weight, boolean guarded) {
    private static final double LARGEST_HALF = 65504;

    /**
     * Of a program that reads {@code p}; empty when it is not proportional to it.
     *
     * @param one the factor of {@code p} itself, in the type that factors are multiplied in
     */
    static Optional<ProbabilityFactor> of(ScalarExpr program, ScalarExpr.Variable p, ScalarExpr one) {
        return new Search(p, one).of(program);
    }

    private static final class Search {
        private final ScalarExpr.Variable p;
        private final ScalarExpr one;
        private final Memo<Boolean> reading = new Memo<>(this::findReading);
        private final Memo<Optional<ProbabilityFactor>> found = new Memo<>(this::find);

        Search(ScalarExpr.Variable p, ScalarExpr one) {
            this.p = p;
            this.one = one;
        }

        Optional<ProbabilityFactor> of(ScalarExpr e) {
            return found.of(e);
        }

        private Optional<ProbabilityFactor> find(ScalarExpr e) {
            if (e.equals(p)) {
                return Optional.of(new ProbabilityFactor(one, false));
            }
            if (isZero(e)) {
                return Optional.of(new ProbabilityFactor(new ScalarExpr.Literal(one.type(), 0), true));
            }
            return e instanceof ScalarExpr.Apply a ? of(a) : Optional.empty();
        }

        private Optional<ProbabilityFactor> of(ScalarExpr.Apply a) {
            ScalarExpr first = a.args().getFirst();
            ScalarExpr last = a.args().getLast();
            return switch (a.fn()) {
                case CAST -> a.type().isFloat() && first.type().isFloat() ? cast(first, a.type()) : Optional.empty();
                case NEG -> of(first).map(x -> x.with(ScalarExpr.apply(ScalarFn.NEG, x.weight)));
                case MUL -> readsP(last) ? product(last, first) : product(first, last);
                case DIV ->
                    readsP(last)
                            ? Optional.empty()
                            : of(first).map(x -> x.with(ScalarExpr.apply(ScalarFn.DIV, x.weight, wide(last))));
                case SELECT -> guarded(a).or(() -> selected(a));
                default -> Optional.empty();
            };
        }

        /** In a narrower type a probability only rounds, which is left out; something greater might overflow. */
        private Optional<ProbabilityFactor> cast(ScalarExpr e, DType to) {
            boolean keepsRange = to == DType.F64 || to != DType.F16 && e.type() != DType.F64 || e.type() == to;
            return of(e).filter(x ->
                    keepsRange || greatest(x.weight) <= (to == DType.F16 ? LARGEST_HALF : Float.MAX_VALUE));
        }

        /** An upper bound on the absolute value of a factor; infinity when none is known. */
        private static double greatest(ScalarExpr e) {
            if (e instanceof ScalarExpr.Apply a) {
                ScalarExpr first = a.args().getFirst();
                ScalarExpr last = a.args().getLast();
                return switch (a.fn()) {
                    case CAST -> first.type() == DType.BOOL ? 1 : greatest(first);
                    case SELECT -> Math.max(greatest(a.args().get(1)), greatest(last));
                    case MUL -> greatest(first) * greatest(last);
                    case DIV ->
                        last instanceof ScalarExpr.Literal l && l.value() != 0
                                ? greatest(first) / Math.abs(l.value())
                                : Double.POSITIVE_INFINITY;
                    case NEG -> greatest(first);
                    default -> Double.POSITIVE_INFINITY;
                };
            }
            return e instanceof ScalarExpr.Literal l ? Math.abs(l.value()) : Double.POSITIVE_INFINITY;
        }

        private Optional<ProbabilityFactor> product(ScalarExpr probability, ScalarExpr factor) {
            return readsP(factor)
                    ? Optional.empty()
                    : of(probability)
                            .map(x -> x.with(
                                    x.weight.equals(one)
                                            ? wide(factor)
                                            : ScalarExpr.apply(ScalarFn.MUL, x.weight, wide(factor))));
        }

        private Optional<ProbabilityFactor> selected(ScalarExpr.Apply a) {
            ScalarExpr condition = a.args().getFirst();
            if (readsP(condition)) {
                return Optional.empty();
            }
            ScalarExpr first = a.args().get(1);
            ScalarExpr last = a.args().getLast();
            return of(first)
                    .flatMap(yes -> of(last)
                            // Zeros need no guard; a guard for a part of the row alone cannot be kept.
                            .filter(no -> isZero(first) || isZero(last) || yes.guarded == no.guarded)
                            .map(no -> new ProbabilityFactor(
                                    ScalarExpr.apply(ScalarFn.SELECT, condition, yes.weight, no.weight),
                                    yes.guarded && no.guarded)));
        }

        /** Of {@code where(p != p, 0, x)} and its like: a row that has one NaN is NaN throughout. */
        private Optional<ProbabilityFactor> guarded(ScalarExpr.Apply select) {
            Optional<ScalarExpr> kept = isNaN(select.args().getFirst(), ScalarFn.NE)
                    ? Optional.of(select.args().get(2))
                            .filter(x -> isZero(select.args().get(1)))
                    : Optional.of(select.args().get(1))
                            .filter(x -> isZero(select.args().get(2))
                                    && isNaN(select.args().getFirst(), ScalarFn.EQ));
            return kept.flatMap(this::of).map(x -> new ProbabilityFactor(x.weight, true));
        }

        /** Whether a condition compares the probability with itself by {@code fn}, NE or EQ. */
        private boolean isNaN(ScalarExpr condition, ScalarFn fn) {
            if (!(condition instanceof ScalarExpr.Apply a)) {
                return false;
            }
            ScalarExpr first = a.args().getFirst();
            return a.fn() == ScalarFn.NOT
                    ? isNaN(first, fn == ScalarFn.NE ? ScalarFn.EQ : ScalarFn.NE)
                    : a.fn() == fn
                            && isProbability(first)
                            && first.equals(a.args().getLast());
        }

        private boolean isProbability(ScalarExpr e) {
            return e.equals(p)
                    || e instanceof ScalarExpr.Apply a
                            && a.fn() == ScalarFn.CAST
                            && a.type().isFloat()
                            && isProbability(a.args().getFirst());
        }

        private boolean readsP(ScalarExpr e) {
            return reading.of(e);
        }

        private boolean findReading(ScalarExpr e) {
            return e.equals(p) || ScalarExprs.operands(e).stream().anyMatch(this::readsP);
        }

        private ScalarExpr wide(ScalarExpr e) {
            return ScalarExpr.cast(one.type(), e);
        }

        private static boolean isZero(ScalarExpr e) {
            return e instanceof ScalarExpr.Literal l && l.value() == 0;
        }
    }

    private ProbabilityFactor with(ScalarExpr changed) {
        return new ProbabilityFactor(changed, guarded);
    }
}
