package heddle.compiler.rule;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Inliner;
import heddle.compiler.op.layout.View;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An element of a value. Everything computed from it is written over the same axes, so elements reached on different
 * paths can be compared.
 */
public record ElementReference(Value value, List<ScalarExpr> index) {
    public ElementReference {
        index = index.stream().map(IndexSimplifier::simplify).toList();
    }

    /** Every element of a value, over axes of its own. */
    public static ElementReference in(Value value) {
        List<ScalarExpr> index = new ArrayList<>();
        for (int n = 0; n < value.type().rank(); n++) {
            index.add(ScalarExpr.of(new Axis("x" + n, value.type().dim(n))));
        }
        return new ElementReference(value, index);
    }

    /** The node that computes the value. */
    public Node node() {
        return value.node();
    }

    /** The element that a pointwise node reads of one of its operands to compute this one. */
    public ElementReference operand(Graph graph, int slot) {
        Value operand = graph.operand(node(), slot);
        List<ElementReference> read = new ArrayList<>();
        new Inliner(graph, (v, at) -> {
                    if (v.equals(value)) {
                        return Optional.empty();
                    }
                    if (v.equals(operand)) {
                        read.add(new ElementReference(v, at));
                    }
                    return Optional.of(
                            new ScalarExpr.Variable(v.toString(), v.type().dtype()));
                })
                .at(value, index);
        return read.getFirst();
    }

    /** The same element before permutes, reshapes, slices and expands. */
    public ElementReference behindViews(Graph graph) {
        ElementReference at = this;
        while (at.node().op() instanceof View) {
            at = at.operand(graph, 0);
        }
        return at;
    }

    /** Whether the value is computed by a function, element by element. */
    public boolean is(ScalarFn fn) {
        return is(node(), fn);
    }

    /** Whether a node computes a function, element by element. */
    public static boolean is(Node node, ScalarFn fn) {
        return node.op() instanceof Elementwise e && e.fn() == fn;
    }

    /** The number that all of a constant is. */
    public Optional<Double> number() {
        return node().op() instanceof Constant c && c.isSplat()
                ? Optional.of(c.values().getFirst().doubleValue())
                : Optional.empty();
    }

    /** Whether the value is a constant that is one number throughout. */
    public boolean is(double number) {
        return is(value, number);
    }

    /** Whether a value is a constant that is one number throughout. */
    public static boolean is(Value value, double number) {
        return ElementReference.in(value).number().filter(n -> n == number).isPresent();
    }

    /**
     * An element that a selection gives where it is not {@code lowest}, as {@code where(s == lowest, c, s)} and {@code where(s >
     * lowest, s, c)} do, and the same turned round or with {@code not}.
     *
     * @param other what it gives instead
     */
    public record Guarded(ElementReference kept, ElementReference other) {}

    /** The value that this selection guards, without views, if it is a guard against {@code lowest}. */
    public Optional<Guarded> guarded(Graph graph, double lowest) {
        if (!is(ScalarFn.SELECT)) {
            return Optional.empty();
        }
        ElementReference condition = operand(graph, 0).behindViews(graph);
        boolean opposite = condition.is(ScalarFn.NOT);
        if (opposite) {
            condition = condition.operand(graph, 0).behindViews(graph);
        }
        Optional<ElementReference> first = condition.compared(graph, lowest, 0);
        Optional<ElementReference> compared = condition.compared(graph, lowest);
        boolean whereLowest = condition.is(ScalarFn.EQ) || condition.is(first.isPresent() ? ScalarFn.LE : ScalarFn.GE);
        boolean whereOther = condition.is(ScalarFn.NE) || condition.is(first.isPresent() ? ScalarFn.GT : ScalarFn.LT);
        int slot = whereLowest == opposite ? 1 : 2;
        ElementReference kept = operand(graph, slot).behindViews(graph);
        return (whereLowest || whereOther) && compared.filter(kept::equals).isPresent()
                ? Optional.of(new Guarded(kept, operand(graph, 3 - slot).behindViews(graph)))
                : Optional.empty();
    }

    /** The value that a comparison compares with a number, on either side, without views. */
    public Optional<ElementReference> compared(Graph graph, double number) {
        return compared(graph, number, 0).or(() -> compared(graph, number, 1));
    }

    private Optional<ElementReference> compared(Graph graph, double number, int slot) {
        boolean compares = node().op() instanceof Elementwise e
                && e.fn().rule() == ScalarFn.Rule.COMPARE
                && operand(graph, 1 - slot).behindViews(graph).is(number);
        return compares ? Optional.of(operand(graph, slot).behindViews(graph)) : Optional.empty();
    }

    /** The operand of a selection that is minus infinity, 1 or 2; zero when there is none. */
    public int hiddenSlot(Graph graph) {
        for (int slot = 1; is(ScalarFn.SELECT) && slot <= 2; slot++) {
            if (operand(graph, slot).behindViews(graph).is(Double.NEGATIVE_INFINITY)) {
                return slot;
            }
        }
        return 0;
    }

    /** The index without an axis, as a reduction along it has it. */
    public List<ScalarExpr> row(int axis, boolean keepDims) {
        List<ScalarExpr> row = new ArrayList<>(index);
        row.remove(axis);
        if (keepDims) {
            row.add(axis, ScalarExpr.of(0));
        }
        return row;
    }
}
