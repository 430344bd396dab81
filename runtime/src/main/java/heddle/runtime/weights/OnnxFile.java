package heddle.runtime.weights;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import heddle.compiler.type.DType;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import heddle.runtime.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * The initialisers of an ONNX file. The file is mapped, and raw elements stay in the mapping until they are read, so
 * opening it copies nothing large. Whole numbers of eight bits are not read as quantised weights: their scales and zero points
 * are operands of nodes, {@code DequantizeLinear} and {@code MatMulInteger}, and this reads initialisers alone.
 */
final class OnnxFile implements WeightFile {
    private final Path path;
    private final Map<String, TensorProto> tensors = new HashMap<>();
    private final SequencedMap<String, WeightEntry> entries = new LinkedHashMap<>();

    /** @throws IllegalArgumentException that says what is wrong with the file */
    OnnxFile(Path path, MemorySegment file) {
        if (file.byteSize() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("an ONNX file has at most 2 GB, this one " + file.byteSize() + " bytes");
        }
        this.path = path;
        for (TensorProto t : parse(file).getGraph().getInitializerList()) {
            if (tensors.put(t.getName(), t) != null) {
                throw new IllegalArgumentException("there are two initialisers named \"" + t.getName() + "\"");
            }
            entries.put(t.getName(), entry(t));
        }
    }

    private static ModelProto parse(MemorySegment file) {
        try {
            CodedInputStream in =
                    UnsafeByteOperations.unsafeWrap(file.asByteBuffer()).newCodedInput();
            in.enableAliasing(true);
            ModelProto model = ModelProto.parseFrom(in);
            if (!model.hasGraph()) {
                throw new IllegalArgumentException("it holds no graph");
            }
            return model;
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("it is not an ONNX model: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new IllegalArgumentException("it cannot be read: " + e.getMessage(), e);
        }
    }

    private static WeightEntry entry(TensorProto t) {
        Optional<DType> dtype = OnnxElements.dtype(t.getDataType());
        if (t.getDimsList().stream().anyMatch(d -> d < 0)) {
            throw new IllegalArgumentException(
                    "the initialiser \"" + t.getName() + "\" has a negative length: " + t.getDimsList());
        }
        return new WeightEntry(
                t.getName(), OnnxElements.name(t.getDataType()), dtype, t.getDimsList(), OnnxElements.bytes(t));
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public String format() {
        return "onnx";
    }

    @Override
    public SequencedMap<String, WeightEntry> entries() {
        return Collections.unmodifiableSequencedMap(entries);
    }

    @Override
    public Tensor read(String name) {
        TensorProto proto = tensors.get(name);
        if (proto == null) {
            throw MissingWeight.in(this, name);
        }
        if (proto.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
            throw new DiagnosticException(Diagnostic.of(
                            RuntimeCode.WEIGHT_EXTERNAL,
                            "the elements of \"" + name + "\" lie in another file than " + path)
                    .hint("save the model as one file (onnx.save with save_as_external_data=False), or its weights as"
                            + " safetensors"));
        }
        WeightEntry entry = entries.get(name);
        DType dtype = entry.dtype().orElseThrow(() -> WeightFormat.unsupported(path, entry));
        int count = WeightFormat.count(path, entry);
        try {
            return Tensor.wrap(
                    dtype,
                    entry.shape().stream().mapToLong(Long::longValue).toArray(),
                    OnnxElements.decode(proto, dtype, count));
        } catch (IllegalArgumentException e) {
            throw WeightFormat.corrupt(path, "the initialiser \"" + name + "\": " + e.getMessage());
        }
    }
}
