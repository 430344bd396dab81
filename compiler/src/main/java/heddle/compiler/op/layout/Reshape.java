package heddle.compiler.op.layout;

import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.Op;
import heddle.compiler.op.Require;
import heddle.compiler.op.gradient.GradientContext;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Keeps the elements in row-major order and changes the axes. */
public record Reshape(Shape shape) implements View {
    @Override
    public String name() {
        return "reshape";
    }

    @Override
    public List<TensorType> infer(List<TensorType> operands) {
        Require.count(name(), operands, 1);
        TensorType x = operands.getFirst();
        Dim from = x.shape().size();
        Dim to = shape.size();
        if (!from.equals(to)) {
            throw Require.mismatch(
                    "reshape of " + x + " to " + shape + ": " + from + " elements cannot become " + to,
                    "the product of the lengths must stay the same; one length may be -1",
                    0);
        }
        return List.of(new TensorType(x.dtype(), shape));
    }

    @Override
    public Op bind(Map<String, Dim> bindings) {
        return new Reshape(shape.bind(bindings));
    }

    @Override
    public List<NdArray> evaluate(List<NdArray> operands, Map<String, Long> lengths) {
        NdArray x = operands.getFirst();
        return List.of(new NdArray(x.dtype(), shape.evaluate(lengths), x.data()));
    }

    /**
     * The address arithmetic, done apart for each shortest run of axes whose sizes agree, so that an axis that is
     * merely carried along stays a plain index: in {@code [B, N, 384]} from {@code [B, N, 12, 32]} only the last one
     * divides.
     */
    @Override
    public ScalarExpr at(List<ScalarExpr> index, Operands operands) {
        Shape from = operands.type(0).shape();
        List<ScalarExpr> source = new ArrayList<>(Collections.nCopies(from.rank(), ScalarExpr.of(0)));
        runs(from).forEach(run -> split(flat(index, run.to), from, run.from, source));
        return operands.at(0, source);
    }

    /**
     * Whether it lays elements out in other rows, as {@code [N + 1, N]} from {@code [N, N + 1]}: several axes become several, which no
     * product of some of them explains.
     */
    public boolean regroups(Shape from) {
        return runs(from).stream().anyMatch(run -> run.from.size() > 1 && run.to.size() > 1);
    }

    /** Axes of both shapes that have the same number of elements. */
    private record Run(List<Integer> from, List<Integer> to) {}

    /** The shortest runs of axes, without those of length one. */
    private List<Run> runs(Shape from) {
        List<Integer> fromAxes = axesOtherThanOne(from);
        List<Integer> toAxes = axesOtherThanOne(shape);
        List<Run> runs = new ArrayList<>();
        int fromStart = 0;
        int toStart = 0;
        while (fromStart < fromAxes.size()) {
            int[] ends = run(from, fromAxes, fromStart, toAxes, toStart);
            runs.add(new Run(fromAxes.subList(fromStart, ends[0]), toAxes.subList(toStart, ends[1])));
            fromStart = ends[0];
            toStart = ends[1];
        }
        return runs;
    }

    private static List<Integer> axesOtherThanOne(Shape shape) {
        return IntStream.range(0, shape.rank())
                .filter(a -> !shape.dim(a).is(1))
                .boxed()
                .toList();
    }

    /** The ends of the shortest runs of axes from the starts on that have the same number of elements. */
    private int[] run(Shape from, List<Integer> fromAxes, int fromStart, List<Integer> toAxes, int toStart) {
        Dim left = Dim.ONE;
        for (int f = fromStart; f < fromAxes.size(); f++) {
            left = left.times(from.dim(fromAxes.get(f)));
            Dim right = Dim.ONE;
            for (int t = toStart; t < toAxes.size(); t++) {
                right = right.times(shape.dim(toAxes.get(t)));
                if (left.equals(right)) {
                    return new int[] {f + 1, t + 1};
                }
            }
        }
        return new int[] {fromAxes.size(), toAxes.size()};
    }

    private ScalarExpr flat(List<ScalarExpr> index, List<Integer> axes) {
        ScalarExpr flat = ScalarExpr.of(0);
        for (int i = 0; i < axes.size(); i++) {
            ScalarExpr at = index.get(axes.get(i));
            ScalarExpr length = ScalarExpr.of(shape.dim(axes.get(i)));
            flat = i == 0 ? at : ScalarExpr.apply(ScalarFn.ADD, ScalarExpr.apply(ScalarFn.MUL, flat, length), at);
        }
        return flat;
    }

    private static void split(ScalarExpr flat, Shape from, List<Integer> axes, List<ScalarExpr> source) {
        Dim stride = Dim.ONE;
        for (int i = axes.size() - 1; i >= 0; i--) {
            Dim length = from.dim(axes.get(i));
            ScalarExpr at = stride.is(1) ? flat : ScalarExpr.apply(ScalarFn.FLOOR_DIV, flat, ScalarExpr.of(stride));
            source.set(axes.get(i), i == 0 ? at : ScalarExpr.apply(ScalarFn.MOD, at, ScalarExpr.of(length)));
            stride = stride.times(length);
        }
    }

    @Override
    public void gradient(GradientContext c) {
        c.give(0, c.reshape(c.cotangent(), c.operand(0).type().shape()));
    }
}
