package heddle.compiler.op;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.type.Scales;
import heddle.compiler.type.TensorType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The meaning of a graph: each node evaluated in turn. In double precision this is what every other way of running a
 * model is compared with.
 *
 * @param inputs     by {@link Input#key}
 * @param weights    by {@link Weight#key}, with the numbers that are held for quantised ones, and scales by their name
 * @param lengths    the bound symbols
 * @param arithmetic how nodes are computed
 */
public record Interpreter(
        Map<String, NdArray> inputs, Map<String, NdArray> weights, Map<String, Long> lengths, Arithmetic arithmetic) {
    /** Computes in double precision. */
    public Interpreter(Map<String, NdArray> inputs, Map<String, NdArray> weights, Map<String, Long> lengths) {
        this(inputs, weights, lengths, Arithmetic.EXACT);
    }

    /**
     * The graph's outputs, in order.
     *
     * @throws IllegalArgumentException when a tensor is not given or has another type than the graph says
     */
    public SequencedMap<String, NdArray> run(Graph graph) {
        Map<Node, List<NdArray>> results = new HashMap<>();
        Map<Node, Integer> usesLeft = new HashMap<>();
        for (Node node : graph.nodes()) {
            List<NdArray> operands = graph.operands(node).stream()
                    .map(v -> results.get(v.node()).get(v.index()))
                    .toList();
            if (graph.useCount(node) > 0) {
                results.put(node, evaluate(node, operands));
                usesLeft.put(node, graph.useCount(node));
            }
            for (Value v : graph.operands(node)) {
                if (usesLeft.merge(v.node(), -1, Integer::sum) == 0) {
                    results.remove(v.node());
                }
            }
        }
        SequencedMap<String, NdArray> outputs = new LinkedHashMap<>();
        graph.outputs()
                .forEach((name, v) -> outputs.put(name, results.get(v.node()).get(v.index())));
        return outputs;
    }

    private List<NdArray> evaluate(Node node, List<NdArray> operands) {
        return switch (node.op()) {
            case Input input -> List.of(given("input", input.key(), inputs, node.type()));
            case Weight weight -> List.of(value(weight, node));
            default -> arithmetic.evaluate(node, operands, lengths);
        };
    }

    private NdArray value(Weight weight, Node node) {
        NdArray held = given("weight", weight.key(), weights, node.type());
        return weight.held()
                .scales()
                .map(s -> ScaledWeight.of(held, scales(s, node.type()), s.per()))
                .orElse(held);
    }

    private NdArray scales(Scales scales, TensorType weight) {
        return given("weight", scales.name(), weights, new TensorType(weight.dtype(), scales.shape(weight.shape())));
    }

    private NdArray given(String kind, String key, Map<String, NdArray> arrays, TensorType type) {
        NdArray array = arrays.get(key);
        if (array == null) {
            throw new IllegalArgumentException("the " + kind + " " + key + " is not given");
        }
        if (array.dtype() != type.dtype()
                || !Arrays.equals(array.shape(), type.shape().evaluate(lengths))) {
            throw new IllegalArgumentException(
                    "the " + kind + " " + key + " is " + array.type() + ", not " + type + " with " + lengths);
        }
        return array;
    }
}
