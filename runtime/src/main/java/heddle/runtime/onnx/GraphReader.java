package heddle.runtime.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import heddle.runtime.onnx.OnnxGraph.Declared;
import heddle.runtime.onnx.OnnxGraph.DeclaredLength;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads graphs, and checks that every name in them means one thing. */
final class GraphReader {
    /** Graphs in graphs: a function whose body holds a graph that calls it would have them without end. */
    private static final int MOST_DEEP = 100;

    private final TensorFiles files;
    private final FunctionBodies functions;
    private int depth;

    GraphReader(TensorFiles files, FunctionBodies functions) {
        this.files = files;
        this.functions = functions;
    }

    /** @throws IllegalArgumentException that says what is wrong */
    OnnxGraph read(GraphProto graph) {
        return read(graph, Set.of());
    }

    /** @param outer what the graphs around this one define */
    private OnnxGraph read(GraphProto graph, Set<String> outer) {
        if (++depth > MOST_DEEP) {
            throw new MalformedModel("its graphs and functions lie more than " + MOST_DEEP + " deep in each other");
        }
        OnnxGraph read = readWithin(graph, outer);
        depth--;
        return read;
    }

    private OnnxGraph readWithin(GraphProto graph, Set<String> outer) {
        if (graph.getSparseInitializerCount() > 0) {
            throw new MalformedModel(
                    "the initialiser "
                            + OnnxName.quoted(
                                    graph.getSparseInitializer(0).getValues().getName())
                            + " is sparse",
                    "write it as a dense one: sparse initialisers are not read");
        }
        Map<String, OnnxTensor> initialisers = new LinkedHashMap<>();
        for (TensorProto tensor : graph.getInitializerList()) {
            if (initialisers.put(tensor.getName(), OnnxModel.tensor(tensor, files)) != null) {
                throw new MalformedModel("there are two initialisers named " + OnnxName.quoted(tensor.getName()));
            }
        }
        // Since version 4 of the format, an initialiser that is an input, too, is one with a default.
        List<Declared> inputs = declared(graph.getInputList()).stream()
                .filter(i -> !initialisers.containsKey(i.name()))
                .toList();
        List<NodeProto> written = functions.inlined(graph.getNodeList());
        Set<String> given = new HashSet<>(initialisers.keySet());
        for (Declared input : inputs) {
            if (!given.add(input.name())) {
                throw new MalformedModel("there are two inputs named " + OnnxName.quoted(input.name()));
            }
        }
        Set<String> visible = new HashSet<>(outer);
        visible.addAll(given);
        written.forEach(n -> visible.addAll(n.getOutputList()));
        List<OnnxNode> nodes = new ArrayList<>();
        for (NodeProto node : written) {
            nodes.add(node(node, visible));
        }
        Set<String> outside = new HashSet<>(outer);
        outside.addAll(given);
        List<Declared> outputs = declared(graph.getOutputList());
        List<OnnxNode> ordered = new NodeOrder(nodes, outside, given).sorted();
        for (Declared output : outputs) {
            if (!visible.contains(output.name())) {
                throw new MalformedModel("nothing computes the output " + OnnxName.quoted(output.name()));
            }
        }
        return new OnnxGraph(graph.getName(), inputs, outputs, initialisers, ordered);
    }

    private OnnxNode node(NodeProto node, Set<String> visible) {
        if (node.getOpType().isEmpty() || node.getOutputCount() == 0) {
            throw new MalformedModel("the node " + OnnxName.quoted(node.getName()) + " has no "
                    + (node.getOpType().isEmpty() ? "operator" : "result"));
        }
        Map<String, OnnxAttribute> attributes = new LinkedHashMap<>();
        for (AttributeProto attribute : node.getAttributeList()) {
            if (attributes.put(attribute.getName(), attribute(attribute, visible)) != null) {
                throw new MalformedModel("the node " + OnnxName.quoted(node.getName()) + " has two attributes "
                        + OnnxName.quoted(attribute.getName()));
            }
        }
        return new OnnxNode(
                node.getName().isEmpty() ? List.of() : List.of(node.getName()),
                OnnxModel.domain(node.getDomain()),
                node.getOpType(),
                node.getInputList(),
                node.getOutputList(),
                attributes);
    }

    private OnnxAttribute attribute(AttributeProto a, Set<String> visible) {
        if (!a.getRefAttrName().isEmpty()) {
            throw new MalformedModel("the attribute " + OnnxName.quoted(a.getName())
                    + " refers to one of a function, outside of a function");
        }
        return switch (type(a)) {
            case INT -> new OnnxAttribute.Int(a.getI());
            case INTS -> new OnnxAttribute.Ints(a.getIntsList());
            case FLOAT -> new OnnxAttribute.Number(a.getF());
            case FLOATS -> new OnnxAttribute.Numbers(a.getFloatsList());
            case STRING -> new OnnxAttribute.Text(a.getS().toStringUtf8());
            case STRINGS ->
                new OnnxAttribute.Texts(a.getStringsList().stream()
                        .map(ByteString::toStringUtf8)
                        .toList());
            case TENSOR -> new OnnxAttribute.TensorValue(OnnxModel.tensor(a.getT(), files));
            case GRAPH -> new OnnxAttribute.GraphValue(read(a.getG(), visible));
            default -> new OnnxAttribute.Other(type(a).name());
        };
    }

    /** Files of the first version of the format do not say what an attribute is. */
    private static AttributeProto.AttributeType type(AttributeProto a) {
        if (a.getType() != AttributeProto.AttributeType.UNDEFINED) {
            return a.getType();
        }
        if (a.hasT()) {
            return AttributeProto.AttributeType.TENSOR;
        }
        if (a.hasG()) {
            return AttributeProto.AttributeType.GRAPH;
        }
        if (a.getIntsCount() > 0) {
            return AttributeProto.AttributeType.INTS;
        }
        if (a.getFloatsCount() > 0) {
            return AttributeProto.AttributeType.FLOATS;
        }
        if (a.hasS()) {
            return AttributeProto.AttributeType.STRING;
        }
        return a.hasF() ? AttributeProto.AttributeType.FLOAT : AttributeProto.AttributeType.INT;
    }

    private static List<Declared> declared(List<ValueInfoProto> values) {
        return values.stream().map(GraphReader::declared).toList();
    }

    private static Declared declared(ValueInfoProto value) {
        if (!value.getType().hasTensorType()) {
            return new Declared(value.getName(), 0, Optional.empty());
        }
        TypeProto.Tensor type = value.getType().getTensorType();
        return new Declared(
                value.getName(),
                type.getElemType(),
                !type.hasShape()
                        ? Optional.empty()
                        : Optional.of(type.getShape().getDimList().stream()
                                .map(d -> length(value.getName(), d))
                                .toList()));
    }

    /** Some exporters write -1 for a length that is not known. */
    private static DeclaredLength length(String name, TensorShapeProto.Dimension d) {
        if (d.getDimValue() > Integer.MAX_VALUE) {
            throw new MalformedModel(OnnxName.quoted(name) + " has the length " + d.getDimValue()
                    + ", more than a tensor can have elements");
        }
        return new DeclaredLength(
                d.hasDimValue() && d.getDimValue() >= 0 ? Optional.of(d.getDimValue()) : Optional.empty(),
                d.hasDimParam() && !d.getDimParam().isBlank() ? Optional.of(d.getDimParam()) : Optional.empty());
    }
}
