package heddle.compiler.op.attention;

import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import java.util.Optional;

/**
 * The steps of an attention as scalar programs, shared by all that computes it. What a step reads is given to it: variables
 * of an interpreter or tiles of a kernel.
 *
 * @param definition the attention
 */
public record AttentionPieces(AttentionDefinition definition) {
    private DType type() {
        return definition.compute();
    }

    /** The variable for the greatest score of a row. */
    public ScalarExpr.Variable rowMax() {
        return variable("rowMax");
    }

    /** The variable for the sum of a row's shifted exponentials: NaN where a score of the row is, and then so is the result. */
    public ScalarExpr.Variable rowSum() {
        return variable("rowSum");
    }

    /** The variable for the sum of values, each weighted with its probability. */
    public ScalarExpr.Variable acc() {
        return variable("acc");
    }

    private ScalarExpr.Variable variable(String name) {
        return new ScalarExpr.Variable(name, type());
    }

    /** A score where the mask is true, and minus infinity elsewhere; empty when nothing is masked. */
    public Optional<ScalarExpr> masked(ScalarExpr score) {
        return definition.mask().map(m -> apply(ScalarFn.SELECT, m, score, lowest()));
    }

    /**
     * What the exponentials of a row are shifted by: its greatest score, or zero where that is minus infinity, so that no
     * difference of infinities arises.
     */
    public ScalarExpr shift(ScalarExpr greatest) {
        return apply(ScalarFn.SELECT, apply(ScalarFn.EQ, greatest, lowest()), literal(0), greatest);
    }

    /**
     * What a sink adds to the sum of its row when it is the only score so far. It counts one, unless it is minus infinity; NaN
     * or plus infinity makes the row NaN however many blocks are skipped.
     */
    public ScalarExpr countedSink(ScalarExpr greatest) {
        ScalarExpr isNone = apply(ScalarFn.EQ, greatest, lowest());
        return apply(ScalarFn.SELECT, isNone, literal(0), ScalarExprs.shiftedExp(greatest, greatest));
    }

    /**
     * The probability of a masked score: zero in a row without a finite score, whose exponentials are never computed.
     *
     * @param max the greatest score of the row
     * @param sum of the row's exponentials, shifted by {@code max}
     */
    public ScalarExpr probability(ScalarExpr score, ScalarExpr max, ScalarExpr sum) {
        ScalarExpr p = apply(ScalarFn.DIV, ScalarExprs.shiftedExp(score, max), sum);
        return apply(ScalarFn.SELECT, apply(ScalarFn.EQ, sum, literal(0)), literal(0), p);
    }

    /** The probability of a score, from the log-sum-exp of its row: zero where the mask is false or no score is finite. */
    public ScalarExpr probability(ScalarExpr score, ScalarExpr logSumExp) {
        ScalarExpr isEmpty = apply(ScalarFn.EQ, logSumExp, lowest());
        ScalarExpr p = apply(ScalarFn.SELECT, isEmpty, literal(0), ScalarExprs.shiftedExp(score, logSumExp));
        return definition
                .mask()
                .map(m -> apply(ScalarFn.SELECT, m, p, literal(0)))
                .orElse(p);
    }

    /**
     * A probability, or what is in proportion to it, times its weight; empty when all weights are one. Zero stays zero, be
     * the weight infinite: which keys a block has must not matter.
     */
    public Optional<ScalarExpr> weighted(ScalarExpr probability) {
        return definition.weight().map(weight -> {
            ScalarExpr product = apply(ScalarFn.MUL, probability, weight);
            ScalarExpr isZero = apply(ScalarFn.EQ, probability, literal(0));
            return isFinite(weight) ? product : apply(ScalarFn.SELECT, isZero, literal(0), product);
        });
    }

    /** Whether a program is made of numbers and truth values in a way that gives no infinity or NaN. */
    private static boolean isFinite(ScalarExpr e) {
        if (e instanceof ScalarExpr.Apply a) {
            return switch (a.fn()) {
                case CAST ->
                    !a.args().getFirst().type().isFloat() || isFinite(a.args().getFirst());
                case SELECT -> isFinite(a.args().get(1)) && isFinite(a.args().get(2));
                case NEG -> isFinite(a.args().getFirst());
                default -> false;
            };
        }
        return e instanceof ScalarExpr.Literal l && Double.isFinite(l.value());
    }

    /**
     * The factor on a row's sum of values that were weighted with exponentials. A row that has seen no score above minus
     * infinity has a sum of zero; its result is zero. So is the result without keys, even where a sink is NaN, because no
     * probability is there to be NaN.
     */
    public ScalarExpr scale(ScalarExpr sum) {
        ScalarExpr isEmpty = apply(ScalarFn.EQ, sum, literal(0));
        if (definition.sink().isPresent() && !definition.j().extent().isKnown()) {
            ScalarExpr noKeys = apply(ScalarFn.EQ, ScalarExpr.of(definition.j().extent()), ScalarExpr.of(0));
            isEmpty = apply(ScalarFn.OR, noKeys, isEmpty);
        }
        return apply(ScalarFn.SELECT, isEmpty, literal(0), apply(ScalarFn.DIV, literal(1), sum));
    }

    /** What the output has for a normalised {@code sum} of values: that by a sum with the term; zero in a guarded row of NaN. */
    public ScalarExpr output(ScalarExpr sum, ScalarExpr rowSum) {
        ScalarExpr result = sum;
        if (definition.term() != 0) {
            ScalarExpr all = apply(ScalarFn.ADD, rowSum, literal(definition.term()));
            result = apply(ScalarFn.MUL, sum, apply(ScalarFn.DIV, rowSum, all));
        }
        if (definition.guarded()) {
            ScalarExpr isNaN = apply(ScalarFn.NE, rowSum, rowSum);
            result = apply(ScalarFn.SELECT, isNaN, literal(0), result);
        }
        return result;
    }

    /** The value of a result, in its type. */
    public ScalarExpr result(AttentionResult.Kind kind, DType as) {
        ScalarExpr value = switch (kind) {
            case OUTPUT -> output(acc(), rowSum());
            case ROW_MAX -> rowMax();
            case ROW_SUM -> rowSum();
            case LOG_SUM_EXP -> apply(ScalarFn.ADD, rowMax(), apply(ScalarFn.LOG, rowSum()));
        };
        return ScalarExpr.cast(as, value);
    }

    /** A number in the type in which the attention is computed. */
    public ScalarExpr literal(double value) {
        return new ScalarExpr.Literal(type(), value);
    }

    private ScalarExpr lowest() {
        return literal(Double.NEGATIVE_INFINITY);
    }

    private static ScalarExpr apply(ScalarFn fn, ScalarExpr... args) {
        return ScalarExpr.apply(fn, args);
    }
}
