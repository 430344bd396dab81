package heddle.compiler.tile.family;

import heddle.compiler.index.BlockMask;
import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.op.attention.AttentionDefinition;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Scores that are a large negative number where a condition is false, as {@code where(mask, scores, -1e9)} has them. A row whose greatest
 * score is far above that number gives them probabilities of zero.
 *
 * @param score the program of a score, which is no more than the fill where it is filled
 * @param kept  where scores are not filled
 * @param fill  the greatest number that a filled score is
 */
public record FilledScores(ScalarExpr score, ScalarExpr kept, double fill) {
    private static final ScalarExpr ALWAYS = new ScalarExpr.Literal(DType.BOOL, 1);
    private static final ScalarExpr NEVER = new ScalarExpr.Literal(DType.BOOL, 0);
    private static final ScalarExpr LOWEST = new ScalarExpr.Literal(DType.F32, -Float.MAX_VALUE);

    /** Numbers below this are taken for fills. */
    private static final double MOST = -1e3;

    /** The exponential of minus this is zero, in single precision and in double. */
    private static final double VANISHES = 800;

    /** How many choices one within another are looked into. */
    private static final int DEEP = 8;

    /** The number that a program is, if that is so low that it hides a score. */
    public static Optional<Double> fill(ScalarExpr program) {
        return program instanceof ScalarExpr.Literal l && l.value() < MOST && Double.isFinite(l.value())
                ? Optional.of(l.value())
                : Optional.empty();
    }

    /** The scores that an attention fills; empty where it fills none, or hides some by a mask. */
    static Optional<FilledScores> of(AttentionDefinition attention) {
        FilledScores found = attention.mask().isPresent() ? none(attention.score()) : of(attention.score(), DEEP);
        ScalarExpr kept = IndexSimplifier.simplify(found.kept);
        return kept.equals(ALWAYS) || kept.equals(NEVER)
                ? Optional.empty()
                : Optional.of(new FilledScores(IndexSimplifier.simplify(found.score), kept, found.fill));
    }

    /** Where the greatest score of a row exceeds this, what is filled counts for nothing. */
    double above() {
        return fill + VANISHES;
    }

    /** Whether indexes alone tell of some blocks over two axes that they hold nothing but filled scores. */
    boolean isToldByIndexes(Axis queries, Axis keys) {
        Map<Axis, BlockMask.Range> ranges = new HashMap<>();
        for (Axis axis : List.of(queries, keys)) {
            ranges.put(
                    axis,
                    new BlockMask.Range(
                            new ScalarExpr.Variable(axis.name() + "First", DType.I64),
                            new ScalarExpr.Variable(axis.name() + "Last", DType.I64)));
        }
        return BlockMask.ofIndexes(kept, ranges).isKnown();
    }

    private static FilledScores none(ScalarExpr score) {
        return new FilledScores(score, ALWAYS, Double.NEGATIVE_INFINITY);
    }

    private boolean isNone() {
        return kept.equals(ALWAYS);
    }

    private static FilledScores of(ScalarExpr score, int deep) {
        Optional<Double> fill = fill(score);
        if (fill.isPresent()) {
            return new FilledScores(score, NEVER, fill.get());
        }
        if (!(score instanceof Apply a) || deep == 0) {
            return none(score);
        }
        return switch (a.fn()) {
            case SELECT -> chosen(a, of(a.args().get(1), deep - 1), of(a.args().get(2), deep - 1));
            case ADD -> {
                FilledScores last = lowest(a.args().getLast(), deep);
                yield last.isNone()
                        ? added(a.args().getLast(), lowest(a.args().getFirst(), deep), a)
                        : added(a.args().getFirst(), last, a);
            }
            default -> none(score);
        };
    }

    /**
     * Where a term of a sum is the lowest float, and what it is elsewhere. A sum with any other fill is as large as the other term makes it.
     */
    private static FilledScores lowest(ScalarExpr term, int deep) {
        if (term.equals(LOWEST)) {
            return new FilledScores(term, NEVER, -Float.MAX_VALUE);
        }
        if (!(term instanceof Apply a) || a.fn() != ScalarFn.SELECT || deep == 0) {
            return none(term);
        }
        FilledScores whenTrue = lowest(a.args().get(1), deep - 1);
        FilledScores whenFalse = lowest(a.args().get(2), deep - 1);
        FilledScores both = chosen(a, whenTrue, whenFalse);
        if (both.isNone() || !whenTrue.kept.equals(NEVER) && !whenFalse.kept.equals(NEVER)) {
            return both;
        }
        return new FilledScores(whenTrue.kept.equals(NEVER) ? whenFalse.score : whenTrue.score, both.kept, both.fill);
    }

    /**
     * A sum with the lowest float is not above it, unless the other term is no number, infinite or beyond 1e31. It is kept from being more, so
     * that it does not matter which blocks are computed.
     */
    private static FilledScores added(ScalarExpr other, FilledScores term, Apply sum) {
        if (term.isNone()) {
            return none(sum);
        }
        ScalarExpr kept = ScalarExprs.isZero(term.score) ? other : ScalarExpr.apply(ScalarFn.ADD, other, term.score);
        ScalarExpr least = select(ScalarExpr.apply(ScalarFn.LT, sum, LOWEST), sum, LOWEST);
        return new FilledScores(select(term.kept, kept, least), term.kept, term.fill);
    }

    /** A condition that reads scores is not known before they are. */
    private static FilledScores chosen(Apply choice, FilledScores whenTrue, FilledScores whenFalse) {
        ScalarExpr condition = choice.args().getFirst();
        boolean isOfScores = ScalarExprs.any(condition, e -> e instanceof ScalarExpr.Variable);
        if (isOfScores || whenTrue.isNone() && whenFalse.isNone()) {
            return none(choice);
        }
        ScalarExpr not = ScalarExpr.apply(ScalarFn.NOT, condition);
        return new FilledScores(
                select(condition, whenTrue.score, whenFalse.score),
                ScalarExpr.apply(
                        ScalarFn.OR,
                        ScalarExpr.apply(ScalarFn.AND, condition, whenTrue.kept),
                        ScalarExpr.apply(ScalarFn.AND, not, whenFalse.kept)),
                Math.max(whenTrue.fill, whenFalse.fill));
    }

    private static ScalarExpr select(ScalarExpr condition, ScalarExpr whenTrue, ScalarExpr whenFalse) {
        return ScalarExpr.apply(ScalarFn.SELECT, condition, whenTrue, whenFalse);
    }

    FilledScores map(UnaryOperator<ScalarExpr> change) {
        return new FilledScores(change.apply(score), change.apply(kept), fill);
    }
}
