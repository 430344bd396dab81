package heddle.tests.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import heddle.compiler.Compiler;
import heddle.compiler.decode.DecodeStep;
import heddle.compiler.decode.DecodeStep.Cache;
import heddle.compiler.frontend.Frontend;
import heddle.compiler.frontend.Model;
import heddle.compiler.frontend.Model.Declaration;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Interpreter;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.dsl.parse.Parser;
import heddle.dsl.source.SourceFile;
import heddle.runtime.SourceReader;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A graph that reads a text token by token gives each token what the graph that reads the whole text gives it. */
class DecodeStepTest {
    private static final Dim PAST = Dim.symbol("P");
    private static final int LONGEST = 11;
    private static final int TEXTS = 2;

    /** A causal decoder in which parts can be replaced. */
    private static final String DECODER = """
            dim B, N
            input tokens: i64[B, N]
            let i = iota(N)[:, new], j = iota(N)[new, :]
            let x = embed(tokens, weight "words" : f32[30, 16])
            fn heads(x, n) = transpose(split_axis(x, -1, [n, 4]), 1, 2)
            fn merged(x) = merge_axes(transpose(x, 1, 2), -2, -1)
            let q = heads(x, 4), k = heads(x @ weight "k" : f32[16, 8], 2), v = heads(x @ weight "v" : f32[16, 8], 2)
            let s = q @ transpose(repeat(k, 2, axis = 1))
            let p = softmax(where(j <= i, s, -inf), axis = -1)
            """;

    private static Model model(String source) {
        return Frontend.elaborate(
                Parser.parse(new SourceFile("decoder.heddle", source)).orThrow(), SourceReader::imported);
    }

    private static NdArray noise(Random random, Declaration weight) {
        long[] shape = weight.type().shape().evaluate(Map.of());
        double[] data = new double[(int) NdArray.size(shape)];
        Arrays.setAll(data, n -> (float) (random.nextGaussian() / 2));
        return new NdArray(weight.type().dtype(), shape, data);
    }

    /** Reads the first tokens of texts together, the others one by one, and compares with whole texts. */
    private static void assertAlike(String source, long seed) {
        Model model = model(source);
        DecodeStep.Result first = Compiler.decode(model.graph(), "tokens", Optional.empty());
        DecodeStep.Result next = Compiler.decode(model.graph(), "tokens", Optional.of(PAST));
        assertEquals(Optional.empty(), first.declined().map(Outcome.Declined::reason));
        assertEquals(Optional.empty(), next.declined().map(Outcome.Declined::reason));
        assertEquals(names(first), names(next));
        Random random = new Random(seed);
        Map<String, NdArray> weights = new HashMap<>();
        model.weights().forEach(w -> weights.put(w.name(), noise(random, w)));
        int[][] texts = new int[TEXTS][LONGEST];
        for (int[] text : texts) {
            Arrays.setAll(text, n -> random.nextInt(RandomDecoder.VOCABULARY));
        }
        int start = 1 + random.nextInt(4);
        Map<String, NdArray> kept = new HashMap<>();
        for (int read = 0; read < LONGEST; ) {
            int length = read == 0 ? start : read + 1;
            Graph graph = (read == 0 ? first : next).graph().orElseThrow();
            Map<String, NdArray> inputs = new HashMap<>(kept);
            inputs.put("tokens", tokens(texts, read, length));
            Map<String, Long> lengths = Map.of("B", (long) TEXTS, "N", (long) length, "P", (long) read);
            Map<String, NdArray> got = new Interpreter(inputs, weights, lengths).run(graph);
            Map<String, NdArray> text = Map.of("tokens", tokens(texts, 0, length));
            Interpreter whole = new Interpreter(text, weights, Map.of("B", (long) TEXTS, "N", (long) length));
            String message = "token " + length + ", seed " + seed + "\n" + source;
            assertRows(whole.run(first.graph().orElseThrow()), got, message);
            assertRows(whole.run(model.graph()), got, message);
            for (Cache cache : next.caches()) {
                kept.merge(cache.name(), got.get(cache.name()), DecodeStepTest::joined);
            }
            read = length;
        }
    }

    private static List<String> names(DecodeStep.Result result) {
        return result.caches().stream().map(Cache::name).toList();
    }

    private static NdArray tokens(int[][] texts, int from, int to) {
        double[] data = Arrays.stream(texts)
                .flatMapToInt(text -> Arrays.stream(text, from, to))
                .asDoubleStream()
                .toArray();
        return new NdArray(DType.I64, new long[] {texts.length, to - from}, data);
    }

