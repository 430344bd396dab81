package heddle.runtime.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.InvalidProtocolBufferException;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import heddle.runtime.file.MappedFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collections;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An ONNX file. It is mapped, and elements of large tensors stay in the mapping until they are read.
 *
 * @param producer the program that wrote it and its version, {@code pytorch 2.0.1}; may be empty
 * @param opsets   the version of the operator set of each domain; empty for ONNX's own
 * @param graph    with the bodies of the file's functions in place of the nodes that call them
 */
public record OnnxModel(Path path, String producer, SortedMap<String, Integer> opsets, OnnxGraph graph) {
    public OnnxModel {
        opsets = Collections.unmodifiableSortedMap(new TreeMap<>(opsets));
    }

    /**
     * Reads a file.
     *
     * @throws DiagnosticException when it is no ONNX model, contradicts itself, or names files outside its folder
     */
    public static OnnxModel read(Path file) {
        MemorySegment bytes = MappedFile.map(file, Arena.ofAuto(), RuntimeCode.FILE_UNREADABLE);
        try {
            OnnxModel model = of(file, bytes);
            NamedTensors.all(model.graph()).forEach(OnnxElements::check);
            return model;
        } catch (MalformedModel e) {
            throw new DiagnosticException(
                    Diagnostic.of(RuntimeCode.ONNX_GRAPH, "the graph in " + file + " contradicts itself")
                            .note(e.getMessage())
                            .hint(e.remedy()));
        } catch (IllegalArgumentException e) {
            throw new DiagnosticException(
                    Diagnostic.of(RuntimeCode.ONNX_FILE, file + " is no ONNX model that can be read")
                            .note(e.getMessage())
                            .hint("fetch the file again, and compare its size with the original's"));
        }
    }

    /** What the bytes of a file hold. @throws IllegalArgumentException that says what is wrong with them */
    public static OnnxModel of(Path file, MemorySegment bytes) {
        ModelProto model = parse(bytes);
        SortedMap<String, Integer> opsets = new TreeMap<>();
        for (OperatorSetIdProto opset : model.getOpsetImportList()) {
            if (opset.getVersion() < 1 || opset.getVersion() > Short.MAX_VALUE) {
                throw new MalformedModel("it asks for version " + opset.getVersion() + " of the operators "
                        + OnnxName.quoted(opset.getDomain()));
            }
            opsets.put(domain(opset.getDomain()), (int) opset.getVersion());
        }
        FunctionBodies functions = new FunctionBodies(model.getFunctionsList(), opsets);
        OnnxGraph graph = new GraphReader(new TensorFiles(file, bytes), functions).read(model.getGraph());
        return new OnnxModel(
                file, (model.getProducerName() + " " + model.getProducerVersion()).strip(), functions.opsets(), graph);
    }

    /** ONNX's own operators have two names. */
    static String domain(String written) {
        return written.equals("ai.onnx") ? "" : written;
    }

    private static ModelProto parse(MemorySegment file) {
        if (file.byteSize() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("an ONNX file has at most 2 GB, this one " + file.byteSize() + " bytes");
        }
        try {
            ModelProto model = ModelProto.parseFrom(TensorPlaces.in(file));
            if (!model.hasGraph()) {
                throw new IllegalArgumentException("it holds no graph");
            }
            return model;
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("it is not an ONNX model, or cut short: " + e.getMessage(), e);
        }
    }

    /**
     * All tensors that have a name: initialisers, and the constants of nodes under the name of the node's result. Those of inner
     * graphs are among them unless several have the same name.
     */
    public SequencedMap<String, OnnxTensor> tensors() {
        return NamedTensors.of(graph);
    }

    /** A tensor as the file has it. */
    static OnnxTensor tensor(TensorProto proto, TensorFiles external) {
        if (proto.getDimsList().stream().anyMatch(d -> d < 0)) {
            throw new MalformedModel("the tensor " + OnnxName.quoted(proto.getName()) + " has a negative length: "
                    + proto.getDimsList());
        }
        return new OnnxTensor(proto.getName(), proto.getDataType(), proto.getDimsList(), proto, external);
    }
}
