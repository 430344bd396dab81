package heddle.compiler.op;

import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.OpCategory;
import heddle.compiler.op.gradient.Differentiable;
import heddle.compiler.op.gradient.ElementwiseGradient;
import heddle.compiler.op.gradient.GradientContext;
import heddle.compiler.op.layout.Broadcast;
import heddle.compiler.op.layout.Strided;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scalar.ScalarMath;
import heddle.compiler.type.DType;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Applies a function of single elements at every index. Shapes broadcast as {@link Broadcast} says. */
public record Elementwise(ScalarFn fn) implements Pointwise, Differentiable {
    public Elementwise {
        if (!isOperation(fn)) {
            throw new IllegalArgumentException(fn.text() + " is part of other operations");
        }
    }

    /** Whether a function is an operation by itself: conversions are the operation Cast, Dropout draws, and kernels alone know of ranges. */
    public static boolean isOperation(ScalarFn fn) {
        return switch (fn) {
            case CAST, STOP_GRADIENT, DRAW, EXP_NONPOSITIVE -> false;
            default -> true;
        };
    }

    @Override
    public String name() {
        return fn.text();
    }

    @Override
    public OpCategory category() {
        return OpCategory.ELEMENTWISE;
    }

    @Override
    public List<TensorType> infer(List<TensorType> operands) {
        Require.count(name(), operands, fn.arity());
        DType dtype = fn.resultType(operands.stream().map(TensorType::dtype).toList())
                .orElseThrow(() -> wrongTypes(operands));
        return List.of(new TensorType(dtype, Broadcast.shapes(name(), operands)));
    }

    private RuntimeException wrongTypes(List<TensorType> operands) {
        Integer[] all = Require.all(operands);
        String given = ", not " + Require.listed(operands);
        if (fn.rule() == ScalarFn.Rule.LOGIC) {
            return Require.mismatch(name() + " needs bools" + given, "compare first, for example x != 0", all);
        }
        if (fn.rule() == ScalarFn.Rule.SELECT && operands.getFirst().dtype() != DType.BOOL) {
            return Require.mismatch(name() + " needs a bool condition" + given, "compare first, for example x != 0", 0);
        }
        List<TensorType> alike = fn.rule() == ScalarFn.Rule.SELECT ? operands.subList(1, 3) : operands;
        if (alike.stream().map(TensorType::dtype).distinct().count() > 1) {
            return Require.mismatch(
                    name() + " needs operands of one type" + given,
                    "convert one of them: cast(x, " + alike.getFirst().dtype() + ")",
                    all);
        }
        return fn.rule() == ScalarFn.Rule.FLOAT
                ? Require.mismatch(name() + " needs floating-point elements" + given, "convert them: cast(x, f32)", all)
                : Require.mismatch(name() + " needs numbers" + given, "convert them: cast(x, i32)", all);
    }

    @Override
    public List<NdArray> evaluate(List<NdArray> operands, Map<String, Long> lengths) {
        TensorType type = infer(operands.stream().map(NdArray::type).toList()).getFirst();
        NdArray result = NdArray.zeros(type.dtype(), type.shape().evaluate(lengths));
        DType dtype = operands.getLast().dtype();
        double[] a = Strided.broadcast(operands.getFirst(), result.shape());
        double[] b = fn.arity() < 2 ? a : Strided.broadcast(operands.get(1), result.shape());
        double[] c = fn.arity() < 3 ? a : Strided.broadcast(operands.get(2), result.shape());
        double[] out = result.data();
        IntStream.range(0, out.length).parallel().forEach(i -> out[i] = ScalarMath.apply(fn, dtype, a[i], b[i], c[i]));
        return List.of(result);
    }

    @Override
    public ScalarExpr at(List<ScalarExpr> index, Operands operands) {
        List<ScalarExpr> args = new ArrayList<>();
        for (int slot = 0; slot < fn.arity(); slot++) {
            Shape shape = operands.type(slot).shape();
            args.add(operands.at(slot, Broadcast.index(shape, index)));
        }
        return new ScalarExpr.Apply(fn, operands.result().dtype(), args);
    }

    @Override
    public void gradient(GradientContext c) {
        ElementwiseGradient.of(c, fn);
    }
}
