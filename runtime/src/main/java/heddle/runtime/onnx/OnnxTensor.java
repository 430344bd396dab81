package heddle.runtime.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.List;

/**
 * A tensor that lies in the file, or in another one beside it. Its elements are read when they are asked for.
 *
 * @param name of the initialiser; empty for an attribute
 */
public record OnnxTensor(String name, int onnxType, List<Long> shape, TensorProto proto) {
    public OnnxTensor {
        shape = List.copyOf(shape);
    }
}
