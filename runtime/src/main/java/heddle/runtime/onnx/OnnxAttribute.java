package heddle.runtime.onnx;

import java.util.List;

/** The value of an attribute of a node. */
public sealed interface OnnxAttribute {
    record Ints(List<Long> values) implements OnnxAttribute {
        public Ints {
            values = List.copyOf(values);
        }
    }

    record Int(long value) implements OnnxAttribute {}

    record Number(float value) implements OnnxAttribute {}

    record Numbers(List<Float> values) implements OnnxAttribute {
        public Numbers {
            values = List.copyOf(values);
        }
    }

    record Text(String value) implements OnnxAttribute {}

    record Texts(List<String> values) implements OnnxAttribute {
        public Texts {
            values = List.copyOf(values);
        }
    }

    record TensorValue(OnnxTensor value) implements OnnxAttribute {}

    record GraphValue(OnnxGraph value) implements OnnxAttribute {}

    /** A kind that transformers do not use, such as sparse tensors and types. @param kind as ONNX calls it */
    record Other(String kind) implements OnnxAttribute {}
}
