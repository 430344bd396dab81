package heddle.tests.gradient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import heddle.bench.TorchScript;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.ir.Graph;
import heddle.compiler.op.attention.AttentionKeyValueGradient;
import heddle.compiler.op.attention.AttentionQueryGradient;
import heddle.compiler.type.DType;
import heddle.runtime.CompileOptions;
import heddle.runtime.CompiledModel;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.ModelSource;
import heddle.runtime.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Fused gradients of attention against those of libtorch, which differentiates the mathematics as it is written: matmuls, a softmax, and
 * scores in memory. An element may be off by 1e-4 of the largest magnitude in libtorch's tensor. Where this is zero, because the only
 * key has the probability one, terms of the order of one cancel; then an element may be off by 1e-5.
 */
class TorchGradientTest {
    private static final double TOLERANCE = 1e-4;
    private static final double CANCELLED = 1e-5;

    /** Of B, N and M. Every query sees a key: libtorch gives NaN to rows without one. */
    private static final List<Map<String, Long>> LENGTHS = Stream.of(
                    new long[] {1, 1, 1},
                    new long[] {2, 5, 3},
                    new long[] {1, 33, 17},
                    new long[] {1, 65, 64},
                    new long[] {2, 70, 131},
                    new long[] {1, 257, 255})
            .map(n -> Map.of("B", n[0], "N", n[1], "M", n[2]))
            .toList();

    private static final String PRODUCT = "s = q.matmul(k.transpose(-2, -1)) * 0.25";
    private static final String CAUSAL = "s = torch.where(j <= i, s, float(\"-inf\"))";
    private static final String OUTPUT = "o = torch.softmax(s, -1).matmul(v)";

    /**
     * An attention, written twice.
     *
     * @param inputs the types of the inputs, by name
     * @param heddle lines of a model that give {@code o}
     * @param torch  lines of TorchScript that do
     */
    private record Written(SequencedMap<String, String> inputs, List<String> heddle, List<String> torch) {
        Written(List<String> heddle, List<String> torch) {
            this(types(4, 4, 16, 24), heddle, torch);
        }

        Written with(String name, String type) {
            SequencedMap<String, String> more = new LinkedHashMap<>(inputs);
            more.put(name, type);
            return new Written(more, heddle, torch);
        }

        static SequencedMap<String, String> types(int heads, int keyHeads, int d, int dv) {
            SequencedMap<String, String> types = new LinkedHashMap<>();
            types.put("dy", "B, " + heads + ", N, " + dv);
            types.put("q", "B, " + heads + ", N, " + d);
            types.put("k", "B, " + keyHeads + ", M, " + d);
            types.put("v", "B, " + keyHeads + ", M, " + dv);
            return types;
        }

        String model() {
            List<String> lines = new ArrayList<>(List.of("dim B, N, M"));
            inputs.forEach((name, type) -> lines.add("input " + name + ": f32[" + type + "]"));
            lines.add("let i = iota(N)[:, new], j = iota(M)[new, :]");
            lines.addAll(heddle);
            lines.add("output y = o");
            lines.add("output loss = sum(o * dy)");
            return String.join("\n", lines);
        }

        String script() {
            List<String> lines = new ArrayList<>();
            lines.add("i = torch.arange(q.size(-2)).unsqueeze(1)");
            lines.add("j = torch.arange(k.size(-2)).unsqueeze(0)");
            lines.addAll(torch);
            return String.join("\n", lines);
        }

        /** What gradients are taken by. */
        List<String> by() {
            return inputs.keySet().stream().filter(x -> !x.equals("dy")).toList();
        }
    }

    private static final Map<String, Written> ALL = new LinkedHashMap<>();

    static {
        ALL.put("full", scores("s", PRODUCT));
        ALL.put("causal", scores("where(j <= i, s, -inf)", PRODUCT, CAUSAL));
        ALL.put(
                "windowed",
                scores(
                        "where(j <= i and i - j < 20, s, -inf)",
                        PRODUCT,
                        "s = torch.where((j <= i) & (i - j < 20), s, float(\"-inf\"))"));
        ALL.put(
                "grouped",
                new Written(
                        Written.types(6, 2, 16, 24),
                        List.of(
                                "let s = where(j <= i, q @ transpose(repeat(k, 3, 1)) * 0.25, -inf)",
                                "let o = softmax(s, axis = -1) @ repeat(v, 3, 1)"),
                        List.of(
                                "s = q.matmul(k.repeat_interleave(3, 1).transpose(-2, -1)) * 0.25",
                                CAUSAL,
                                "o = torch.softmax(s, -1).matmul(v.repeat_interleave(3, 1))")));
        ALL.put("bias", scores("s + bias", PRODUCT, "s = s + bias").with("bias", "B, 4, N, M"));
        ALL.put(
                "bias of all, causal",
                scores("where(j <= i, s + bias, -inf)", PRODUCT, "s = s + bias", CAUSAL)
                        .with("bias", "N, M"));
        ALL.put(
                "bias of keys",
                scores("s + bias[:, new, new, :]", PRODUCT, "s = s + bias.unsqueeze(1).unsqueeze(1)")
                        .with("bias", "B, M"));
        ALL.put(
                "capped",
                scores("where(j <= i, 1.5 * tanh(s / 1.5), -inf)", PRODUCT, "s = 1.5 * torch.tanh(s / 1.5)", CAUSAL));
        ALL.put(
                "sink",
                new Written(
                                List.of(
                                        "let s = where(j <= i, q @ transpose(k) * 0.25, -inf)",
                                        "let column = expand(sink[:, new, new], [B, 4, N, 1])",
                                        "let p = softmax(concat([s, column], axis = -1), axis = -1)",
                                        "let o = p[..., 0:M] @ v"),
                                List.of(
                                        PRODUCT,
                                        CAUSAL,
                                        "column = sink.view([4, 1, 1]).expand([q.size(0), 4, q.size(2), 1])",
                                        "p = torch.softmax(torch.cat([s, column], -1), -1)",
                                        "o = p.narrow(-1, 0, k.size(-2)).matmul(v)"))
                        .with("sink", "4"));
        ALL.put(
                "alibi",
                scores(
                                "where(j <= i, s + slope[:, new, new] * cast(j - i, f32), -inf)",
                                PRODUCT,
                                "s = s + slope.view([4, 1, 1]) * (j - i).float()",
                                CAUSAL)
                        .with("slope", "4"));
        ALL.put(
                "alibi of both sides",
                scores(
                                "s - slope[:, new, new] * cast(abs(i - j), f32)",
                                PRODUCT,
                                "s = s - slope.view([4, 1, 1]) * (i - j).abs().float()")
                        .with("slope", "4"));
        ALL.put("narrow values", sized(40, 8));
        ALL.put("odd sizes", sized(7, 5));
        ALL.put("equal sizes", sized(64, 64));
    }

