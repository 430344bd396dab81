package heddle.runtime.onnx.idiom;

import heddle.runtime.onnx.OnnxAttribute;
import heddle.runtime.onnx.OnnxGraph;
import heddle.runtime.onnx.OnnxNode;
import heddle.runtime.onnx.OnnxTensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who makes and who reads each value of a graph, and which values are numbers. Nodes are named by their place in the graph. */
final class NodeIndex {
    private final OnnxGraph graph;
    private final Optional<NodeIndex> around;
    private final Map<String, Integer> makers = new HashMap<>();
    private final Map<String, Integer> reads = new HashMap<>();

    /** Those that nodes compute of constants. Each is worked out once: a value may be read by two nodes, and theirs again. */
    private final Map<String, Double> numbers = new HashMap<>();

    /** Renamed, converted and moved once each: weights are no longer away. */
    private static final int DEEPEST = 8;

    /** @param around the graph that has this one in an attribute of a node; its values can be read here */
    NodeIndex(OnnxGraph graph, Optional<NodeIndex> around) {
        this.graph = graph;
        this.around = around;
        for (int place = 0; place < graph.nodes().size(); place++) {
            OnnxNode node = graph.nodes().get(place);
            for (String output : node.outputs()) {
                makers.put(output, place);
            }
            countReads(node);
        }
        graph.outputs().forEach(output -> reads.merge(output.name(), 1, Integer::sum));
        // Nodes stand behind those that they read.
        for (OnnxNode node : graph.nodes()) {
            computed(node)
                    .ifPresent(number -> node.outputs().stream().findFirst().ifPresent(o -> numbers.put(o, number)));
        }
    }

    private void countReads(OnnxNode node) {
        node.inputs().forEach(input -> reads.merge(input, 1, Integer::sum));
        for (OnnxAttribute attribute : node.attributes().values()) {
            if (attribute instanceof OnnxAttribute.GraphValue inner) {
                inner.value().nodes().forEach(this::countReads);
                inner.value().outputs().forEach(output -> reads.merge(output.name(), 1, Integer::sum));
            }
        }
    }

    OnnxNode node(int place) {
        return graph.nodes().get(place);
    }

    /** The place of the node that makes a value. */
    Optional<Integer> maker(String value) {
        return value.isEmpty() ? Optional.empty() : Optional.ofNullable(makers.get(value));
    }

    /** How often a value is read, by nodes, by graphs in nodes, and as an output of the graph. */
    int reads(String value) {
        return reads.getOrDefault(value, 0);
    }

    /** A tensor that the file holds, as an initialiser or in a constant. */
    Optional<OnnxTensor> tensor(String value) {
        OnnxTensor initialiser = graph.initialisers().get(value);
        if (initialiser != null) {
            return Optional.of(initialiser);
        }
        Optional<Integer> maker = maker(value);
        if (maker.isEmpty()) {
            return around.flatMap(outer -> outer.tensor(value));
        }
        return Optional.of(node(maker.get()))
                .filter(node -> node.operator().equals("Constant"))
                .flatMap(node -> node.attribute("value"))
                .filter(OnnxAttribute.TensorValue.class::isInstance)
                .map(held -> ((OnnxAttribute.TensorValue) held).value());
    }

    /** The one element of a constant, also where the file works it out of other constants. */
    Optional<Double> number(String value) {
        Optional<OnnxTensor> tensor = tensor(value);
        if (tensor.isPresent()) {
            return tensor.flatMap(FileNumbers::only);
        }
        return Optional.ofNullable(numbers.get(value));
    }

    private Optional<Double> computed(OnnxNode node) {
        List<Optional<Double>> operands = switch (node.operator()) {
            case "Cast", "Identity", "Sqrt", "Reciprocal", "Neg", "Div", "Mul" ->
                node.inputs().stream().map(this::number).toList();
            case "Constant" -> List.of(constant(node));
            default -> List.of(Optional.<Double>empty());
        };
        if (!operands.stream().allMatch(Optional::isPresent)) {
            return Optional.empty();
        }
        double first = operands.getFirst().orElseThrow();
        double last = operands.getLast().orElseThrow();
        return Optional.of(
                switch (node.operator()) {
                    case "Sqrt" -> Math.sqrt(first);
                    case "Reciprocal" -> 1 / first;
                    case "Neg" -> -first;
                    case "Div" -> first / last;
                    case "Mul" -> first * last;
                    default -> first;
                });
    }

    private static Optional<Double> constant(OnnxNode node) {
        Optional<Double> number = node.attribute("value_float")
                .filter(OnnxAttribute.Number.class::isInstance)
                .map(held -> (double) ((OnnxAttribute.Number) held).value());
        return number.isPresent()
                ? number
                : node.attribute("value_int")
                        .filter(OnnxAttribute.Int.class::isInstance)
                        .map(held -> (double) ((OnnxAttribute.Int) held).value());
    }

    /** The axes of a weight: a tensor of the file, perhaps renamed, converted or moved by a number. */
    Optional<List<Long>> weight(String value) {
        return weight(value, DEEPEST);
    }

    private Optional<List<Long>> weight(String value, int depth) {
        Optional<OnnxTensor> tensor = tensor(value);
        if (tensor.isPresent() || depth == 0) {
            return tensor.map(OnnxTensor::shape);
        }
        return maker(value).map(this::node).flatMap(node -> switch (node.operator()) {
            case "Identity", "Cast", "DequantizeLinear" -> weight(node.inputs().getFirst(), depth - 1);
            case "Add" -> numberAside(node, depth - 1);
            default -> Optional.<List<Long>>empty();
        });
    }

    private Optional<List<Long>> numberAside(OnnxNode sum, int depth) {
        String left = sum.inputs().getFirst();
        String right = sum.inputs().getLast();
        return number(left).isPresent()
                ? weight(right, depth)
                : number(right).isPresent() ? weight(left, depth) : Optional.empty();
    }

    /** The whole numbers of a short constant of one axis. */
    Optional<List<Long>> wholes(String value) {
        return tensor(value).flatMap(FileNumbers::wholes);
    }
}
