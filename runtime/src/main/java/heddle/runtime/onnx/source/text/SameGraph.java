package heddle.runtime.onnx.source.text;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Op;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Compares graphs by what they compute: the same operations on the same values, in any order. */
final class SameGraph {
    private final Map<Computation, Integer> numbers = new HashMap<>();

    private SameGraph() {}

    /** An operation on values that have numbers. @param operands number and which of its results, in turn */
    private record Computation(Op op, List<TensorType> results, List<Integer> operands) {}

    static boolean of(Graph a, Graph b) {
        SameGraph same = new SameGraph();
        return same.outputs(a).equals(same.outputs(b));
    }

    private Map<String, List<Integer>> outputs(Graph graph) {
        int[] number = new int[graph.nodes().size()];
        for (Node node : graph.nodes()) {
            List<Integer> operands = new ArrayList<>();
            graph.operands(node).forEach(v -> {
                operands.add(number[v.node().id()]);
                operands.add(v.index());
            });
            Computation computation = new Computation(node.op(), node.results(), operands);
            number[node.id()] = numbers.computeIfAbsent(computation, c -> numbers.size());
        }
        Map<String, List<Integer>> outputs = new HashMap<>();
        graph.outputs()
                .forEach((name, v) -> outputs.put(name, List.of(number[v.node().id()], v.index())));
        return outputs;
    }
}
