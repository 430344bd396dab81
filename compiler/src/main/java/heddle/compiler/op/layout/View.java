package heddle.compiler.op.layout;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Value;

/** An operation of which each result element is an unchanged element of its operand, at an index that follows from its own. */
public interface View extends LayoutOp {
    /** What a value is a view of; the value itself when it is none. */
    static Value behind(Graph graph, Value value) {
        Value base = value;
        while (base.node().op() instanceof View) {
            base = graph.operand(base.node(), 0);
        }
        return base;
    }
}
