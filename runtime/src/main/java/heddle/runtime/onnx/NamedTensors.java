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
                    case OnnxAttribute.TensorValue held -> all.add(held.value());
                    case OnnxAttribute.GraphValue held -> all.addAll(all(held.value()));
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
                if (attribute instanceof OnnxAttribute.GraphValue held) {
                    add(held.value());
                    addInner(held.value());
                }
            }
        }
    }

    private static Optional<OnnxTensor> constant(OnnxNode node) {
        if (node.attributes().get("value") instanceof OnnxAttribute.TensorValue held) {
            return Optional.of(held.value());
        }
        if (node.attributes().get("value_floats") instanceof OnnxAttribute.Numbers held) {
            return Optional.of(list(
                    TensorProto.newBuilder().addAllFloatData(held.values()),
                    DataType.FLOAT,
                    held.values().size()));
        }
        if (node.attributes().get("value_ints") instanceof OnnxAttribute.Ints held) {
            return Optional.of(list(
                    TensorProto.newBuilder().addAllInt64Data(held.values()),
                    DataType.INT64,
                    held.values().size()));
        }
        return Optional.empty();
    }

    private static OnnxTensor list(TensorProto.Builder elements, DataType type, long length) {
        return OnnxModel.tensor(
                elements.setDataType(type.getNumber()).addDims(length).build(), TensorFiles.NONE);
    }
}
