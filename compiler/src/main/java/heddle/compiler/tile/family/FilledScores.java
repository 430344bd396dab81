package heddle.compiler.tile.family;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.op.attention.AttentionDefinition;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Scores that are a large negative number where a condition is false, as {@code where(mask, scores, -1e9)} has them. A row whose greatest
 * score is far above that number gives them probabilities of zero.
 *
 * @param kept  where scores are not filled
 * @param above where the greatest score of a row exceeds this, what is filled counts for nothing
 */
public record FilledScores(ScalarExpr kept, double above) {
    private static final ScalarExpr ALWAYS = new ScalarExpr.Literal(DType.BOOL, 1);
    private static final ScalarExpr NEVER = new ScalarExpr.Literal(DType.BOOL, 0);

    /** Numbers below this are taken for fills. */
    private static final double MOST = -1e3;

    /** The exponential of minus this is zero, in single precision and in double. */
    private static final double VANISHES = 800;

    /** How many choices one within another are looked into. */
    private static final int DEEP = 8;

    /** The scores that an attention fills; empty where it fills none, or hides some by a mask. */
    static Optional<FilledScores> of(AttentionDefinition attention) {
        FilledScores found = attention.mask().isPresent() ? none() : of(attention.score(), DEEP);
        ScalarExpr kept = IndexSimplifier.simplify(found.kept);
        return kept.equals(ALWAYS) || kept.equals(NEVER)
                ? Optional.empty()
                : Optional.of(new FilledScores(kept, found.above));
    }

    private static FilledScores none() {
        return new FilledScores(ALWAYS, Double.NEGATIVE_INFINITY);
    }

    private static FilledScores of(ScalarExpr score, int deep) {
        if (score instanceof ScalarExpr.Literal l && l.value() < MOST && Double.isFinite(l.value())) {
            return new FilledScores(NEVER, l.value() + VANISHES);
        }
        return score instanceof Apply a && a.fn() == ScalarFn.SELECT && deep > 0
                ? chosen(
                        a.args().getFirst(),
                        of(a.args().get(1), deep - 1),
                        of(a.args().get(2), deep - 1))
                : none();
    }

    /** A condition that reads scores is not known before they are. */
    private static FilledScores chosen(ScalarExpr condition, FilledScores whenTrue, FilledScores whenFalse) {
        boolean fillsNone = whenTrue.kept.equals(ALWAYS) && whenFalse.kept.equals(ALWAYS);
        if (fillsNone || ScalarExprs.any(condition, e -> e instanceof ScalarExpr.Variable)) {
            return none();
        }
        ScalarExpr not = ScalarExpr.apply(ScalarFn.NOT, condition);
        return new FilledScores(
                ScalarExpr.apply(
                        ScalarFn.OR,
                        ScalarExpr.apply(ScalarFn.AND, condition, whenTrue.kept),
                        ScalarExpr.apply(ScalarFn.AND, not, whenFalse.kept)),
                Math.max(whenTrue.above, whenFalse.above));
    }

    FilledScores map(UnaryOperator<ScalarExpr> change) {
        return new FilledScores(change.apply(kept), above);
    }
}
