package heddle.runtime.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A tensor that lies in the file, or in another one beside it. Its elements are read when they are asked for:
 * {@link OnnxElements#read}.
 *
 * @param name  of the initialiser; empty for an attribute
 * @param files those of the model, for a tensor whose elements lie there
 */
public record OnnxTensor(String name, int onnxType, List<Long> shape, TensorProto proto, TensorFiles files) {
    public OnnxTensor {
        shape = List.copyOf(shape);
    }

    /** A tensor that brings its elements with it. */
    public OnnxTensor(String name, int onnxType, List<Long> shape, TensorProto proto) {
        this(name, onnxType, shape, proto, TensorFiles.NONE);
    }

    /** Whether the elements lie in another file. */
    public boolean isExternal() {
        return proto.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
    }

    /** The other file that the elements lie in, if they do. */
    public Optional<Path> file() {
        return isExternal() ? Optional.of(files.file(proto)) : Optional.empty();
    }
}
