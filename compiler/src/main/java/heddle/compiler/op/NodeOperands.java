package heddle.compiler.op;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.function.BiFunction;

/**
 * The operands of a node of a graph.
 *
 * @param element of a value at an index
 */
public record NodeOperands(Graph graph, Node node, BiFunction<Value, List<ScalarExpr>, ScalarExpr> element)
        implements Pointwise.Operands {
    @Override
    public int count() {
        return graph.operands(node).size();
    }

    @Override
    public TensorType type(int slot) {
        return graph.operand(node, slot).type();
    }

    @Override
    public TensorType result() {
        return node.type();
    }

    @Override
    public ScalarExpr at(int slot, List<ScalarExpr> index) {
        return element.apply(graph.operand(node, slot), index);
    }
}
