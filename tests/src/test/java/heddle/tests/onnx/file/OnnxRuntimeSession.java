package heddle.tests.onnx.file;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import ai.onnxruntime.TensorInfo;
import heddle.compiler.type.DType;
import heddle.runtime.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;

/** A model in ONNX Runtime, on one thread. Inputs that the model does not have are left out. */
public final class OnnxRuntimeSession implements AutoCloseable {
    private static final OrtEnvironment ENVIRONMENT = OrtEnvironment.getEnvironment();

    private final OrtSession session;

    private OnnxRuntimeSession(Path file, OptLevel level) throws OrtException {
        try (OrtSession.SessionOptions options = options()) {
            options.setOptimizationLevel(level);
            this.session = ENVIRONMENT.createSession(file.toString(), options);
        }
    }

    /** With all that its optimiser does. */
    public static OnnxRuntimeSession optimised(Path file) throws OrtException {
        return new OnnxRuntimeSession(file, OptLevel.ALL_OPT);
    }

    /** Each node as it is written. The optimiser may compute products of weights in eight bits that a file has in floats. */
    public static OnnxRuntimeSession asWritten(Path file) throws OrtException {
        return new OnnxRuntimeSession(file, OptLevel.NO_OPT);
    }

    private static OrtSession.SessionOptions options() throws OrtException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(1);
        options.setInterOpNumThreads(1);
        options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
        return options;
    }

    /** Writes the model as ONNX Runtime's own optimiser leaves it. */
    public static void optimise(Path file, Path to) throws OrtException {
        try (OrtSession.SessionOptions options = options()) {
            options.setOptimizationLevel(OptLevel.ALL_OPT);
            options.setOptimizedModelFilePath(to.toString());
            ENVIRONMENT.createSession(file.toString(), options).close();
        }
    }

    public SequencedMap<String, Tensor> run(Map<String, Tensor> inputs) throws OrtException {
        Map<String, OnnxTensor> given = new LinkedHashMap<>();
        try {
            for (String name : session.getInputNames()) {
                given.put(name, given(inputs.get(name), type(name)));
            }
            try (OrtSession.Result result = session.run(given)) {
                SequencedMap<String, Tensor> outputs = new LinkedHashMap<>();
                for (Map.Entry<String, OnnxValue> output : result) {
                    outputs.put(output.getKey(), result((OnnxTensor) output.getValue()));
                }
                return outputs;
            }
        } finally {
            given.values().forEach(OnnxTensor::close);
        }
    }

    /** Inputs of the shapes that the model declares; a length with a name is the same everywhere. */
    public SequencedMap<String, Tensor> draw(long seed) throws OrtException {
        Random random = new Random(seed);
        Map<String, Long> named = new HashMap<>();
        SequencedMap<String, Tensor> inputs = new LinkedHashMap<>();
        for (Map.Entry<String, NodeInfo> input : session.getInputInfo().entrySet()) {
            if (!(input.getValue().getInfo() instanceof TensorInfo info)) {
                throw new IllegalArgumentException(input.getKey() + " is no tensor");
            }
            long[] shape = info.getShape();
            String[] names = info.getDimensionNames();
            for (int i = 0; i < shape.length; i++) {
                String name = names[i];
                long chosen = name.toLowerCase(Locale.ROOT).contains("batch") ? 2 : 4;
                shape[i] = shape[i] >= 0 ? shape[i] : name.isEmpty() ? 1 : named.computeIfAbsent(name, n -> chosen);
            }
            Fill fill = switch (info.type) {
                case FLOAT, DOUBLE, FLOAT16, BFLOAT16 -> Fill.normal();
                default -> Fill.below(2);
            };
            inputs.put(input.getKey(), fill.draw(random, shape));
        }
        return inputs;
    }

    private OnnxJavaType type(String input) throws OrtException {
        return ((TensorInfo) session.getInputInfo().get(input).getInfo()).type;
    }

    private static OnnxTensor given(Tensor tensor, OnnxJavaType type) throws OrtException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(type.size * tensor.size()).order(ByteOrder.nativeOrder());
        for (int i = 0; i < tensor.size(); i++) {
            switch (tensor.storage()) {
                case float[] a -> put(bytes, type, a[i], (long) a[i]);
                case double[] a -> put(bytes, type, a[i], (long) a[i]);
                case long[] a -> put(bytes, type, a[i], a[i]);
                case int[] a -> put(bytes, type, a[i], a[i]);
                case boolean[] a -> put(bytes, type, a[i] ? 1 : 0, a[i] ? 1 : 0);
                default -> throw new IllegalArgumentException(tensor.dtype().toString());
            }
        }
        return OnnxTensor.createTensor(ENVIRONMENT, bytes.flip(), tensor.shape(), type);
    }

    private static void put(ByteBuffer bytes, OnnxJavaType type, double number, long whole) {
        switch (type) {
            case FLOAT -> bytes.putFloat((float) number);
            case DOUBLE -> bytes.putDouble(number);
            case FLOAT16 -> bytes.putShort(Float.floatToFloat16((float) number));
            case INT64 -> bytes.putLong(whole);
            case INT32 -> bytes.putInt((int) whole);
            case INT16 -> bytes.putShort((short) whole);
            case INT8, UINT8, BOOL -> bytes.put((byte) whole);
            default -> throw new IllegalArgumentException(type.toString());
        }
    }

    private static Tensor result(OnnxTensor tensor) {
        long[] shape = tensor.getInfo().getShape();
        int size = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
        OnnxJavaType type = tensor.getInfo().type;
        DType dtype = switch (type) {
            case FLOAT -> DType.F32;
            case DOUBLE -> DType.F64;
            case FLOAT16 -> DType.F16;
            case INT64 -> DType.I64;
            case INT32, INT16, INT8, UINT8 -> DType.I32;
            case BOOL -> DType.BOOL;
            default -> throw new IllegalArgumentException("a result of the type " + type);
        };
        Object elements = Tensor.newStorage(dtype, size);
        ByteBuffer bytes = tensor.getByteBuffer().order(ByteOrder.nativeOrder());
        for (int i = 0; i < size; i++) {
            switch (elements) {
                case float[] a ->
                    a[i] = type == OnnxJavaType.FLOAT ? bytes.getFloat() : Float.float16ToFloat(bytes.getShort());
                case double[] a -> a[i] = bytes.getDouble();
                case long[] a -> a[i] = bytes.getLong();
                case int[] a ->
                    a[i] = switch (type) {
                        case INT32 -> bytes.getInt();
                        case INT16 -> bytes.getShort();
                        case UINT8 -> bytes.get() & 0xff;
                        default -> bytes.get();
                    };
                case boolean[] a -> a[i] = bytes.get() != 0;
                default -> throw new AssertionError(elements.getClass());
            }
        }
        return Tensor.wrap(dtype, shape, elements);
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
