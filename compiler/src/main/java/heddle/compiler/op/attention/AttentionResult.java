package heddle.compiler.op.attention;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.type.TensorType;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * One result of a {@link FusedAttention}.
 *
 * @param kind  what it holds
 * @param type  of the tensor
 * @param index of an element, one for each axis of the tensor, over the axes of the attention
 */
public record AttentionResult(Kind kind, TensorType type, List<ScalarExpr> index) {
    /** What a result holds. */
    public enum Kind {
        /** The weighted sum of the values, over batch, i, e. */
        OUTPUT("o"),
        /**
         * The greatest score of each row, the sink among them; minus infinity where none is finite. It says nothing of a row that
         * has a NaN, whose sum is NaN. Over batch, i.
         */
        ROW_MAX("row_max"),
        /** The sum of a row's exponentials, shifted by its maximum. Over batch, i. */
        ROW_SUM("row_sum"),
        /** The logarithm of the sum of a row's exponentials. Over batch, i. */
        LOG_SUM_EXP("log_sum_exp");

        /** What is said of each row, beside the output. */
        public static final Set<Kind> OF_ROWS = EnumSet.of(ROW_MAX, ROW_SUM, LOG_SUM_EXP);

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** Its name in the text form. */
        public String text() {
            return text;
        }
    }

    public AttentionResult {
        index = List.copyOf(index);
        if (index.size() != type.rank()) {
            throw new IllegalArgumentException("an element of the result " + kind.text + ", which is " + type + ", has "
                    + type.rank() + " indexes, not " + index.size());
        }
    }

    /** The index of an element of a tensor that has an axis for each of some axes. */
    public static List<ScalarExpr> at(List<Axis> axes) {
        return axes.stream().map(ScalarExpr::of).map(IndexSimplifier::simplify).toList();
    }

    /** The row-major address of an element. */
    public ScalarExpr address() {
        return IndexSimplifier.address(type.shape(), index);
    }
}
