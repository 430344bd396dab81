package heddle.runtime.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/** Finds the tensors of a graph that have a name. */
final class NamedTensors {
    private final SequencedMap<String, OnnxTensor> found = new LinkedHashMap<>();
    private final Set<String> twice = new HashSet<>();

    private NamedTensors() {}

    static SequencedMap<String, OnnxTensor> of(OnnxGraph graph) {
        NamedTensors all = new NamedTensors();
        all.add(graph);
        NamedTensors inner = new NamedTensors();
        inner.addInner(graph);
        inner.found.forEach((name, tensor) -> {
            if (!inner.twice.contains(name)) {
                all.found.putIfAbsent(name, tensor);
            }
        });
        return all.found;
    }

    /** Every tensor, whether it has a name or not. */
    static List<OnnxTensor> all(OnnxGraph graph) {
        List<OnnxTensor> all = new ArrayList<>(graph.initialisers().values());
        for (OnnxNode node : graph.nodes()) {
            for (OnnxAttribute attribute : node.attributes().values()) {
                switch (attribute) {
                    case OnnxAttribute.TensorValue(OnnxTensor tensor) -> all.add(tensor);
                    case OnnxAttribute.GraphValue(OnnxGraph inner) -> all.addAll(all(inner));
                    default -> {}
                }
            }
        }
        return all;
    }

    private void add(OnnxGraph graph) {
        graph.initialisers().forEach(this::add);
        for (OnnxNode node : graph.nodes()) {
            if (node.operator().equals("Constant") && node.domain().isEmpty()) {
                constant(node).ifPresent(tensor -> add(node.outputs().getFirst(), tensor));
            }
        }
    }

    private void add(String name, OnnxTensor tensor) {
        if (found.putIfAbsent(name, tensor) != null) {
            twice.add(name);
        }
    }

    private void addInner(OnnxGraph graph) {
        for (OnnxNode node : graph.nodes()) {
            for (OnnxAttribute attribute : node.attributes().values()) {
                if (attribute instanceof OnnxAttribute.GraphValue(OnnxGraph inner)) {
                    add(inner);
                    addInner(inner);
                }
            }
        }
    }

    private static Optional<OnnxTensor> constant(OnnxNode node) {
        if (node.attributes().get("value") instanceof OnnxAttribute.TensorValue(OnnxTensor tensor)) {
            return Optional.of(tensor);
        }
        if (node.attributes().get("value_floats") instanceof OnnxAttribute.Numbers(List<Float> values)) {
            return Optional.of(list(
                    TensorProto.newBuilder().addAllFloatData(values), DataType.FLOAT, values.size()));
        }
        if (node.attributes().get("value_ints") instanceof OnnxAttribute.Ints(List<Long> values)) {
            return Optional.of(list(
                    TensorProto.newBuilder().addAllInt64Data(values), DataType.INT64, values.size()));
        }
        return Optional.empty();
    }

    private static OnnxTensor list(TensorProto.Builder elements, DataType type, long length) {
        return OnnxModel.tensor(
                elements.setDataType(type.getNumber()).addDims(length).build(), ExternalFiles.NONE);
    }
}