    private static Written scores(String heddle, String... torch) {
        return new Written(
                List.of("let s = q @ transpose(k) * 0.25", "let o = softmax(" + heddle + ", axis = -1) @ v"),
                Stream.concat(Stream.of(torch), Stream.of(OUTPUT)).toList());
    }

    private static Written sized(int d, int dv) {
        Written causal = scores("where(j <= i, s, -inf)", PRODUCT, CAUSAL);
        return new Written(Written.types(4, 4, d, dv), causal.heddle(), causal.torch());
    }

    static List<String> attentions() {
        return List.copyOf(ALL.keySet());
    }

    @BeforeAll
    static void hasLibtorch() {
        Optional<String> absence = TorchScript.absence();
        assumeTrue(absence.isEmpty(), () -> absence.get());
        TorchScript.unpackTo(Path.of("target", "libtorch"));
    }

    @ParameterizedTest
    @MethodSource("attentions")
    void gradientsAgree(String name) {
        Written written = ALL.get(name);
        HeddleModel model = Heddle.model(ModelSource.text("attention", written.model()), Map.of())
                .withGradients(Optional.of("loss"), written.by());
        assertFused(model.compilation(Fusion.FUSED).graph(), name);
        CompiledModel compiled = model.compile(CompileOptions.defaults().withThreads(2));
        List<String> inputs = List.copyOf(written.inputs().keySet());
        try (TorchScript torch = TorchScript.differentiated(inputs, written.by(), written.script())) {
            for (Map<String, Long> lengths : LENGTHS) {
                long seed = name.hashCode() * 31L + lengths.hashCode();
                SequencedMap<String, Tensor> drawn = draw(model, lengths, seed);
                Map<String, Tensor> actual = compiled.run(drawn);
                List<float[]> expected =
                        torch.on(inputs.stream().map(drawn::get).toList()).results();
                String place = " of " + name + ", lengths " + lengths + ", seed " + seed;
                assertClose(expected.getFirst(), actual.get("y"), "the output" + place);
                for (int n = 0; n < written.by().size(); n++) {
                    String by = written.by().get(n);
                    assertClose(expected.get(n + 1), actual.get("grad." + by), "the gradient by " + by + place);
                }
            }
        }
    }

    private static void assertFused(Graph graph, String name) {
        for (Class<?> op : List.of(AttentionKeyValueGradient.class, AttentionQueryGradient.class)) {
            assertEquals(
                    1,
                    graph.nodes().stream().filter(n -> op.isInstance(n.op())).count(),
                    op.getSimpleName() + ": " + name);
        }
    }

    private static SequencedMap<String, Tensor> draw(HeddleModel model, Map<String, Long> lengths, long seed) {
        Random random = new Random(seed);
        SequencedMap<String, Tensor> drawn = new LinkedHashMap<>();
        model.inputs().forEach((name, type) -> {
            Tensor t = Tensor.zeros(DType.F32, type.shape().evaluate(lengths));
            for (int n = 0; n < t.size(); n++) {
                t.floats()[n] = (float) random.nextGaussian();
            }
            drawn.put(name, t);
        });
        return drawn;
    }

    private static void assertClose(float[] expected, Tensor actual, String place) {
        float[] elements = actual.floats();
        assertEquals(expected.length, elements.length, place);
        double largest = 0;
        double off = 0;
        for (int n = 0; n < expected.length; n++) {
            largest = Math.max(largest, Math.abs(expected[n]));
            off = Math.max(off, Math.abs((double) expected[n] - elements[n]));
        }
        double most = largest == 0 ? CANCELLED : TOLERANCE * largest;
        assertTrue(off <= most, place + " is off by " + off + " where the largest magnitude is " + largest);
    }
}