    private static NdArray joined(NdArray a, NdArray b) {
        long[] shape = a.shape().clone();
        shape[0] += b.shape()[0];
        double[] data = Arrays.copyOf(a.data(), a.data().length + b.data().length);
        System.arraycopy(b.data(), 0, data, a.data().length, b.data().length);
        return new NdArray(a.dtype(), shape, data);
    }

    /**
     * The last rows of each text are those that are given, but for NaN: where a softmax is written out, a query that sees no key has
     * zeros in place of it (ADR 4).
     */
    private static void assertRows(Map<String, NdArray> expectedRows, Map<String, NdArray> givenRows, String message) {
        NdArray whole = expectedRows.get("logits");
        NdArray rows = givenRows.get("logits");
        int all = (int) whole.shape()[1];
        int some = (int) rows.shape()[1];
        int width = (int) whole.shape()[2];
        for (int text = 0; text < TEXTS; text++) {
            for (int n = 0; n < some * width; n++) {
                double expected = whole.data()[(text * all + all - some) * width + n];
                double given = rows.data()[text * some * width + n];
                if (!Double.isNaN(expected)) {
                    assertEquals(expected, given, 1e-9 * Math.max(1, Math.abs(expected)), message);
                }
            }
        }
    }

    @Execution(CONCURRENT)
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void drawnDecodersGiveEachTokenWhatTheWholeTextGivesIt(int part) {
        for (long seed = part * 50; seed < part * 50 + 50; seed++) {
            assertAlike(RandomDecoder.source(seed), seed);
        }
    }

    @Test
    void headsThatAreRepeatedAreKeptOnce() {
        Model model = model(DECODER + "output logits = merged(p @ repeat(v, 2, axis = 1))\n");
        DecodeStep.Result next = Compiler.decode(model.graph(), "tokens", Optional.of(PAST));
        assertEquals(
                List.of("f32[P, B, 8]", "f32[P, B, 8]"),
                next.caches().stream().map(c -> c.type().toString()).toList());
    }

