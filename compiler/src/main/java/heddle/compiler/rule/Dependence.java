package heddle.compiler.rule;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Op;
import heddle.compiler.op.Input;
import heddle.compiler.op.SumOfProducts;
import heddle.compiler.op.Weight;
import java.util.BitSet;

/** Says what the nodes of a graph are computed from: the model's inputs, only its weights, or neither. */
public final class Dependence {
    private final Graph graph;
    private final BitSet onInputs;
    private final BitSet onWeights;

    /** Of every node of a graph. */
    public Dependence(Graph graph) {
        this.graph = graph;
        this.onInputs = dependents(graph, Input.class);
        this.onWeights = dependents(graph, Weight.class);
    }

    private static BitSet dependents(Graph graph, Class<? extends Op> source) {
        BitSet found = new BitSet();
        for (Node node : graph.nodes()) {
            if (source.isInstance(node.op())
                    || graph.operands(node).stream()
                            .anyMatch(v -> found.get(v.node().id()))) {
                found.set(node.id());
            }
        }
        return found;
    }

    /** Whether a node changes from run to run. */
    public boolean varies(Node node) {
        return onInputs.get(node.id());
    }

    /** Whether a node is made of numbers, lengths and positions alone. */
    public boolean isConstant(Node node) {
        return !onInputs.get(node.id()) && !onWeights.get(node.id());
    }

    /** Whether a node is a product of two tensors that both change from run to run. */
    public boolean isProductOfComputed(Node node) {
        return node.op() instanceof SumOfProducts
                && graph.operands(node).stream().allMatch(v -> varies(v.node()));
    }
}
