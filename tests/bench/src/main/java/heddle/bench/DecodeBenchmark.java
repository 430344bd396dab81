package heddle.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.frontend.Frontend;
import heddle.compiler.frontend.Model;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.type.DType;
import heddle.dsl.parse.Parser;
import heddle.dsl.source.SourceFile;
import heddle.runtime.SourceReader;
import heddle.runtime.jvm.JvmOptions;
import heddle.runtime.jvm.JvmPlatform;
import heddle.runtime.jvm.JvmProgram;
import heddle.runtime.tensor.Tensor;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * One query against many keys, 32 heads of which four share keys: beside ONNX Runtime's attention, and beside ONNX Runtime with
 * heads folded by hand, so that the four are rows of one product. The folded peer gets keys that were transposed and queries that
 * were scaled before, outside the time.
 */
public final class DecodeBenchmark {
    private static final int HEADS = 32;
    private static final int KEY_HEADS = 8;
    private static final long GROUP = HEADS / KEY_HEADS;
    private static final double TOLERANCE = 1e-4;

    private DecodeBenchmark() {}

    /** @param args numbers of keys; 1024 and 4096 when there are none */
    public static void main(String[] args) throws Exception {
        int[] lengths = args.length == 0
                ? new int[] {1024, 4096}
                : Arrays.stream(args).mapToInt(Integer::parseInt).toArray();
        System.out.println("one query, " + HEADS + " heads, " + KEY_HEADS + " heads of keys, f32, " + processor());
        System.out.println(
                "| threads | keys | D | heddle ms | onnxruntime ms | folded ms | / onnxruntime | / folded |");
        System.out.println("|---|---|---|---|---|---|---|---|");
        for (int threads : new int[] {1, 2}) {
            for (int size : new int[] {64, 128}) {
                for (int keys : lengths) {
                    compare(threads, keys, size);
                }
            }
        }
    }

    private static void compare(int threads, int keys, int size) throws Exception {
        float[] q = drawn(HEADS * size, 1);
        float[] k = drawn(KEY_HEADS * keys * size, 2);
        float[] v = drawn(KEY_HEADS * keys * size, 3);
        long[] kv = {1, KEY_HEADS, keys, size};
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (Engine ours = heddle(threads, keys, size, q, k, v);
                Engine operator = new OnnxEngine(environment, threads, attention(kv))
                        .with("Q", q, 1, HEADS, 1, size)
                        .with("K", k, kv)
                        .with("V", v, kv);
                Engine folded = new OnnxEngine(environment, threads, folded(kv))
                        .with("Q", scaled(q, size), KEY_HEADS, GROUP, size)
                        .with("K", transposed(k, keys, size), KEY_HEADS, size, keys)
                        .with("V", v, KEY_HEADS, keys, size)) {
            agree(ours, operator);
            agree(ours, folded);
            double[] ms = Interleaved.millis(ours::run, operator::run, folded::run);
            System.out.printf(
                    "| %d | %d | %d | %.3f | %.3f | %.3f | %.2f | %.2f |%n",
                    threads, keys, size, ms[0], ms[1], ms[2], ms[1] / ms[0], ms[2] / ms[0]);
        }
    }

    /** Something that computes the attention. */
    private interface Engine extends AutoCloseable {
        float[] run() throws Exception;

        @Override
        default void close() throws Exception {}
    }

    private static void agree(Engine a, Engine b) throws Exception {
        float[] x = a.run();
        float[] y = b.run();
        for (int n = 0; n < x.length; n++) {
            if (!(Math.abs(x[n] - y[n]) <= TOLERANCE)) {
                throw new IllegalStateException("element " + n + " is " + x[n] + " and " + y[n]);
            }
        }
    }

