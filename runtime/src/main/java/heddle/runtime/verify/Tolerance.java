package heddle.runtime.verify;

import heddle.compiler.frontend.Model;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.gradient.Gradient;
import heddle.compiler.type.DType;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * How far a result may be from the reference: {@code |got - want| <= absolute + relative * |want|}. Two NaN agree, and
 * so do two equal infinities.
 *
 * @param least the size of an array at which the absolute part begins to grow with it: one, or zero for gradients, which are small
 */
public record Tolerance(double absolute, double relative, double least) {
    /** The absolute part grows with arrays whose size is above one. */
    public Tolerance(double absolute, double relative) {
        this(absolute, relative, 1);
    }

    /** The tolerance for results of a type: some units in the last place, times what long sums lose. */
    public static Tolerance of(DType dtype) {
        return switch (dtype) {
            case F64 -> new Tolerance(1e-10, 1e-10);
            case F32 -> new Tolerance(2e-5, 1e-4);
            case F16 -> new Tolerance(2e-3, 4e-3);
            case BF16 -> new Tolerance(2e-2, 3e-2);
            case I32, I64, BOOL -> new Tolerance(0, 0);
        };
    }

    /** The tolerance for an output of a graph: that of the coarsest float type computed on the way to it. */
    public static Tolerance of(String output, Graph graph) {
        Value value = graph.outputs().get(output);
        Tolerance own = of(value.type().dtype());
        if (!value.type().dtype().isFloat()) {
            return own;
        }
        return Stream.concat(Stream.of(value.node()), graph.ancestors(value.node()).stream())
                .filter(node -> !graph.operands(node).isEmpty()) // What is given is as exact as it comes.
                .flatMap(node -> node.results().stream())
                .map(type -> type.dtype())
                .filter(DType::isFloat)
                .map(Tolerance::of)
                .reduce(own, (a, b) -> a.absolute > b.absolute ? a : b);
    }

    /** The tolerance for an output of a model. */
    public static Tolerance of(String output, Model model) {
        Tolerance usual = of(output, model.meaning());
        Node node = model.graph().outputs().get(output).node();
        boolean isGradient = Stream.concat(Stream.of(node), model.graph().ancestors(node).stream())
                .anyMatch(n -> n.op() instanceof Gradient);
        return isGradient ? new Tolerance(usual.absolute, usual.relative, 0) : usual;
    }

    /** The same, the absolute part growing with the size of an array: the root mean square of what is finite. */
    Tolerance scaledTo(NdArray array) {
        double square = Arrays.stream(array.data())
                .filter(Double::isFinite)
                .map(v -> v * v)
                .average()
                .orElse(0);
        return new Tolerance(absolute * Math.max(least, Math.sqrt(square)), relative, least);
    }

    /** How far beyond the tolerance a result is; not positive when it is within. */
    double excess(double got, double want) {
        if (Double.compare(got, want) == 0 || got == want) {
            return Double.NEGATIVE_INFINITY;
        }
        double excess = Math.abs(got - want) - absolute - relative * Math.abs(want);
        return Double.isNaN(excess) ? Double.POSITIVE_INFINITY : excess;
    }
}
