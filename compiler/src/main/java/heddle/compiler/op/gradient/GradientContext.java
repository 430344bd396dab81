package heddle.compiler.op.gradient;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Op;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Cast;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Length;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.layout.Expand;
import heddle.compiler.op.layout.Reshape;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Precision;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What an operation sees when its gradient is made: its node, the gradients of the loss by its results, and a builder that
 * adds nodes. Gradients have the shape of their values, and f32 or f64 elements.
 */
public final class GradientContext {
    /** Takes what an operand gets. */
    @FunctionalInterface
    public interface Receiver {
        void give(int slot, Value gradient);
    }

    private final Graph.Builder out;
    private final Node node;
    private final List<Optional<Value>> cotangents;
    private final List<Boolean> needs;
    private final Receiver receiver;
    private final Origin origin;

    /**
     * @param out        the graph, which the node is in
     * @param cotangents the gradients by the node's results; empty where the loss does not depend on one
     * @param needs      for each operand whether its gradient is needed
     */
    public GradientContext(
            Graph.Builder out, Node node, List<Optional<Value>> cotangents, List<Boolean> needs, Receiver receiver) {
        this.out = out;
        this.node = node;
        this.cotangents = List.copyOf(cotangents);
        this.needs = List.copyOf(needs);
        this.receiver = receiver;
        this.origin = node.origin().part("gradient");
    }

    public Node node() {
        return node;
    }

    public Graph.Builder out() {
        return out;
    }

    /** Of the nodes that are added. */
    public Origin origin() {
        return origin;
    }

    public List<Value> operands() {
        return out.operands(node);
    }

    public Value operand(int slot) {
        return operands().get(slot);
    }

    /** The gradient by a result, when the loss depends on it. */
    public Optional<Value> cotangent(int result) {
        return cotangents.get(result);
    }

    /** The gradient by the only result. */
    public Value cotangent() {
        return cotangents.getFirst().orElseThrow();
    }

    /** Whether the gradient by an operand is needed. */
    public boolean needs(int slot) {
        return needs.get(slot);
    }

    /** Gives an operand a part of its gradient. Parts are added. */
    public void give(int slot, Value gradient) {
        TensorType expected = Gradient.typeBy(operand(slot).type());
        if (!gradient.type().equals(expected)) {
            throw new IllegalStateException(
                    node + " gives operand " + slot + " the gradient " + gradient.type() + ", not " + expected);
        }
        receiver.give(slot, gradient);
    }

    /** The error that this node has no gradient. */
    public DiagnosticException noGradient(String reason, String remedy) {
        return noGradient(node, reason, remedy);
    }

    /** The error that a node has no gradient. */
    public static DiagnosticException noGradient(Node node, String reason, String remedy) {
        Diagnostic d = node.origin().spans().stream()
                .findFirst()
                .map(span -> Diagnostic.at(span, GradientCode.NO_GRADIENT, reason))
                .orElseGet(() -> Diagnostic.of(GradientCode.NO_GRADIENT, reason + " (" + node.path() + ")"));
        return new DiagnosticException(remedy.isEmpty() ? d : d.hint(remedy));
    }

    /** Adds an operation and gives its first result. */
    public Value add(Op op, Value... operands) {
        return out.value(op, origin, operands);
    }

    public Value apply(ScalarFn fn, Value... operands) {
        return add(new Elementwise(fn), operands);
    }

    /** Zero where {@code factor} is, whatever {@code other} is; elsewhere their product. */
    public Value annihilating(Value factor, Value other) {
        return apply(ScalarFn.MUL0, factor, other);
    }

    public Value cast(Value x, DType to) {
        return x.type().dtype() == to ? x : add(new Cast(to), x);
    }

    /** A value in the type that its gradient has. */
    public Value computed(Value x) {
        return cast(x, Precision.computed(x.type().dtype()));
    }

    public Value number(double value, DType dtype) {
        return add(Constant.scalar(dtype, value));
    }

    /** A length as a float. */
    public Value length(Dim dim, DType dtype) {
        return dim.isKnown() ? number((double) dim.value(), dtype) : add(new Length(dim, dtype));
    }

    public Value zeros(TensorType type) {
        return add(Constant.splat(type, 0));
    }

    public Value reshape(Value x, Shape shape) {
        return x.type().shape().equals(shape) ? x : add(new Reshape(shape), x);
    }

    public Value expand(Value x, Shape shape) {
        return x.type().shape().equals(shape) ? x : add(new Expand(shape), x);
    }

    /** The sum along axes, which go. */
    public Value sum(Value x, List<Integer> axes) {
        return axes.isEmpty() ? x : add(new Reduce(Reduction.SUM, axes, false), x);
    }

    /** A reduction along axes that stay with length one. */
    public Value reduced(Reduction kind, Value x, List<Integer> axes) {
        return add(new Reduce(kind, axes, true), x);
    }

    /** The sum of what was repeated when {@code from} was broadcast to the shape of {@code x}. */
    public Value unbroadcast(Value x, Shape from) {
        Shape shape = x.type().shape();
        int added = shape.rank() - from.rank();
        List<Integer> repeated = IntStream.range(0, shape.rank())
                .filter(axis -> axis < added
                        || from.dim(axis - added).is(1) && !shape.dim(axis).is(1))
                .boxed()
                .toList();
        return reshape(sum(x, repeated), from);
    }

    /** A shape with some axes of length one. */
    public static Shape kept(Shape shape, List<Integer> axes) {
        List<Dim> dims = new ArrayList<>(shape.dims());
        axes.forEach(axis -> dims.set(axis, Dim.ONE));
        return new Shape(dims);
    }
}
