package heddle.bench;

import java.util.Arrays;
import java.util.Map;

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
        System.out.println(
                "one query, " + HEADS + " heads, " + KEY_HEADS + " heads of keys, f32, " + Interleaved.processor());
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
        float[] q = Engine.drawn(HEADS * size, 1);
        float[] k = Engine.drawn(KEY_HEADS * keys * size, 2);
        float[] v = Engine.drawn(KEY_HEADS * keys * size, 3);
        long[] kv = {1, KEY_HEADS, keys, size};
        try (Engine ours = new HeddleEngine(threads, source(size), Map.of("M", (long) keys))
                        .with("q", q, 1, HEADS, 1, size)
                        .with("k", k, kv)
                        .with("v", v, kv);
                Engine operator = new OnnxEngine(threads, attention(kv))
                        .with("Q", q, 1, HEADS, 1, size)
                        .with("K", k, kv)
                        .with("V", v, kv);
                Engine folded = new OnnxEngine(threads, folded(kv))
                        .with("Q", scaled(q, size), KEY_HEADS, GROUP, size)
                        .with("K", transposed(k, keys, size), KEY_HEADS, size, keys)
                        .with("V", v, KEY_HEADS, keys, size)) {
            Engine.requireSame(ours, operator, TOLERANCE);
            Engine.requireSame(ours, folded, TOLERANCE);
            double[] ms = Interleaved.millis(ours::run, operator::run, folded::run);
            System.out.printf(
                    "| %d | %d | %d | %.3f | %.3f | %.3f | %.2f | %.2f |%n",
                    threads, keys, size, ms[0], ms[1], ms[2], ms[1] / ms[0], ms[2] / ms[0]);
        }
    }

    private static String source(int size) {
        return String.join(
                "\n",
                "import \"attention.heddle\"",
                "dim M",
                "input q: f32[1, %d, 1, %d]".formatted(HEADS, size),
                "input k: f32[1, %d, M, %d]".formatted(KEY_HEADS, size),
                "input v: f32[1, %d, M, %d]".formatted(KEY_HEADS, size),
                "output y = attention(q, share_heads(k, %d), share_heads(v, %d))".formatted(HEADS, HEADS));
    }

    private static OnnxText attention(long[] kv) {
        return new OnnxText()
                .input("Q", 1, HEADS, 1, kv[3])
                .input("K", kv)
                .input("V", kv)
                .node("Attention", "Y", "Q", "K", "V")
                .output("Y", 1, HEADS, 1, kv[3]);
    }

    /** Keys come transposed, which favours the peer; queries come scaled. */
    private static OnnxText folded(long[] kv) {
        return new OnnxText()
                .input("Q", KEY_HEADS, GROUP, kv[3])
                .input("K", KEY_HEADS, kv[3], kv[2])
                .input("V", KEY_HEADS, kv[2], kv[3])
                .node("MatMul", "S", "Q", "K")
                .node("Softmax", "P", "S")
                .node("MatMul", "Y", "P", "V")
                .output("Y", KEY_HEADS, GROUP, kv[3]);
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
}
