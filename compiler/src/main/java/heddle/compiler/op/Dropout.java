package heddle.compiler.op;

import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.OpCategory;
import heddle.compiler.ir.Value;
import heddle.compiler.op.gradient.Differentiable;
import heddle.compiler.op.gradient.GradientContext;
import heddle.compiler.scalar.Philox;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Sets elements to zero at random in training, and divides the others by one minus the probability (Srivastava et al.
 * 2014). Without a seed, as at inference, it returns its operand.
 *
 * <p>With a second operand, {@link #SEED}, an element is dropped when the {@link Philox} word of its place is less than
 * the probability times 2^32. The place is the index along the last axis, and the row-major index along the others, so
 * the same elements are dropped whatever kernels compute them, forward and backward.
 *
 * @param probability of an element to be dropped, at least 0 and less than 1
 * @param ordinal     tells the dropouts of a model apart, from 0 to 65535
 */
public record Dropout(double probability, int ordinal) implements Pointwise, Differentiable {
    /** The name of the input that holds the seed; models cannot have inputs of this name. */
    public static final String SEED = "dropout.seed";

    /** What the seed is: the key's two words, the step, and a zero, each less than 2^32. */
    public static final TensorType SEED_TYPE = new TensorType(DType.I64, Shape.of(Philox.WORDS));

    private static final int MOST_DROPOUTS = 1 << 16;
    private static final double WORDS = 0x1p32;

    @Override
    public String name() {
        return "dropout";
    }

    @Override
    public OpCategory category() {
        return OpCategory.ELEMENTWISE;
    }

    @Override
    public Map<String, Object> attributes() {
        return AttributeMap.of("p", probability, "ordinal", (long) ordinal);
    }

    @Override
    public List<TensorType> infer(List<TensorType> operands) {
        Require.count(name(), operands, Math.clamp(operands.size(), 1, 2));
        Require.isFloat(name(), operands.getFirst());
        if (!(probability >= 0 && probability < 1)) {
            throw Require.mismatch(
                    "dropout with the probability " + probability, "it must be at least 0 and less than 1");
        }
        if (ordinal < 0 || ordinal >= MOST_DROPOUTS) {
            throw Require.mismatch("the dropout " + ordinal, "a model has at most " + MOST_DROPOUTS + " dropouts");
        }
        if (operands.size() == 2 && !operands.get(1).equals(SEED_TYPE)) {
            throw Require.mismatch("dropout with the seed " + operands.get(1), "a seed is " + SEED_TYPE, 1);
        }
        return List.of(operands.getFirst());
    }

    /** A word less than this drops its element. */
    private long threshold() {
        return Math.round(probability * WORDS);
    }

    private double scale() {
        return 1 / (1 - probability);
    }

    @Override
    public List<NdArray> evaluate(List<NdArray> operands, Map<String, Long> lengths) {
        NdArray x = operands.getFirst();
        if (operands.size() == 1) {
            return operands;
        }
        double[] seed = operands.get(1).data();
        NdArray result = NdArray.zeros(x.dtype(), x.shape());
        int columns = x.rank() == 0 ? 1 : (int) x.shape()[x.rank() - 1];
        IntStream.range(0, x.data().length).forEach(i -> {
            long word = Philox.word((long) seed[0], (long) seed[1], (long) seed[2], ordinal, i / columns, i % columns);
            result.data()[i] = word >= threshold() ? x.data()[i] * scale() : 0;
        });
        return List.of(result);
    }

    @Override
    public ScalarExpr at(List<ScalarExpr> index, Operands operands) {
        ScalarExpr x = operands.at(0, index);
        if (operands.count() == 1) {
            return x;
        }
        ScalarExpr row = ScalarExpr.of(0);
        for (int axis = 0; axis < index.size() - 1; axis++) {
            ScalarExpr length = ScalarExpr.of(operands.type(0).dim(axis));
            row = ScalarExpr.apply(ScalarFn.ADD, ScalarExpr.apply(ScalarFn.MUL, row, length), index.get(axis));
        }
        ScalarExpr draw = ScalarExpr.apply(
                ScalarFn.DRAW,
                seed(operands, 0),
                seed(operands, 1),
                seed(operands, 2),
                ScalarExpr.of(ordinal),
                row,
                index.isEmpty() ? ScalarExpr.of(0) : index.getLast());
        return ScalarExpr.apply(
                ScalarFn.SELECT,
                ScalarExpr.apply(ScalarFn.GE, draw, ScalarExpr.of(threshold())),
                ScalarExpr.apply(ScalarFn.MUL, x, new ScalarExpr.Literal(x.type(), scale())),
                ScalarExpr.zero(x.type()));
    }

    private static ScalarExpr seed(Operands operands, int word) {
        return operands.at(1, List.of(ScalarExpr.of(word)));
    }

    /** Drops the same elements of the gradient. */
    @Override
    public void gradient(GradientContext c) {
        List<Value> operands = new ArrayList<>(c.operands());
        operands.set(0, c.cotangent());
        c.give(0, operands.size() == 1 ? c.cotangent() : c.add(this, operands.toArray(Value[]::new)));
    }
}
