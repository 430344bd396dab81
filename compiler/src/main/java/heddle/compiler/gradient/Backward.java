package heddle.compiler.gradient;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Given;
import heddle.compiler.op.StopGradient;
import heddle.compiler.op.Weight;
import heddle.compiler.op.attention.GradientOp;
import heddle.compiler.op.gradient.Differentiable;
import heddle.compiler.op.gradient.Gradient;
import heddle.compiler.op.gradient.GradientCode;
import heddle.compiler.op.gradient.GradientContext;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Adds the gradients of one loss to a graph. It visits the nodes between the values that are wanted and the loss, the last
 * first. Where a value is used several times, the parts of its gradient are added in the order of the uses.
 */
final class Backward {
    /** What one reader gives a value. */
    private record Part(int reader, Value gradient) {}

    private final Graph.Builder out;
    private final Value loss;
    private final List<Value> wanted;
    private final Set<Object> wantedPlaces = new HashSet<>();
    private final Set<Node> wantedNodes = new HashSet<>();
    private final Origin origin;
    private final BitSet carries = new BitSet();
    private final Map<Value, List<Part>> parts = new HashMap<>();

    /** By what tells values apart, in the order of the nodes. */
    private final Map<Object, List<Value>> gradients = new HashMap<>();

    /** @param operands of {@link Gradient} */
    Backward(Graph.Builder out, List<Value> operands, Origin origin) {
        this.out = out;
        this.loss = operands.getFirst();
        this.wanted = operands.subList(1, operands.size());
        this.origin = origin;
        wanted.forEach(w -> {
            wantedPlaces.add(place(w));
            wantedNodes.add(w.node());
        });
    }

    /** @throws DiagnosticException when a value that is wanted is held as whole numbers */
    private void requireFloats() {
        for (Value value : wanted) {
            if (value.node().op() instanceof Weight w && w.held().stored().isQuantised()) {
                String message = "there is no gradient by the weight \"" + w.key() + "\", which is held as "
                        + w.held().stored().name().toLowerCase(Locale.ROOT);
                Diagnostic d = Diagnostic.atFirst(origin.spans(), GradientCode.NOT_WANTED, message);
                throw new DiagnosticException(d.hint("train a weight of floats, and quantise it afterwards"));
            }
        }
    }

    /** The gradient by each wanted value; zeros where the loss does not depend on it. */
    List<Value> gradients() {
        requireFloats();
        List<Node> nodes = List.copyOf(out.nodes().subList(0, loss.node().id() + 1));
        nodes.forEach(this::mark);
        if (carries.get(loss.node().id())) {
            DType type = Gradient.typeBy(loss.type()).dtype();
            give(loss, out.nodes().size(), out.value(Constant.scalar(type, 1), origin.part("one")));
            nodes.reversed().forEach(this::visit);
        }
        return wanted.stream().map(this::gradient).toList();
    }

    /** Whether a value that is wanted changes this one. */
    private void mark(Node node) {
        boolean isWanted = isLeaf(node) ? wantedPlaces.contains(node.op()) : wantedNodes.contains(node);
        boolean passes = !(node.op() instanceof StopGradient)
                && node.results().stream().anyMatch(t -> t.dtype().isFloat());
        boolean reads = out.operands(node).stream().anyMatch(this::carries);
        carries.set(node.id(), isWanted || passes && reads);
    }

    private boolean carries(Value value) {
        return carries.get(value.node().id()) && value.type().dtype().isFloat();
    }

    private static boolean isLeaf(Node node) {
        return node.op() instanceof Given;
    }

    private void give(Value value, int reader, Value gradient) {
        parts.computeIfAbsent(value, v -> new ArrayList<>()).add(new Part(reader, gradient));
    }

    private void visit(Node node) {
        List<Optional<Value>> cotangents = Rewriter.results(node).stream()
                .map(result -> Optional.ofNullable(parts.get(result)).map(p -> sum(result, p)))
                .toList();
        if (!carries.get(node.id()) || cotangents.stream().allMatch(Optional::isEmpty)) {
            return;
        }
        List<Value> operands = out.operands(node);
        List<Boolean> needs = operands.stream().map(this::carries).toList();
        if (!needs.contains(true)) {
            return;
        }
        if (!(node.op() instanceof Differentiable op)) {
            if (node.op() instanceof GradientOp) {
                throw GradientContext.noGradient(
                        node,
                        "the gradient of a fused attention has no gradient itself",
                        "gradients of gradients need attention that is not fused: `heddle run --unfused`, or"
                                + " Options.unfused() in Java; `heddle verify` has no such option, because it"
                                + " compares what is fused");
            }
            throw GradientContext.noGradient(
                    node,
                    "`" + node.op().name() + "` has no gradient",
                    "put stop_gradient(x) around what the loss need not be differentiated through");
        }
        op.gradient(
                new GradientContext(out, node, cotangents, needs, (slot, g) -> give(operands.get(slot), node.id(), g)));
    }

    private Value sum(Value value, List<Part> given) {
        given.sort(Comparator.comparingInt(Part::reader));
        Origin place = value.node().origin();
        Value sum = given.stream()
                .map(Part::gradient)
                .reduce((a, b) -> out.part(new Elementwise(ScalarFn.ADD), place, a, b))
                .orElseThrow();
        gradients.computeIfAbsent(place(value), none -> new ArrayList<>()).addFirst(sum);
        return sum;
    }

    private Value gradient(Value value) {
        return gradients.getOrDefault(place(value), List.of()).stream()
                .reduce((a, b) -> out.part(new Elementwise(ScalarFn.ADD), origin, a, b))
                .orElseGet(() -> out.value(Constant.splat(Gradient.typeBy(value.type()), 0), origin.part("zeros")));
    }

    /** What tells values apart: a weight or input may stand in a graph more than once. */
    private static Object place(Value value) {
        return isLeaf(value.node()) ? value.node().op() : value;
    }

    /** Which operands of the gradient the loss does not depend on, once gradients were added. */
    List<Integer> unreached() {
        return IntStream.range(0, wanted.size())
                .filter(n -> !gradients.containsKey(place(wanted.get(n))))
                .mapToObj(n -> n + 1)
                .toList();
    }
}
