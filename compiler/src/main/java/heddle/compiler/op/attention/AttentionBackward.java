package heddle.compiler.op.attention;

import heddle.compiler.scalar.Derivatives;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What the gradients of an attention are computed from: its definition, what was kept of each row, and what came back. Its steps are
 * scalar programs, shared by all that computes them (Dao et al. 2022, arXiv:2205.14135, appendix B.2).
 *
 * <pre>
 * p = exp(s - rowMax) / (rowSum + term), 0 where not mask
 * dp = weight · sum over e of cotangent · v
 * ds = p · (dp - delta)
 * </pre>
 *
 * The scores are computed as the forward pass does, so the probabilities are the same. What is zero is never multiplied: what stands
 * beside a probability of zero may be infinite or NaN.
 *
 * @param forward   the attention
 * @param slope     the derivative of its score by the product of query and key: of the score as it is written, which a kernel's may no
 *                  longer be
 * @param cotangent of the output, over batch, i, e
 * @param rowMax    the greatest score of each row, over batch, i
 * @param rowSum    the sum of its exponentials, shifted by {@code rowMax}, over batch, i
 * @param delta     what {@link AttentionDelta} gives, over batch, i
 */
public record AttentionBackward(
        AttentionDefinition forward,
        ScalarExpr slope,
        ScalarExpr cotangent,
        ScalarExpr rowMax,
        ScalarExpr rowSum,
        ScalarExpr delta) {
    /** What comes back to an attention whose score says all of its derivative. */
    public static AttentionBackward of(
            AttentionDefinition forward, ScalarExpr cotangent, ScalarExpr rowMax, ScalarExpr rowSum, ScalarExpr delta) {
        ScalarExpr slope =
                Derivatives.of(forward.score(), forward.raw()).orElse(new ScalarExpr.Literal(forward.compute(), 0));
        return new AttentionBackward(forward, slope, cotangent, rowMax, rowSum, delta);
    }

    /** Every program, and the factors of results. */
    public List<ScalarExpr> programs(List<GradientResult> results) {
        List<ScalarExpr> programs = new ArrayList<>(forward.programs());
        programs.addAll(List.of(slope, cotangent, rowMax, rowSum, delta));
        for (GradientResult r : results) {
            programs.add(r.factor());
            programs.addAll(r.index());
        }
        return programs;
    }

    /** The same with {@code change} made to each program. */
    public AttentionBackward map(UnaryOperator<ScalarExpr> change) {
        return new AttentionBackward(
                forward.map(change),
                change.apply(slope),
                change.apply(cotangent),
                change.apply(rowMax),
                change.apply(rowSum),
                change.apply(delta));
    }

    /** The variable for the probability of a key. */
    public ScalarExpr.Variable probability() {
        return new ScalarExpr.Variable("probability", forward.compute());
    }

    /** The variable for the sum of products of the cotangent and a key's values. */
    public ScalarExpr.Variable product() {
        return new ScalarExpr.Variable("cotangents", forward.compute());
    }

    /** The variable for the gradient by a score. */
    public ScalarExpr.Variable scoreGradient() {
        return new ScalarExpr.Variable("scoreGradient", forward.compute());
    }

    /** Whether the exponentials of a row count as none: no score is finite, or one is NaN and such rows give zeros. */
    static ScalarExpr isEmpty(AttentionDefinition a, ScalarExpr rowSum) {
        ScalarExpr none = apply(ScalarFn.EQ, rowSum, literal(a, 0));
        return a.guarded() ? apply(ScalarFn.OR, none, apply(ScalarFn.NE, rowSum, rowSum)) : none;
    }

    /** The sum of a row with the number beside it. */
    static ScalarExpr wholeSum(AttentionDefinition a, ScalarExpr rowSum) {
        return a.term() == 0 ? rowSum : apply(ScalarFn.ADD, rowSum, literal(a, a.term()));
    }

    /** The factor on a row's exponentials, as on the sum of its values in the forward pass: zero in an empty row. */
    public ScalarExpr rowScale() {
        ScalarExpr share = apply(ScalarFn.DIV, literal(forward, 1), wholeSum(forward, rowSum));
        return apply(ScalarFn.SELECT, isEmpty(forward, rowSum), zero(), share);
    }

    /**
     * The probability of a score where the mask is true.
     *
     * @param max   the greatest score of the row
     * @param scale {@link #rowScale}
     */
    public ScalarExpr unmasked(ScalarExpr score, ScalarExpr max, ScalarExpr scale) {
        ScalarExpr exponential = ScalarExprs.shiftedExp(score, max);
        return unlessZero(scale, apply(ScalarFn.MUL, exponential, scale));
    }

    /** A probability where the mask is true, zero elsewhere; empty when nothing is masked. */
    public Optional<ScalarExpr> masked(ScalarExpr probability) {
        return forward.mask().map(m -> apply(ScalarFn.SELECT, m, probability, zero()));
    }

    /**
     * The gradient by a score.
     *
     * @param p       the probability
     * @param product the sum of products of the cotangent and the key's values
     * @param ofRow   {@link #delta}
     */
    public ScalarExpr byScore(ScalarExpr p, ScalarExpr product, ScalarExpr ofRow) {
        ScalarExpr dp = forward.weight()
                .map(w -> unlessZero(w, part -> times(product, part)))
                .orElse(product);
        return unlessZero(p, apply(ScalarFn.MUL, p, apply(ScalarFn.SUB, dp, ofRow)));
    }

    /** The gradient by the product of query and key. */
    public ScalarExpr byRaw(ScalarExpr byScore) {
        return times(byScore, slope);
    }

    /** The gradient by a captured tensor of one weight. */
    public ScalarExpr throughWeight(ScalarExpr p, ScalarExpr product, ScalarExpr factor) {
        return unlessZero(p, unlessZero(factor, part -> times(apply(ScalarFn.MUL, p, product), part)));
    }

    /** A gradient times a derivative: zero where the gradient is. */
    public static ScalarExpr times(ScalarExpr gradient, ScalarExpr factor) {
        if (isOne(factor)) {
            return gradient;
        }
        ScalarExpr product = apply(ScalarFn.MUL, gradient, factor);
        boolean isFinite = factor instanceof ScalarExpr.Literal l && Double.isFinite(l.value());
        return isFinite ? product : unlessZero(gradient, product);
    }

    private static boolean isOne(ScalarExpr e) {
        return e instanceof ScalarExpr.Literal l && l.value() == 1;
    }

    /**
     * What {@code product} makes of a factor, or zero where the factor is: a weight of zero removes a key whose values may be infinite
     * or NaN. Of a select each side is a factor, so that masks and dropouts choose, and do not multiply.
     */
    private static ScalarExpr unlessZero(ScalarExpr factor, UnaryOperator<ScalarExpr> product) {
        if (factor instanceof ScalarExpr.Apply a && a.fn() == ScalarFn.SELECT) {
            return apply(
                    ScalarFn.SELECT,
                    a.args().get(0),
                    unlessZero(a.args().get(1), product),
                    unlessZero(a.args().get(2), product));
        }
        if (factor instanceof ScalarExpr.Literal l) {
            return l.value() == 0 ? factor : product.apply(factor);
        }
        return unlessZero(factor, product.apply(factor));
    }

    /** {@code value}, or zero where {@code x} is. */
    static ScalarExpr unlessZero(ScalarExpr x, ScalarExpr value) {
        ScalarExpr none = new ScalarExpr.Literal(x.type(), 0);
        return apply(ScalarFn.SELECT, apply(ScalarFn.EQ, x, none), none, value);
    }

    private ScalarExpr zero() {
        return literal(forward, 0);
    }

    private static ScalarExpr literal(AttentionDefinition a, double value) {
        return new ScalarExpr.Literal(a.compute(), value);
    }

    private static ScalarExpr apply(ScalarFn fn, ScalarExpr... args) {
        return ScalarExpr.apply(fn, args);
    }
}
