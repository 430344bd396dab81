package heddle.bench;

import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.frontend.Frontend;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Value;
import heddle.compiler.layout.FoldLayout;
import heddle.compiler.op.Input;
import heddle.compiler.op.attention.AttentionGradient;
import heddle.compiler.op.attention.FusedAttention;
import heddle.compiler.schedule.Lower;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.dsl.parse.Parser;
import heddle.dsl.source.SourceFile;
import heddle.runtime.SourceReader;
import heddle.runtime.jvm.JvmOptions;
import heddle.runtime.jvm.JvmPlatform;
import heddle.runtime.jvm.JvmProgram;
import heddle.runtime.jvm.MeasuredLimits;
import heddle.runtime.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Attention forward, and forward with backward: N queries and keys, 8 heads of 64, f32. Of a pair of query and key, the forward takes 4D
 * floating-point operations, the one pass of the backward 10D: recomputed work counts. They are compared with what multiply-adds in
 * registers alone reach, with {@code scaled_dot_product_attention} of libtorch where it has such scores, and with causal attention.
 */
public final class AttentionBackwardBenchmark {
    private static final int HEADS = 8;
    private static final int SIZE = 64;

    /** What is done to scores, by name. */
    private static final Map<String, String> SCORES = new LinkedHashMap<>();

    static {
        SCORES.put("full", "s");
        SCORES.put("causal", "where(iota(N)[new, :] <= iota(N)[:, new], s, -inf)");
        SCORES.put("capped", "where(iota(N)[new, :] <= iota(N)[:, new], 30.0 * tanh(s / 30.0), -inf)");
        SCORES.put(
                "alibi",
                "where(iota(N)[new, :] <= iota(N)[:, new],"
                        + " s + slope[:, new, new] * cast(iota(N)[new, :] - iota(N)[:, new], f32), -inf)");
    }

    private AttentionBackwardBenchmark() {}

    /**
     * @param args {@code processor} to count the processor time of one thread, as on a machine that others use; then lengths: 512, 1024
     *             and 2048 when there are none
     */
    public static void main(String[] args) throws Exception {
        boolean processor = args.length > 0 && args[0].equals("processor");
        int[] lengths = Arrays.stream(args)
                .skip(processor ? 1 : 0)
                .mapToInt(Integer::parseInt)
                .toArray();
        LongSupplier clock = processor ? Interleaved.PROCESSOR : System::nanoTime;
        TorchScript.unpackTo(Path.of("tests", "bench", "target", "libtorch"));
        System.out.println(HEADS + " heads of " + SIZE + ", f32, " + JvmPlatform.target(1));
        System.out.println(
                "| threads | N | scores | forward ms | both ms | of causal | backward GFLOP/s | share of peak"
                        + " | libtorch forward ms | both ms | times its speed |");
        System.out.println("|---|---|---|---|---|---|---|---|---|---|---|");
        for (int threads : processor ? new int[] {1} : new int[] {1, 2}) {
            double peak = MeasuredLimits.gigaflops(threads);
            for (int n : lengths.length == 0 ? new int[] {512, 1024, 2048} : lengths) {
                time(clock, threads, n, peak);
            }
        }
    }

    /** All in one run, so that they see the same moods of the machine. */
    private static void time(LongSupplier clock, int threads, int n, double peak) throws Exception {
        List<Interleaved.Subject> subjects = new ArrayList<>();
        List<TorchScript> scripts = new ArrayList<>();
        for (String scores : SCORES.keySet()) {
            FusedAttention op = AttentionGradient.forward(attention(SCORES.get(scores)));
            Map<String, Tensor> inputs = inputs(op, n);
            JvmProgram forward = program(threads, graph(op, false));
            JvmProgram both = program(threads, graph(op, true));
            subjects.add(() -> forward.run(inputs));
            subjects.add(() -> both.run(inputs));
            if (isOfLibtorch(scores)) {
                TorchScript.threads(threads);
                TorchScript.Call torchForward = libtorch(scores, false, inputs, scripts);
                TorchScript.Call torchBoth = libtorch(scores, true, inputs, scripts);
                requireSame(both.run(inputs), torchBoth.results());
                subjects.add(torchForward::run);
                subjects.add(torchBoth::run);
            }
        }
        double[] ms = Interleaved.millis(clock, subjects.toArray(Interleaved.Subject[]::new));
        int at = 0;
        double causal = Double.NaN;
        for (String scores : SCORES.keySet()) {
            double forward = ms[at++];
            double both = ms[at++];
            boolean full = scores.equals("full");
            causal = scores.equals("causal") ? both : causal;
            double pairs = HEADS * (full ? (double) n * n : n * (n + 1.0) / 2);
            double speed = 10 * SIZE * pairs / (both - forward) * 1e-6;
            String row = "| %d | %d | %s | %.2f | %.2f | %s | %.1f | %.2f | "
                    .formatted(
                            threads,
                            n,
                            scores,
                            forward,
                            both,
                            full ? "" : "%.2f".formatted(both / causal),
                            speed,
                            speed / peak);
            if (isOfLibtorch(scores)) {
                double torchForward = ms[at++];
                double torchBoth = ms[at++];
                row += "%.2f | %.2f | %.2f, both %.2f |"
                        .formatted(torchForward, torchBoth, torchForward / forward, torchBoth / both);
            } else {
                row += "| | |";
            }
            System.out.println(row);
        }
        scripts.forEach(TorchScript::close);
    }

