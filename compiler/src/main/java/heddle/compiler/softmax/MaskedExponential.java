package heddle.compiler.softmax;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Cast;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.layout.View;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An exponential that masks set to zero.
 *
 * @param exp   the exponential
 * @param masks the masks on it, the innermost first
 */
record MaskedExponential(Node exp, List<Mask> masks) {
    /**
     * A mask.
     *
     * @param value bool, or a number that is zero or one
     * @param kept  whether exponentials are kept where it is true, or zero there
     */
    record Mask(Value value, boolean kept) {}

    static Optional<MaskedExponential> of(Graph graph, Node node) {
        if (ElementReference.is(node, ScalarFn.EXP)) {
            return Optional.of(new MaskedExponential(node, List.of()));
        }
        if (ElementReference.is(node, ScalarFn.SELECT)) {
            return ElementReference.is(graph.operand(node, 2), 0)
                    ? of(graph, node, 1, new Mask(graph.operand(node, 0), true))
                    : ElementReference.is(graph.operand(node, 1), 0)
                            ? of(graph, node, 2, new Mask(graph.operand(node, 0), false))
                            : Optional.empty();
        }
        return ElementReference.is(node, ScalarFn.MUL)
                ? product(graph, node, 0).or(() -> product(graph, node, 1))
                : Optional.empty();
    }

    private static Optional<MaskedExponential> product(Graph graph, Node node, int slot) {
        Value mask = graph.operand(node, 1 - slot);
        return isZeroOrOne(graph, mask) ? of(graph, node, slot, new Mask(mask, true)) : Optional.empty();
    }

    private static Optional<MaskedExponential> of(Graph graph, Node node, int slot, Mask mask) {
        Value inner = graph.operand(node, slot);
        return inner.type().equals(node.type()) ? of(graph, inner.node()).map(e -> e.with(mask)) : Optional.empty();
    }

    private MaskedExponential with(Mask mask) {
        List<Mask> all = new ArrayList<>(masks);
        all.add(mask);
        return new MaskedExponential(exp, List.copyOf(all));
    }

    /** Whether a value is made of truth values, their products and opposites. */
    static boolean isZeroOrOne(Graph graph, Value value) {
        return isZeroOrOne(graph, value, new HashSet<>());
    }

    /** The same; what was {@code seen} before is not looked at again. */
    private static boolean isZeroOrOne(Graph graph, Value value, Set<Value> seen) {
        Node node = value.node();
        if (ElementReference.is(value, 0) || ElementReference.is(value, 1) || !seen.add(value)) {
            return true;
        }
        if (node.op() instanceof Cast) {
            Value from = graph.operand(node, 0);
            return from.type().dtype() == DType.BOOL || isZeroOrOne(graph, from, seen);
        }
        if (ElementReference.is(node, ScalarFn.SUB)) {
            return ElementReference.is(graph.operand(node, 0), 1) && isZeroOrOne(graph, graph.operand(node, 1), seen);
        }
        boolean keeps = ElementReference.is(node, ScalarFn.MUL) || node.op() instanceof View;
        return keeps && graph.operands(node).stream().allMatch(v -> isZeroOrOne(graph, v, seen));
    }

    /**
     * Adds the exponential of masked exponents to the new graph. What is shifted is masked before too, so that the shift is
     * seen to be by the maximum of what is kept, and after, because a row that is masked throughout has no finite maximum.
     */
    Value addTo(Graph graph, Rewriter rewriter, Origin origin) {
        Graph.Builder out = rewriter.out();
        Value y = graph.operand(exp, 0);
        boolean shifted = ElementReference.is(y.node(), ScalarFn.SUB)
                && graph.operand(y.node(), 0).type().equals(y.type())
                && isOfRows(ElementReference.in(y).operand(graph, 1).behindViews(graph), y);
        List<Value> conditions = masks.stream()
                .map(m -> condition(out, origin, rewriter.get(m.value)))
                .toList();
        Value exponents = rewriter.get(y);
        if (shifted) {
            Value x = hidden(out, origin, rewriter.get(graph.operand(y.node(), 0)), conditions);
            exponents = out.part(y.node().op(), origin, x, rewriter.get(graph.operand(y.node(), 1)));
        }
        return out.value(exp.op(), origin, hidden(out, origin, exponents, conditions));
    }

    /** Whether what is subtracted from {@code y}'s scores may be one number for all of a row, and is no other score. */
    private static boolean isOfRows(ElementReference shift, Value y) {
        return shift.node().op() instanceof Reduce || !shift.value().type().equals(y.type());
    }

    private static Value condition(Graph.Builder out, Origin origin, Value mask) {
        return mask.type().dtype() == DType.BOOL ? mask : out.part(new Cast(DType.BOOL), origin, mask);
    }

    private Value hidden(Graph.Builder out, Origin origin, Value exponents, List<Value> conditions) {
        Constant lowest = Constant.scalar(exponents.type().dtype(), Double.NEGATIVE_INFINITY);
        Elementwise select = new Elementwise(ScalarFn.SELECT);
        Value left = exponents;
        for (int n = 0; n < masks.size(); n++) {
            Value nothing = out.part(lowest, origin);
            left = masks.get(n).kept
                    ? out.part(select, origin, conditions.get(n), left, nothing)
                    : out.part(select, origin, conditions.get(n), nothing, left);
        }
        return left;
    }
}