    private static Engine heddle(int threads, int keys, int size, float[] q, float[] k, float[] v) throws IOException {
        String text = String.join(
                "\n",
                "import \"attention.heddle\"",
                "dim M",
                "input q: f32[1, %d, 1, %d]".formatted(HEADS, size),
                "input k: f32[1, %d, M, %d]".formatted(KEY_HEADS, size),
                "input v: f32[1, %d, M, %d]".formatted(KEY_HEADS, size),
                "output y = attention(q, share_heads(k, %d), share_heads(v, %d))".formatted(HEADS, HEADS));
        Model model = Frontend.elaborate(
                Parser.parse(new SourceFile("decode.heddle", text)).orThrow(), SourceReader::imported);
        Path classes = TemporaryFolder.of("heddle-decode");
        JvmOptions options = new JvmOptions(JvmPlatform.target(threads), classes, "bench", warning -> {
            throw new IllegalStateException(warning);
        });
        JvmProgram program = JvmProgram.load(
                Compiler.compile(model.graph(), Fusion.FUSED, SchedulePolicy.of(options.target()), Set.of())
                        .plan(),
                Map.of(),
                options);
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        inputs.put("q", Tensor.wrap(DType.F32, new long[] {1, HEADS, 1, size}, q));
        inputs.put("k", Tensor.wrap(DType.F32, new long[] {1, KEY_HEADS, keys, size}, k));
        inputs.put("v", Tensor.wrap(DType.F32, new long[] {1, KEY_HEADS, keys, size}, v));
        Map<String, Long> lengths = Map.of("M", (long) keys);
        return () -> {
            Tensor y = program.run(inputs, lengths).get("y");
            float[] elements = new float[y.size()];
            for (int n = 0; n < elements.length; n++) {
                elements[n] = (float) y.element(n);
            }
            return elements;
        };
    }

    private static byte[] attention(long[] kv) {
        return new OnnxText()
                .input("Q", 1, HEADS, 1, kv[3])
                .input("K", kv)
                .input("V", kv)
                .node("Attention", "Y", "Q", "K", "V")
                .output("Y", 1, HEADS, 1, kv[3])
                .model();
    }

    /** Keys come transposed, which favours the peer; queries come scaled. */
    private static byte[] folded(long[] kv) {
        return new OnnxText()
                .input("Q", KEY_HEADS, GROUP, kv[3])
                .input("K", KEY_HEADS, kv[3], kv[2])
                .input("V", KEY_HEADS, kv[2], kv[3])
                .node("MatMul", "S", "Q", "K")
                .node("Softmax", "P", "S")
                .node("MatMul", "Y", "P", "V")
                .output("Y", KEY_HEADS, GROUP, kv[3])
                .model();
    }

    /** A session with its inputs. */
    private static final class OnnxEngine implements Engine {
        private final OrtEnvironment environment;
        private final OrtSession session;
        private final Map<String, OnnxTensor> inputs = new HashMap<>();

        OnnxEngine(OrtEnvironment environment, int threads, byte[] model) throws Exception {
            this.environment = environment;
            try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
                options.setIntraOpNumThreads(threads);
                session = environment.createSession(model, options);
            }
        }

        OnnxEngine with(String name, float[] elements, long... shape) throws Exception {
            inputs.put(name, OnnxTensor.createTensor(environment, FloatBuffer.wrap(elements), shape));
            return this;
        }

        @Override
        public float[] run() throws Exception {
            try (OrtSession.Result result = session.run(inputs)) {
                FloatBuffer buffer = ((OnnxTensor) result.get(0)).getFloatBuffer();
                float[] elements = new float[buffer.remaining()];
                buffer.get(elements);
                return elements;
            }
        }

        @Override
        public void close() throws Exception {
            inputs.values().forEach(OnnxTensor::close);
            session.close();
        }
    }

    private static float[] drawn(int length, long seed) {
        Random random = new Random(seed);
        float[] elements = new float[length];
        for (int n = 0; n < length; n++) {
            elements[n] = (float) random.nextGaussian();
        }
        return elements;
    }

    private static float[] scaled(float[] q, int size) {
        float[] scaled = q.clone();
        for (int n = 0; n < q.length; n++) {
            scaled[n] /= (float) Math.sqrt(size);
        }
        return scaled;
    }

    private static float[] transposed(float[] k, int keys, int size) {
        float[] transposed = new float[k.length];
        for (int at = 0; at < k.length; at++) {
            int head = at / (keys * size);
            int key = at / size % keys;
            transposed[(head * size + at % size) * keys + key] = k[at];
        }
        return transposed;
    }

    private static String processor() throws IOException {
        Path info = Path.of("/proc/cpuinfo");
        if (!Files.exists(info)) {
            return System.getProperty("os.arch");
        }
        return Files.readAllLines(info).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 2))
                .findFirst()
                .orElse(System.getProperty("os.arch"));
    }
}
