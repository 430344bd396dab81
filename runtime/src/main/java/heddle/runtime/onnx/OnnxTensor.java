package heddle.runtime.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.List;

/**
 * A tensor that lies in the file, or in another one beside it. Its elements are read when they are asked for:
 * {@link OnnxElements#read}.
 *
 * @param name     of the initialiser; empty for an attribute
 * @param external the files beside the model's, for a tensor whose elements lie there
 */
public record OnnxTensor(String name, int onnxType, List<Long> shape, TensorProto proto, ExternalFiles external) {
    public OnnxTensor {
        shape = List.copyOf(shape);
    }

    /** A tensor whose elements lie in the model's own file. */
    public OnnxTensor(String name, int onnxType, List<Long> shape, TensorProto proto) {
        this(name, onnxType, shape, proto, ExternalFiles.NONE);
    }

    /** Whether the elements lie in another file. */
    public boolean isExternal() {
        return proto.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
    }
}
