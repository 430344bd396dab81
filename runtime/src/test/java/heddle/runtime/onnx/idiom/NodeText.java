package heddle.runtime.onnx.idiom;

import ai.onnx.proto.OnnxMl.TensorProto;
import heddle.runtime.onnx.OnnxAttribute;
import heddle.runtime.onnx.OnnxGraph;
import heddle.runtime.onnx.OnnxNode;
import heddle.runtime.onnx.OnnxTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Graphs as text, for tests. A line is a weight, {@code w: f32[8]}, or a node, {@code y, z = Operator(x, 2.0) axis=-1}, whose name is
 * that of its first result. Numbers among operands are constants of {@code f32}. The last line says the outputs: {@code -> y}.
 */
final class NodeText {
    private static final Map<String, Integer> TYPES = Map.of("f32", 1, "u8", 2, "i8", 3, "i32", 6, "i64", 7);

    private final Map<String, OnnxTensor> initialisers = new LinkedHashMap<>();
    private final List<OnnxNode> nodes = new ArrayList<>();
    private List<OnnxGraph.Declared> outputs = List.of();

    private NodeText() {}

    static OnnxGraph parse(String text) {
        NodeText graph = new NodeText();
        text.lines().map(String::strip).filter(line -> !line.isEmpty()).forEach(graph::line);
        return new OnnxGraph("test", List.of(), graph.outputs, graph.initialisers, graph.nodes);
    }

    /** One line for each node but constants: its results, operator and operands, and what it is called where that is more. */
    static String print(OnnxGraph graph) {
        StringBuilder text = new StringBuilder();
        for (OnnxNode node : graph.nodes()) {
            text.append(String.join(", ", node.outputs())).append(" = ").append(node.qualifiedOperator());
            text.append('(').append(String.join(", ", node.inputs())).append(')');
            new TreeMap<>(node.attributes())
                    .forEach((name, value) ->
                            text.append(' ').append(name).append('=').append(value(value)));
            if (node.names().size() > 1) {
                text.append(" of ").append(String.join(" ", node.names()));
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static String value(OnnxAttribute attribute) {
        return switch (attribute) {
            case OnnxAttribute.Int number -> Long.toString(number.value());
            case OnnxAttribute.Number number -> Float.toString(number.value());
            case OnnxAttribute.Ints numbers -> numbers.values().toString().replace(" ", "");
            case OnnxAttribute.Text text -> text.value();
            default -> throw new IllegalArgumentException(attribute.toString());
        };
    }

    private void line(String line) {
        if (line.startsWith("->")) {
            outputs = names(line.substring(2)).stream()
                    .map(name -> new OnnxGraph.Declared(name, 1, Optional.empty()))
                    .toList();
        } else if (line.contains("=")) {
            node(line);
        } else {
            String[] parts = line.split("[:\\[\\]]+");
            List<Long> shape = parts.length < 3
                    ? List.of()
                    : names(parts[2]).stream().map(Long::valueOf).toList();
            String name = parts[0].strip();
            int type = TYPES.get(parts[1].strip());
            TensorProto.Builder zeros = TensorProto.newBuilder().setDataType(type);
            initialisers.put(
                    name,
                    new OnnxTensor(name, type, shape, zeros.addInt32Data(0).build()));
        }
    }

    private static List<String> names(String list) {
        return Arrays.stream(list.split(",", -1)).map(String::strip).toList();
    }

    private void node(String line) {
        int equals = line.indexOf('=');
        int open = line.indexOf('(');
        int close = line.indexOf(')');
        List<String> results = names(line.substring(0, equals));
        String operator = line.substring(equals + 1, open).strip();
        int dot = operator.lastIndexOf('.');
        List<String> inputs = names(line.substring(open + 1, close)).stream()
                .map(this::operand)
                .toList();
        Map<String, OnnxAttribute> attributes = new TreeMap<>();
        for (String pair : line.substring(close + 1).strip().split(" ")) {
            if (!pair.isEmpty()) {
                attributes.put(pair.split("=")[0], attribute(pair.split("=")[1]));
            }
        }
        nodes.add(new OnnxNode(
                List.of(results.getFirst()),
                operator.substring(0, Math.max(dot, 0)),
                operator.substring(dot + 1),
                inputs,
                results,
                attributes));
    }

    private static OnnxAttribute attribute(String value) {
        if (value.startsWith("[")) {
            return new OnnxAttribute.Ints(names(value.substring(1, value.length() - 1)).stream()
                    .map(Long::valueOf)
                    .toList());
        }
        return value.contains(".")
                ? new OnnxAttribute.Number(Float.parseFloat(value))
                : new OnnxAttribute.Int(Long.parseLong(value));
    }

    private String operand(String text) {
        if (!text.matches("-?[0-9].*")) {
            return text;
        }
        boolean isFloat = text.contains(".");
        TensorProto.Builder proto = TensorProto.newBuilder();
        if (isFloat) {
            proto.addFloatData(Float.parseFloat(text));
        } else {
            proto.addInt64Data(Long.parseLong(text));
        }
        List<Long> shape = isFloat ? List.of() : List.of(1L);
        initialisers.put(text, new OnnxTensor(text, isFloat ? 1 : 7, shape, proto.build()));
        return text;
    }
}