    /** Keys are kept, not what they are joined with. */
    @Test
    void partsOfAProductAreKeptByThemselves() {
        assertAlike(DECODER + "output logits = merged(p @ repeat(v, 2, axis = 1)) @ weight \"o\" : f32[16, 30]\n", 3);
        Model model = model("""
                dim B, N
                input tokens: i64[B, N]
                let x = embed(tokens, weight "words" : f32[30, 16]) @ weight "qkv" : f32[16, 48]
                let s = where(iota(N)[new, :] <= iota(N)[:, new], x[..., 0:16] @ transpose(x[..., 16:32]), -inf)
                output logits = softmax(s, axis = -1) @ x[..., 32:48]
                """);
        DecodeStep.Result next = Compiler.decode(model.graph(), "tokens", Optional.of(PAST));
        assertEquals(
                List.of("f32[P, B, 16]", "f32[P, B, 16]"),
                next.caches().stream().map(c -> c.type().toString()).toList());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "merged(softmax(s, axis = -1) @ repeat(v, 2, axis = 1)) | it is not shown that no token reads what follows it",
                "merged(softmax(where(j <= i + 1, s, -inf), axis = -1) @ repeat(v, 2, axis = 1)) | it is not shown that no token reads what follows it",
                "merged(softmax(where(j <= i or j < 3, s, -inf), axis = -1) @ repeat(v, 2, axis = 1)) | it is not shown that no token reads what follows it",
                "merged(softmax(where(j <= i, s, -5.0), axis = -1) @ repeat(v, 2, axis = 1)) | it is not shown that no token reads what follows it",
                "merged(softmax(where(i <= j, s, -inf), axis = -1) @ repeat(v, 2, axis = 1)) | it is not shown that no token reads what follows it",
                "merged(softmax(where(2 * j <= i, s, -inf), axis = -1) @ repeat(v, 2, axis = 1)) | it is not shown that no token reads what follows it",
                "merged(s @ repeat(v, 2, axis = 1)) | it is not shown that no token reads what follows it",
                "x - mean(x, axis = 1, keepdims = true) | it is not shown that no token reads what follows it",
                "x / cast(N, f32) | the result depends on the number of tokens, N, which grows",
                "x[:, ::-1] | tokens are picked by their place",
                "concat([x[:, 1:], x[:, 0:1]], axis = 1) | tokens are joined with others",
                "gather(x, iota(N), axis = 1) | tokens are picked by their place",
                "reshape(reshape(x, [B, 16, N]), [B, N, 16]) | a reshape to [B, N, 16] takes tokens apart",
                "merged(softmax(where(cast(j, i32) * 1000000000 <= cast(i, i32) * 1000000000, s, -inf), axis = -1) @ repeat(v, 2, axis = 1)) | it is not shown that no token reads what follows it",
                "merged(softmax(where(cast(j - i + 2147483647, i32) <= 2147483647, s, -inf), axis = -1) @ repeat(v, 2, axis = 1)) | it is not shown that no token reads what follows it",
                "merged(softmax(where(j * 4503599627370496 * 1024 <= i * 4503599627370496 * 1024, s, -inf), axis = -1) @ repeat(v, 2, axis = 1)) | it is not shown that no token reads what follows it",
                "merged(softmax(where(cast(j, f32) + 16777216.0 <= cast(i, f32) + 16777216.0, s, -inf), axis = -1) @ repeat(v, 2, axis = 1)) | it is not shown that no token reads what follows it",
                "merged(softmax(where(where(j <= i, 0.0, 16777216.0) + 1.0 <= 16777216.0, s, -inf), axis = -1) @ repeat(v, 2, axis = 1)) | it is not shown that no token reads what follows it",
                "sum(pad(x, [[0, 0], [0, B - N], [0, 0]]), axis = 1)[:, new] + x * 0.0 | elements are put before or behind the tokens",
                "softmax(concat([zeros([B, N, 1]), x @ transpose(x)], axis = -1))[..., 1:] @ x | an axis has N + 1 elements, which no longer are those of tokens",
                "cumsum(x, axis = 1) | an axis has 128*((N + 127) div 128) elements, which no longer are those of tokens",
            })
    void saysWhyNot(String logits, String reason) {
        Model model = model(DECODER + "output logits = " + logits + "\n");
        for (Optional<Dim> past : List.of(Optional.<Dim>empty(), Optional.of(PAST))) {
            DecodeStep.Result result = Compiler.decode(model.graph(), "tokens", past);
            assertTrue(result.declined().isPresent(), logits);
            assertEquals(reason, result.declined().get().reason());
            assertTrue(result.graph().isEmpty() && result.caches().isEmpty(), logits);
        }
    }

    /** A text that is filled up to a fixed length has no tokens of its own any more. */
    @Test
    void textsThatAreFilledUpAreRefused() {
        Model model = model("""
                dim B, N
                input tokens: i64[B, N]
                let x = pad(embed(tokens, weight "words" : f32[30, 16]), [[0, 0], [0, 64 - N], [0, 0]])
                let s = where(iota(64)[new, :] <= iota(64)[:, new], x @ transpose(x), -inf)
                output logits = (softmax(s, axis = -1) @ x)[:, :N]
                """);
        for (Optional<Dim> past : List.of(Optional.<Dim>empty(), Optional.of(PAST))) {
            assertTrue(Compiler.decode(model.graph(), "tokens", past).declined().isPresent());
        }
    }

    /** Names of caches are none of the model's. */
    @Test
    void cachesHaveNamesOfTheirOwn() {
        Graph graph = model(DECODER + "output logits = merged(p @ repeat(v, 2, axis = 1))\n")
                .graph();
        Graph.Builder named = new Graph.Builder("named");
        Map<Node, Node> copies = new HashMap<>();
        for (Node node : graph.nodes()) {
            List<Value> operands = graph.operands(node).stream()
                    .map(v -> copies.get(v.node()).value())
                    .toList();
            copies.put(node, named.copy(node, operands));
        }
        named.output("cache.0", copies.get(graph.outputs().get("logits").node()).value());
        DecodeStep.Result next = Compiler.decode(named.build(), "tokens", Optional.of(PAST));
        assertEquals(List.of("kept.cache.0", "kept.cache.1"), names(next));
    }

    @Test
    void otherInputsAreRefused() {
        Model model = model("""
                dim B, N
                input tokens: i64[B, N]
                input mask: i64[B, N]
                output logits = embed(tokens * mask, weight "words" : f32[30, 16])
                """);
        DecodeStep.Result result = Compiler.decode(model.graph(), "tokens", Optional.of(PAST));
        assertEquals(
                "the input mask is not made from tokens",
                result.declined().get().reason());
    }
}
