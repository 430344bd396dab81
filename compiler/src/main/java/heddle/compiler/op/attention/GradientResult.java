package heddle.compiler.op.attention;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scalar.ScalarMath;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * One result of an operation that computes gradients of attention: summed over each axis of the attention that its index does not
 * read.
 *
 * @param kind   what it holds
 * @param factor what that is multiplied with: the derivative of a program by the tensor that it reads. It is over the axes of that
 *               program, and may read the product of query and key
 * @param type   of the tensor
 * @param index  of an element, one for each axis of the tensor, over the axes of the attention
 */
public record GradientResult(Kind kind, ScalarExpr factor, TensorType type, List<ScalarExpr> index) {
    /** What a result holds. */
    public enum Kind {
        /** The sum of the cotangent times the output, less the cotangent of the log-sum-exp. Over batch, i. */
        DELTA,
        /** The gradient by what the sink reads. Over batch, i. */
        SINK,
        /** The gradient by what the queries are read from. Over batch, i, d. */
        QUERY,
        /** The gradient by what the keys are read from. Over batch, j, d. */
        KEY,
        /** The gradient by what the values are read from. Over batch, j, e. */
        VALUE,
        /** The gradient by what the score program reads. Over batch, i, j, or some of these. */
        SCORE,
        /** The gradient by what the weight reads. Over batch, i, j, or some of these. */
        WEIGHT;

        /** Its name in the text form. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The one with this name in the text form. */
        public static Optional<Kind> named(String text) {
            return Stream.of(values()).filter(k -> k.text().equals(text)).findFirst();
        }
    }

    public GradientResult {
        factor = folded(factor);
        index = List.copyOf(index);
        if (index.size() != type.rank()) {
            throw new IllegalArgumentException("an element of " + kind.text() + ", which is " + type + ", has "
                    + type.rank() + " indexes, not " + index.size());
        }
    }

    /** A program whose functions of numbers are numbers. */
    private static ScalarExpr folded(ScalarExpr program) {
        return ScalarExprs.transform(
                program,
                e -> e instanceof ScalarExpr.Apply f
                                && f.type().isFloat()
                                && f.fn() != ScalarFn.CAST
                                && f.args().stream().allMatch(ScalarExpr.Literal.class::isInstance)
                        ? number(f)
                        : e);
    }

    private static ScalarExpr number(ScalarExpr.Apply f) {
        List<Double> args =
                f.args().stream().map(x -> ((ScalarExpr.Literal) x).value()).toList();
        double value = ScalarMath.apply(
                f.fn(),
                f.type(),
                args.getFirst(),
                args.size() > 1 ? args.get(1) : 0,
                args.size() > 2 ? args.get(2) : 0);
        return new ScalarExpr.Literal(f.type(), f.type().nearest(value));
    }

    /** The row-major address of an element. */
    public ScalarExpr address() {
        return IndexSimplifier.address(type.shape(), index);
    }

    /** Whether there is an element for each index of an axis. */
    public boolean spans(Axis axis) {
        return index.stream().anyMatch(x -> ScalarExprs.reads(x, axis));
    }

    /** The same result, stored otherwise. */
    public GradientResult at(TensorType other, List<ScalarExpr> place) {
        return new GradientResult(kind, factor, other, place);
    }

    /** The same result with {@code change} made to its factor. */
    public GradientResult map(UnaryOperator<ScalarExpr> change) {
        return new GradientResult(kind, change.apply(factor), type, index);
    }
}
