package heddle.compiler.schedule;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Weight;
import heddle.compiler.op.layout.View;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import java.util.Optional;

/** Weights times their scales, as {@code expand-stored} writes them. They are computed where they are read, and not stored. */
public final class Dequantised {
    private Dequantised() {}

    /** Whether a node multiplies a weight of whole numbers with its scales. */
    public static boolean is(Graph graph, Node node) {
        return node.op() instanceof Elementwise e
                && e.fn() == ScalarFn.MUL
                && graph.operand(node, 0).node().op() instanceof Weight w
                && w.held().stored().isQuantised()
                && View.behind(graph, graph.operand(node, 1)).node().op() instanceof Weight;
    }

    /** The whole number in an element of such a product. */
    static Optional<ScalarExpr.Element> held(ScalarExpr element) {
        return element instanceof ScalarExpr.Apply a
                        && a.fn() == ScalarFn.MUL
                        && a.args().getFirst() instanceof ScalarExpr.Element held
                        && a.args().getLast() instanceof ScalarExpr.Element
                ? Optional.of(held)
                : Optional.empty();
    }
}
