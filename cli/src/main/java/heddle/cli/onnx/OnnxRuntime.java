package heddle.cli.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import heddle.compiler.ir.NdArray;
import heddle.compiler.type.DType;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import heddle.runtime.tensor.Bfloat16;
import heddle.runtime.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.IntToDoubleFunction;

/** An ONNX file in ONNX Runtime, whose library need not be there: {@link AgainstOnnxRuntime} says so before it loads this class. */
final class OnnxRuntime implements AutoCloseable {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;

    /** @throws DiagnosticException when it does not load the file */
    OnnxRuntime(Path file) {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            session = environment.createSession(file.toString(), options);
        } catch (OrtException e) {
            throw refused("it does not load " + file, e);
        }
    }

    private static DiagnosticException refused(String what, OrtException e) {
        return new DiagnosticException(Diagnostic.of(RuntimeCode.ONNX_RUNTIME, "ONNX Runtime: " + what)
                .note(String.valueOf(e.getMessage()))
                .hint("leave out --against: heddle verify compares with its own reference then"));
    }

    /**
     * The outputs that are tensors of numbers, in the file's order.
     *
     * @param inputs by the file's names
     */
    SequencedMap<String, NdArray> run(Map<String, Tensor> inputs) {
        Map<String, OnnxTensor> given = new HashMap<>();
        try {
            Map<String, NodeInfo> declared = session.getInputInfo();
            for (Map.Entry<String, Tensor> input : inputs.entrySet()) {
                given.put(input.getKey(), tensor(input.getValue(), declared.get(input.getKey())));
            }
            SequencedMap<String, NdArray> outputs = new LinkedHashMap<>();
            try (OrtSession.Result results = session.run(given)) {
                for (Map.Entry<String, OnnxValue> result : results) {
                    if (result.getValue() instanceof OnnxTensor tensor) {
                        outputs.put(result.getKey(), array(tensor));
                    }
                }
            }
            return outputs;
        } catch (OrtException e) {
            throw refused("it does not run the model", e);
        } finally {
            given.values().forEach(OnnxTensor::close);
        }
    }

    private OnnxTensor tensor(Tensor t, NodeInfo declared) throws OrtException {
        OnnxJavaType type = declared != null && declared.getInfo() instanceof TensorInfo info ? info.type : null;
        return switch (t.dtype()) {
            case F32 -> OnnxTensor.createTensor(environment, FloatBuffer.wrap(t.floats()), t.shape());
            case F64 -> OnnxTensor.createTensor(environment, DoubleBuffer.wrap(t.doubles()), t.shape());
            case F16, BF16 -> {
                ShortBuffer bits = ShortBuffer.allocate(t.size());
                for (float value : t.floats()) {
                    bits.put(t.dtype() == DType.F16 ? Float.floatToFloat16(value) : Bfloat16.fromFloat(value));
                }
                OnnxJavaType of = t.dtype() == DType.F16 ? OnnxJavaType.FLOAT16 : OnnxJavaType.BFLOAT16;
                yield OnnxTensor.createTensor(environment, bits.flip(), t.shape(), of);
            }
            case I64 -> OnnxTensor.createTensor(environment, LongBuffer.wrap(t.longs()), t.shape());
            case I32 -> whole(t, type);
            case BOOL -> {
                ByteBuffer bytes = ByteBuffer.allocateDirect(t.size());
                for (boolean value : t.booleans()) {
                    bytes.put((byte) (value ? 1 : 0));
                }
                yield OnnxTensor.createTensor(environment, bytes.flip(), t.shape(), OnnxJavaType.BOOL);
            }
        };
    }

    /** Whole numbers of fewer bits are held as those of 32. */
    private OnnxTensor whole(Tensor t, OnnxJavaType type) throws OrtException {
        if (type == OnnxJavaType.INT8 || type == OnnxJavaType.UINT8) {
            ByteBuffer bytes = ByteBuffer.allocateDirect(t.size());
            for (int value : t.ints()) {
                bytes.put((byte) value);
            }
            return OnnxTensor.createTensor(environment, bytes.flip(), t.shape(), type);
        }
        if (type == OnnxJavaType.INT16) {
            ShortBuffer shorts = ShortBuffer.allocate(t.size());
            for (int value : t.ints()) {
                shorts.put((short) value);
            }
            return OnnxTensor.createTensor(environment, shorts.flip(), t.shape(), type);
        }
        return OnnxTensor.createTensor(environment, IntBuffer.wrap(t.ints()), t.shape());
    }

    private static NdArray array(OnnxTensor t) {
        TensorInfo info = t.getInfo();
        return switch (info.type) {
            case FLOAT, FLOAT16, BFLOAT16 -> array(DType.F32, info, t.getFloatBuffer()::get);
            case DOUBLE -> array(DType.F64, info, t.getDoubleBuffer()::get);
            case INT64 -> array(DType.I64, info, t.getLongBuffer()::get);
            case INT32 -> array(DType.I32, info, t.getIntBuffer()::get);
            case INT16 -> array(DType.I32, info, t.getShortBuffer()::get);
            case INT8, BOOL -> array(DType.I32, info, t.getByteBuffer()::get);
            case UINT8 -> {
                ByteBuffer bytes = t.getByteBuffer();
                yield array(DType.I32, info, i -> Byte.toUnsignedInt(bytes.get(i)));
            }
            case STRING, UNKNOWN -> NdArray.zeros(DType.F32, 0);
        };
    }

    private static NdArray array(DType dtype, TensorInfo info, IntToDoubleFunction element) {
        double[] data = new double[Math.toIntExact(NdArray.size(info.getShape()))];
        for (int i = 0; i < data.length; i++) {
            data[i] = element.applyAsDouble(i);
        }
        return new NdArray(dtype, info.getShape(), data);
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw refused("it does not let go of the model", e);
        }
    }
}