    private static boolean isOfLibtorch(String scores) {
        return TorchScript.absence().isEmpty() && (scores.equals("full") || scores.equals("causal"));
    }

    /** Attention of libtorch, whose inputs have the names of the fused attention's. */
    private static TorchScript.Call libtorch(
            String scores, boolean backward, Map<String, Tensor> inputs, List<TorchScript> scripts) {
        List<String> names = List.of("x0", "x1", "x2", "dy");
        String attention = "o = torch.scaled_dot_product_attention(x0, x1, x2, None, 0., "
                + (scores.equals("causal") ? "True" : "False") + ")";
        TorchScript script = backward
                ? TorchScript.differentiated(names, names.subList(0, 3), attention)
                : TorchScript.forward(names, attention);
        scripts.add(script);
        return script.on(names.stream().map(inputs::get).toList());
    }

    /** Fails unless both engines compute the same: times of different work do not compare. */
    private static void requireSame(Map<String, Tensor> heddle, List<float[]> libtorch) {
        List<String> outputs = List.of("o", "grad0", "grad1", "grad2");
        for (int n = 0; n < outputs.size(); n++) {
            float[] x = heddle.get(outputs.get(n)).floats();
            float[] y = libtorch.get(n);
            for (int i = 0; i < x.length; i++) {
                if (!(Math.abs(x[i] - y[i]) <= 1e-3)) {
                    throw new IllegalStateException(outputs.get(n) + " at " + i + ": " + x[i] + ", libtorch " + y[i]);
                }
            }
        }
    }

    private static Map<String, Tensor> inputs(FusedAttention op, long n) {
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        for (int slot = 0; slot < op.operands().size(); slot++) {
            inputs.put("x" + slot, drawn(op.operands().get(slot).shape().evaluate(Map.of("N", n)), slot));
        }
        inputs.put("dy", drawn(op.results().getFirst().type().shape().evaluate(Map.of("N", n)), 9));
        return inputs;
    }

    private static FusedAttention attention(String scores) throws IOException {
        String text = String.join(
                "\n",
                "dim N",
                "input q: f32[1, 8, N, 64]",
                "input k: f32[1, 8, N, 64]",
                "input v: f32[1, 8, N, 64]",
                "input slope: f32[8]",
                "let s = einsum(\"bhid,bhjd->bhij\", q, k) / 8.0",
                "output y = softmax(" + scores + ", axis = -1) @ v");
        Graph graph = Frontend.elaborate(
                        Parser.parse(new SourceFile("attention.heddle", text)).orThrow(), SourceReader::imported)
                .graph();
        Graph fused = Compiler.compile(graph, Fusion.FUSED)
                .passes()
                .before(FoldLayout.NAME)
                .orElseThrow();
        return fused.nodes().stream()
                .filter(node -> node.op() instanceof FusedAttention)
                .map(node -> (FusedAttention) node.op())
                .findFirst()
                .orElseThrow();
    }

    private static Graph graph(FusedAttention op, boolean backward) {
        Graph.Builder out = new Graph.Builder(backward ? "both" : "forward");
        List<Value> operands = new ArrayList<>();
        for (int slot = 0; slot < op.operands().size(); slot++) {
            operands.add(out.value(new Input("x" + slot, op.operands().get(slot)), Origin.NONE));
        }
        Node node = out.add(op, operands, Origin.NONE);
        Value dy = out.value(new Input("dy", node.type()), Origin.NONE);
        out.output("o", node.value());
        if (backward) {
            AttentionGradient.of(
                            out,
                            op,
                            operands,
                            AttentionGradient.Forward.of(node),
                            Optional.of(dy),
                            Optional.empty(),
                            Set.of(0, 1, 2),
                            Origin.NONE)
                    .forEach((slot, gradient) -> out.output("grad" + slot, gradient));
        }
        return new FoldLayout().run(out.build());
    }

    private static JvmProgram program(int threads, Graph graph) throws IOException {
        JvmOptions options = HeddleEngine.options(threads);
        return JvmProgram.load(
                Lower.fused(graph, SchedulePolicy.of(options.target())).plan(), Map.of(), options);
    }

    private static Tensor drawn(long[] shape, long seed) {
        int elements = (int) Arrays.stream(shape).reduce(1, (x, y) -> x * y);
        return Tensor.of(Engine.drawn(elements, seed), shape);
    }
}
