package heddle.bench;

import heddle.runtime.jvm.MeasuredLimits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Attention of N queries with as many keys, 8 heads, f32, beside ONNX Runtime's two operators for it: {@code MultiHeadAttention}, which
 * works in blocks and reads heads side by side, and {@code Attention} of ONNX, which reads them one after another. Heddle reads them as
 * its peer does. Of a pair of query and key, attention takes 4D floating-point operations; under a causal mask half of the pairs count.
 */
public final class AttentionBenchmark {
    private static final int HEADS = 8;
    private static final double TOLERANCE = 1e-4;

    private AttentionBenchmark() {}

    /** @param args numbers of queries; 128, 512 and 2048 when there are none */
    public static void main(String[] args) throws Exception {
        int[] lengths = args.length == 0
                ? new int[] {128, 512, 2048}
                : Arrays.stream(args).mapToInt(Integer::parseInt).toArray();
        System.out.println(HEADS + " heads, f32, " + Interleaved.processor());
        System.out.println(
                "| threads | N | D | scores | heads | heddle ms | share of peak | onnxruntime ms | times its speed |");
        System.out.println("|---|---|---|---|---|---|---|---|---|");
        for (int threads : new int[] {1, 2}) {
            double peak = MeasuredLimits.gigaflops(threads);
            for (int size : new int[] {64, 128}) {
                for (int n : lengths) {
                    compare(threads, n, size, peak);
                }
            }
        }
    }

    private static void compare(int threads, int n, int size, double peak) throws Exception {
        for (boolean causal : new boolean[] {false, true}) {
            for (boolean beside : new boolean[] {true, false}) {
                long[] shape = beside ? new long[] {1, n, HEADS * (long) size} : new long[] {1, HEADS, n, size};
                List<float[]> drawn = new ArrayList<>();
                for (int seed = 1; seed <= 3; seed++) {
                    drawn.add(Engine.drawn(HEADS * n * size, seed));
                }
                try (Engine ours = new HeddleEngine(threads, source(size, causal, beside), Map.of("N", (long) n))
                                .with("q", drawn.get(0), shape)
                                .with("k", drawn.get(1), shape)
                                .with("v", drawn.get(2), shape);
                        Engine peer = new OnnxEngine(threads, onnx(shape, causal, beside))
                                .with("q", drawn.get(0), shape)
                                .with("k", drawn.get(1), shape)
                                .with("v", drawn.get(2), shape)) {
                    Engine.requireSame(ours, peer, TOLERANCE);
                    double[] ms = Interleaved.millis(ours::run, peer::run);
                    double pairs = HEADS * (causal ? n * (n + 1.0) / 2 : (double) n * n);
                    System.out.printf(
                            "| %d | %d | %d | %s | %s | %.3f | %.2f | %.3f | %.2f |%n",
                            threads,
                            n,
                            size,
                            causal ? "causal" : "full",
                            beside ? "side by side" : "apart",
                            ms[0],
                            4 * size * pairs / ms[0] * 1e-6 / peak,
                            ms[1],
                            ms[1] / ms[0]);
                }
            }
        }
    }

    private static String source(int size, boolean causal, boolean beside) {
        String shape = beside ? "f32[1, N, " + HEADS * size + "]" : "f32[1, " + HEADS + ", N, " + size + "]";
        String heads = beside ? "transpose(split_axis(x, -1, [" + HEADS + ", " + size + "]), 1, 2)" : "x";
        String scores = "heads(q) @ transpose(heads(k)) / sqrt(" + size + ")";
        String seen = causal ? "where(iota(N)[new, :] <= iota(N)[:, new], " + scores + ", -inf)" : scores;
        String y = "softmax(" + seen + ", axis = -1) @ heads(v)";
        return String.join(
                "\n",
                "dim N",
                "fn heads(x) = " + heads,
                "input q: " + shape,
                "input k: " + shape,
                "input v: " + shape,
                "output y = " + (beside ? "merge_axes(transpose(" + y + ", 1, 2), -2, -1)" : y));
    }

    private static OnnxText onnx(long[] shape, boolean causal, boolean beside) {
        OnnxText model = new OnnxText().input("q", shape).input("k", shape).input("v", shape);
        int masked = causal ? 1 : 0;
        return (beside
                        ? model.node(
                                OnnxText.CONTRIBUTED,
                                "MultiHeadAttention",
                                Map.of("num_heads", HEADS, "unidirectional", masked),
                                "y",
                                "q",
                                "k",
                                "v")
                        : model.node("", "Attention", Map.of("is_causal", masked), "y", "q", "k", "v"))
                .output("y", shape);
    }
}
