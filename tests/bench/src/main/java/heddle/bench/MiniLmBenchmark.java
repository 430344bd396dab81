package heddle.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import heddle.runtime.CompileOptions;
import heddle.runtime.CompiledModel;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.artifact.DeclaredFile;
import heddle.runtime.tensor.Tensor;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** MiniLM in Heddle and in ONNX Runtime: the same weights, the same tokens, the same threads. */
public final class MiniLmBenchmark {
    private static final Path MODEL = Path.of("examples/minilm.heddle");
    private static final int[][] SHAPES = {{1, 16}, {1, 128}, {1, 512}, {4, 128}};
    private static final int FIRST_WORD = 1000;
    private static final int VOCABULARY = 30522;

    private MiniLmBenchmark() {}

    /** @param args thread counts; one and all processors when there are none */
    public static void main(String[] args) throws Exception {
        int[] threads = args.length > 0
                ? Arrays.stream(args).mapToInt(Integer::parseInt).toArray()
                : new int[] {1, Runtime.getRuntime().availableProcessors()};
        System.out.printf(
                "%7s %5s %6s %11s %16s %7s %10s%n",
                "threads", "batch", "length", "heddle ms", "onnxruntime ms", "ratio", "max diff");
        for (int t : threads) {
            compare(t);
        }
    }

    private static void compare(int threads) throws Exception {
        CompileOptions options = CompileOptions.defaults().withThreads(threads);
        HeddleModel declared = Heddle.model(MODEL);
        CompiledModel heddle = declared.compile(options);
        DeclaredFile weights = declared.source().manifest().weights().orElseThrow();
        String onnx = options.files().find(weights, Path.of("")).toString();
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions settings = new OrtSession.SessionOptions()) {
            settings.setIntraOpNumThreads(threads);
            try (OrtSession session = environment.createSession(onnx, settings)) {
                for (int[] shape : SHAPES) {
                    compare(threads, shape[0], shape[1], heddle, session, environment);
                }
            }
        }
    }

    private static void compare(
            int threads, int batch, int length, CompiledModel heddle, OrtSession session, OrtEnvironment environment)
            throws Exception {
        long[] ids = new Random(1)
                .longs((long) batch * length, FIRST_WORD, VOCABULARY)
                .toArray();
        long[] ones = new long[ids.length];
        Arrays.fill(ones, 1);
        Map<String, Tensor> ours =
                Map.of("input_ids", Tensor.of(ids, batch, length), "attention_mask", Tensor.of(ones, batch, length));
        long[] shape = {batch, length};
        Map<String, OnnxTensor> theirs = new HashMap<>();
        try {
            theirs.put("input_ids", OnnxTensor.createTensor(environment, LongBuffer.wrap(ids), shape));
            theirs.put("attention_mask", OnnxTensor.createTensor(environment, LongBuffer.wrap(ones), shape));
            theirs.put(
                    "token_type_ids",
                    OnnxTensor.createTensor(environment, LongBuffer.wrap(new long[ids.length]), shape));
            double difference = difference(heddle.run(ours).get("tokens").floats(), session, theirs);
            double[] times = Interleaved.millis(
                    () -> heddle.run(ours), () -> session.run(theirs).close());
            System.out.printf(
                    "%7d %5d %6d %11.2f %16.2f %7.2f %10.1e%n",
                    threads, batch, length, times[0], times[1], times[0] / times[1], difference);
        } finally {
            theirs.values().forEach(OnnxTensor::close);
        }
    }

    private static double difference(float[] ours, OrtSession session, Map<String, OnnxTensor> inputs)
            throws OrtException {
        try (OrtSession.Result result = session.run(inputs)) {
            float[] theirs = new float[ours.length];
            ((OnnxTensor) result.get(0)).getFloatBuffer().get(theirs);
            double most = 0;
            for (int i = 0; i < ours.length; i++) {
                most = Math.max(most, Math.abs(ours[i] - theirs[i]));
            }
            return most;
        }
    }
}
