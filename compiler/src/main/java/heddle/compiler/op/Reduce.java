package heddle.compiler.op;

import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.OpCategory;
import heddle.compiler.op.gradient.Differentiable;
import heddle.compiler.op.gradient.GradientContext;
import heddle.compiler.op.gradient.ReductionGradient;
import heddle.compiler.op.layout.Strided;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarMath;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Combines elements along some axes into one. Over an empty axis the result is the neutral element of the reduction.
 *
 * @param axes     sorted, each once
 * @param keepDims the reduced axes stay, with length 1
 */
public record Reduce(Reduction kind, List<Integer> axes, boolean keepDims)
        implements RowReduction, Combining, Differentiable {
    public Reduce {
        axes = axes.stream().sorted().toList();
    }

    /** Whether a node combines elements in a way. */
    public static boolean is(Node node, Reduction kind) {
        return node.op() instanceof Reduce r && r.kind() == kind;
    }

    @Override
    public String name() {
        return "reduce_" + kind.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public OpCategory category() {
        return OpCategory.REDUCTION;
    }

    @Override
    public Map<String, Object> attributes() {
        return AttributeMap.of("axes", axes.stream().map(Integer::longValue).toList(), "keep_dims", keepDims);
    }

    @Override
    public List<TensorType> infer(List<TensorType> operands) {
        Require.count(name(), operands, 1);
        TensorType x = operands.getFirst();
        Require.axes(name(), axes, x);
        Require.isNumeric(name(), x);
        List<Dim> dims = new ArrayList<>();
        for (int axis = 0; axis < x.rank(); axis++) {
            if (!axes.contains(axis)) {
                dims.add(x.dim(axis));
            } else if (keepDims) {
                dims.add(Dim.ONE);
            }
        }
        return List.of(new TensorType(x.dtype(), new Shape(dims)));
    }

    @Override
    public List<ScalarExpr> resultIndex(List<ScalarExpr> index) {
        List<ScalarExpr> kept = new ArrayList<>();
        for (int axis = 0; axis < index.size(); axis++) {
            if (!axes.contains(axis)) {
                kept.add(index.get(axis));
            } else if (keepDims) {
                kept.add(ScalarExpr.of(0));
            }
        }
        return kept;
    }

    @Override
    public List<NdArray> evaluate(List<NdArray> operands, Map<String, Long> lengths) {
        NdArray x = operands.getFirst();
        NdArray result = NdArray.zeros(
                x.dtype(), infer(List.of(x.type())).getFirst().shape().evaluate(lengths));
        double[] out = result.data();
        Arrays.fill(out, ScalarMath.neutral(kind, x.dtype()));
        long[] steps = resultSteps(x.shape());
        long[] index = new long[x.rank()];
        for (double element : x.data()) {
            long to = 0;
            for (int axis = 0; axis < index.length; axis++) {
                to += index[axis] * steps[axis];
            }
            int i = (int) to;
            out[i] = ScalarMath.apply(ScalarMath.combine(kind), x.dtype(), out[i], element, 0);
            Strided.increment(index, x.shape());
        }
        return List.of(result);
    }

    /** For each axis of the operand how far one step along it goes in the result. */
    private long[] resultSteps(long[] shape) {
        long[] kept = shape.clone();
        axes.forEach(a -> kept[a] = 1);
        long[] steps = NdArray.strides(kept);
        axes.forEach(a -> steps[a] = 0);
        return steps;
    }

    @Override
    public void gradient(GradientContext c) {
        Shape kept = GradientContext.kept(c.operand(0).type().shape(), axes);
        new ReductionGradient(c, kind, (how, x) -> c.reduced(how, x, axes), y -> c.reshape(y, kept)).give();
    }
}
