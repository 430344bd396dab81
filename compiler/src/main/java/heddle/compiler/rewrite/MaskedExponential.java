package heddle.compiler.rewrite;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Cast;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Pointwise;
import heddle.compiler.tile.ScalarFn;
import heddle.compiler.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An exponential of which masks make zero.
 *
 * @param exp   the exponential
 * @param masks on it, the innermost first
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
        if (Place.is(node, ScalarFn.EXP)) {
            return Optional.of(new MaskedExponential(node, List.of()));
        }
        if (Place.is(node, ScalarFn.SELECT)) {
            return isNumber(graph.operand(node, 2), 0)
                    ? of(graph, node, 1, new Mask(graph.operand(node, 0), true))
                    : isNumber(graph.operand(node, 1), 0)
                            ? of(graph, node, 2, new Mask(graph.operand(node, 0), false))
                            : Optional.empty();
        }
        return Place.is(node, ScalarFn.MUL)
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
    private static boolean isZeroOrOne(Graph graph, Value value) {
        Node node = value.node();
        if (isNumber(value, 0) || isNumber(value, 1)) {
            return true;
        }
        if (node.op() instanceof Cast) {
            Value from = graph.operand(node, 0);
            return from.type().dtype() == DType.BOOL || isZeroOrOne(graph, from);
        }
        if (Place.is(node, ScalarFn.SUB)) {
            return isNumber(graph.operand(node, 0), 1) && isZeroOrOne(graph, graph.operand(node, 1));
        }
        boolean keeps = Place.is(node, ScalarFn.MUL) || node.op() instanceof Pointwise p && p.isView();
        return keeps && graph.operands(node).stream().allMatch(v -> isZeroOrOne(graph, v));
    }

    private static boolean isNumber(Value value, double number) {
        return value.node().op() instanceof Constant c
                && c.isSplat()
                && c.values().getFirst().doubleValue() == number;
    }

    /** Adds the exponential of masked exponents to the new graph; a shift stays outside, where it is seen to be one. */
    Value addTo(Graph graph, Rewriter rewriter, Origin origin) {
        Graph.Builder out = rewriter.out();
        Value y = graph.operand(exp, 0);
        boolean shifted = Place.is(y.node(), ScalarFn.SUB)
                && graph.operand(y.node(), 0).type().equals(y.type());
        Value exponents = rewriter.get(shifted ? graph.operand(y.node(), 0) : y);
        for (Mask mask : masks) {
            exponents = hidden(out, origin, exponents, rewriter.get(mask.value), mask.kept);
        }
        if (shifted) {
            exponents = out.value(y.node().op(), origin, exponents, rewriter.get(graph.operand(y.node(), 1)));
        }
        return out.value(exp.op(), origin, exponents);
    }

    private static Value hidden(Graph.Builder out, Origin origin, Value exponents, Value mask, boolean kept) {
        Constant lowest = Constant.scalar(exponents.type().dtype(), Double.NEGATIVE_INFINITY);
        Value nothing = out.value(lowest, origin);
        Value condition = mask.type().dtype() == DType.BOOL ? mask : out.value(new Cast(DType.BOOL), origin, mask);
        Elementwise select = new Elementwise(ScalarFn.SELECT);
        return kept
                ? out.value(select, origin, condition, exponents, nothing)
                : out.value(select, origin, condition, nothing, exponents);
    }
}
