package heddle.compiler.attention;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.scalar.Memo;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.tile.proof.AddressProof;
import heddle.compiler.type.DType;
import java.util.Optional;

/**
 * Takes the mask out of a score program: the condition under which the score can be anything but minus infinity, as far
 * as the program shows it.
 *
 * <pre>
 * where(c, s, -inf)          → mask c,      score s
 * where(c, -inf, s)          → mask not c,  score s
 * s + where(c, x, -inf)      → mask c,      score s + x
 * where(c, s, -inf) * 0.125  → mask c,      score s * 0.125
 * </pre>
 *
 * Finite fills stay in the program, because a row filled with them gives an average, not zeros. A score that is minus
 * infinity stays so under {@code + x}, whatever x is.
 *
 * <p>A score is computed where its mask is false too, and so is all of a mask. What may be read only where a condition of
 * the mask is true stays behind that condition:
 *
 * <pre>
 * where(j < S, s + bias[i * S + j], -inf)  → mask j < S,  score s + where(j < S, bias[i * S + j], 0)
 * </pre>
 *
 * @param score the program where the mask is true
 * @param mask  absent when the program masks nothing
 */
record SplitMask(ScalarExpr score, Optional<ScalarExpr> mask) {
    /** @param addresses knows what holds of lengths whenever the model runs */
    static SplitMask of(ScalarExpr e, AddressProof addresses) {
        SplitMask split = new Search().of(e);
        return split.mask.map(condition -> split.behind(condition, addresses)).orElse(split);
    }

    private SplitMask behind(ScalarExpr condition, AddressProof addresses) {
        return new SplitMask(addresses.behind(condition, score), Optional.of(addresses.behind(condition, condition)));
    }

    private static SplitMask unmasked(ScalarExpr e) {
        return new SplitMask(e, Optional.empty());
    }

    /** The search in one program. A part that occurs several times is taken apart once. */
    private static final class Search {
        private final Memo<SplitMask> found = new Memo<>(e -> e instanceof ScalarExpr.Apply a ? find(a) : unmasked(e));

        SplitMask of(ScalarExpr e) {
            return found.of(e);
        }

        private SplitMask find(ScalarExpr.Apply a) {
            return switch (a.fn()) {
                case SELECT -> selected(a);
                case ADD -> sum(a);
                case SUB -> {
                    SplitMask left = of(a.args().getFirst());
                    yield left.with(
                            ScalarExpr.apply(ScalarFn.SUB, left.score, a.args().getLast()));
                }
                case MUL, DIV -> scaled(a);
                case CAST -> {
                    SplitMask inner = a.type().isFloat() ? of(a.args().getFirst()) : unmasked(a);
                    yield a.type().isFloat() ? inner.with(ScalarExpr.cast(a.type(), inner.score)) : inner;
                }
                default -> unmasked(a);
            };
        }

        private SplitMask selected(ScalarExpr.Apply a) {
            ScalarExpr condition = a.args().getFirst();
            if (readsScore(condition)) {
                return unmasked(a);
            }
            if (isLowest(a.args().get(2))) {
                return of(a.args().get(1)).and(condition);
            }
            return isLowest(a.args().get(1))
                    ? of(a.args().get(2)).and(IndexSimplifier.simplify(ScalarExpr.apply(ScalarFn.NOT, condition)))
                    : unmasked(a);
        }

        private SplitMask sum(ScalarExpr.Apply a) {
            SplitMask left = of(a.args().getFirst());
            SplitMask right = of(a.args().getLast());
            ScalarExpr score = isZero(left.score)
                    ? right.score
                    : isZero(right.score) ? left.score : ScalarExpr.apply(ScalarFn.ADD, left.score, right.score);
            SplitMask both = left.with(score);
            return right.mask.map(both::and).orElse(both);
        }

        /** A positive factor keeps minus infinity what it is. */
        private SplitMask scaled(ScalarExpr.Apply a) {
            ScalarExpr first = a.args().getFirst();
            ScalarExpr last = a.args().getLast();
            if (isPositive(last)) {
                SplitMask s = of(first);
                return s.with(ScalarExpr.apply(a.fn(), s.score, last));
            }
            if (a.fn() == ScalarFn.MUL && isPositive(first)) {
                SplitMask s = of(last);
                return s.with(ScalarExpr.apply(a.fn(), first, s.score));
            }
            return unmasked(a);
        }
    }

    private SplitMask with(ScalarExpr newScore) {
        return new SplitMask(newScore, mask);
    }

    private SplitMask and(ScalarExpr condition) {
        return new SplitMask(
                score,
                Optional.of(mask.filter(m -> !m.equals(condition))
                        .map(m -> ScalarExpr.apply(ScalarFn.AND, condition, m))
                        .orElse(condition)));
    }

    /** A mask is known before the scores are; the product is the one variable of the program. */
    private static boolean readsScore(ScalarExpr condition) {
        return ScalarExprs.any(condition, e -> e instanceof ScalarExpr.Variable);
    }

    private static boolean isLowest(ScalarExpr e) {
        return e instanceof ScalarExpr.Literal l && l.value() == Double.NEGATIVE_INFINITY;
    }

    private static boolean isZero(ScalarExpr e) {
        return e instanceof ScalarExpr.Literal l && l.value() == 0 && l.type() != DType.BOOL;
    }

    private static boolean isPositive(ScalarExpr e) {
        return e instanceof ScalarExpr.Literal l && l.value() > 0 && l.value() < Double.POSITIVE_INFINITY;
    }
}
