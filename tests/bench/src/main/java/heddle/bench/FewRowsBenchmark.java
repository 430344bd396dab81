package heddle.bench;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import com.google.protobuf.ByteString;
import heddle.compiler.type.DType;
import heddle.runtime.CompileOptions;
import heddle.runtime.CompiledModel;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.jvm.JvmProgram;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.weights.Safetensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;

/**
 * Products of few rows with a square weight, which take as long as reading the weight: with weights of f32, bf16, f16 and
 * i8, with a scale for each column, in Heddle, and with f32 weights, a constant of the model, in ONNX Runtime.
 */
public final class FewRowsBenchmark {
    private static final int SIZE = 4096;
    private static final int[] ROWS = {1, 16};
    private static final String[] TYPES = {"f32", "bf16", "f16", "i8 per column"};

    private FewRowsBenchmark() {}

    /** @param args thread counts; one and all processors when there are none */
    public static void main(String[] args) throws Exception {
        int[] threads = args.length > 0
                ? Arrays.stream(args).mapToInt(Integer::parseInt).toArray()
                : new int[] {1, Runtime.getRuntime().availableProcessors()};
        Path files = TemporaryFolder.of("few-rows");
        float[] weight = noise(1, SIZE * SIZE, 1 / Math.sqrt(SIZE));
        Path onnx = Files.write(files.resolve("product.onnx"), onnx(weight).toByteArray());
        System.out.printf(
                "%7s %5s %8s %8s %8s %8s %15s %9s %9s %9s %9s %9s%n",
                "threads",
                "rows",
                "f32 ms",
                "bf16 ms",
                "f16 ms",
                "i8 ms",
                "onnxruntime ms",
                "ort/f32",
                "f32/bf16",
                "f32/f16",
                "f32/i8",
                "max diff");
        for (int t : threads) {
            CompiledModel[] models = new CompiledModel[TYPES.length];
            for (int i = 0; i < TYPES.length; i++) {
                models[i] = model(files, TYPES[i], weight, t);
                if (t == threads[0]) {
                    System.err.println(TYPES[i] + " weights take "
                            + JvmProgram.weightBytes(models[i].compilation().plan()) / 1e6 + " MB");
                }
            }
            for (int rows : ROWS) {
                compare(t, rows, models, onnx);
            }
        }
    }

    private static float[] noise(long seed, int length, double deviation) {
        Random random = new Random(seed);
        float[] x = new float[length];
        for (int i = 0; i < length; i++) {
            x[i] = (float) (random.nextGaussian() * deviation);
        }
        return x;
    }

    private static CompiledModel model(Path files, String type, float[] weight, int threads) throws Exception {
        Path model = Files.writeString(
                files.resolve(type + ".heddle"), """
                model FewRows
                dim M
                input x: f32[M, %1$d]
                output y = x @ weight "w" : f32[%1$d, %1$d] %2$s
                """.formatted(SIZE, type.equals("f32") ? "" : "as " + type));
        HeddleModel declared = Heddle.model(model);
        Tensor floats = Tensor.of(weight, SIZE, SIZE);
        Map<String, Tensor> given =
                Map.of("w", DType.named(type).map(floats::cast).orElse(floats));
        Path file = files.resolve(type + ".safetensors");
        Safetensors.write(Quantiser.weights(declared.declaration().weights(), given), file);
        return declared.compile(CompileOptions.defaults().withThreads(threads).withWeights(file.toString()));
    }

    private static void compare(int threads, int rows, CompiledModel[] models, Path onnx) throws Exception {
        float[] x = noise(2, rows * SIZE, 1);
        Map<String, Tensor> ours = Map.of("x", Tensor.of(x, rows, SIZE));
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions settings = new OrtSession.SessionOptions()) {
            settings.setIntraOpNumThreads(threads);
            try (OrtSession session = environment.createSession(onnx.toString(), settings);
                    OnnxTensor input =
                            OnnxTensor.createTensor(environment, FloatBuffer.wrap(x), new long[] {rows, SIZE})) {
                Map<String, OnnxTensor> theirs = Map.of("x", input);
                double difference = 0;
                try (OrtSession.Result result = session.run(theirs)) {
                    float[] expected = new float[rows * SIZE];
                    ((OnnxTensor) result.get(0)).getFloatBuffer().get(expected);
                    float[] y = models[0].run(ours).get("y").floats();
                    for (int i = 0; i < y.length; i++) {
                        difference = Math.max(difference, Math.abs(y[i] - expected[i]));
                    }
                }
                double[] times = Interleaved.millis(
                        () -> models[0].run(ours),
                        () -> models[1].run(ours),
                        () -> models[2].run(ours),
                        () -> models[3].run(ours),
                        () -> session.run(theirs).close());
                System.out.printf(
                        "%7d %5d %8.2f %8.2f %8.2f %8.2f %15.2f %9.2f %9.2f %9.2f %9.2f %9.1e%n",
                        threads,
                        rows,
                        times[0],
                        times[1],
                        times[2],
                        times[3],
                        times[4],
                        times[4] / times[0],
                        times[0] / times[1],
                        times[0] / times[2],
                        times[0] / times[3],
                        difference);
            }
        }
    }

    private static ModelProto onnx(float[] weight) {
        ByteBuffer raw = ByteBuffer.allocate(weight.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(weight);
        TensorProto w = TensorProto.newBuilder()
                .setName("w")
                .setDataType(TensorProto.DataType.FLOAT.getNumber())
                .addDims(SIZE)
                .addDims(SIZE)
                .setRawData(ByteString.copyFrom(raw))
                .build();
        GraphProto graph = GraphProto.newBuilder()
                .setName("few rows")
                .addNode(NodeProto.newBuilder()
                        .setOpType("MatMul")
                        .addInput("x")
                        .addInput("w")
                        .addOutput("y"))
                .addInitializer(w)
                .addInput(rows("x"))
                .addOutput(rows("y"))
                .build();
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                .setGraph(graph)
                .build();
    }

    private static ValueInfoProto rows(String name) {
        TensorShapeProto shape = TensorShapeProto.newBuilder()
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("M"))
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(SIZE))
                .build();
        TypeProto type = TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder()
                        .setElemType(TensorProto.DataType.FLOAT.getNumber())
                        .setShape(shape))
                .build();
        return ValueInfoProto.newBuilder().setName(name).setType(type).build();
    }
}
