package heddle.tests.pack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.ir.text.GraphText;
import heddle.runtime.CompileOptions;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.PackedModel;
import heddle.runtime.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models that take texts end to end without having been written so. */
class PackSequencesTest {
    private static final String ENCODER = """
            dim B, N
            input ids: i64[B, N]
            input mask: i64[B, N]
            let i = iota(N)[:, new], j = iota(N)[new, :]
            let words = embed(ids, weight "words" : f32[50, 16])
            fn heads(x) = transpose(split_axis(x, -1, [2, 8]), 1, 2)
            fn attention(x) {
                let s = heads(x) @ transpose(heads(x)) / sqrt(8)
                let p = softmax(where(mask[:, new, new, :] == 1 and near, s, -inf), axis = -1)
                return x + merge_axes(transpose(p @ heads(x), 1, 2), -2, -1)
            }
            """;

    @TempDir
    static Path folder;

    private static HeddleModel model(String source) throws IOException {
        Path file = Files.writeString(Files.createTempFile(folder, "model", ".heddle"), source);
        return Heddle.model(file);
    }

    private static PackedTexts texts(HeddleModel model) {
        return new PackedTexts(
                model, model.weights(CompileOptions.defaults().withWeights("random")), RandomEncoder.VOCABULARY);
    }

    @Execution(CONCURRENT)
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
    void drawnEncodersGiveEachTextWhatItGetsAlone(int part) throws IOException {
        for (long seed = part * 5; seed < part * 5 + 5; seed++) {
            String source = RandomEncoder.source(seed);
            try {
                texts(model(source)).assertAlike(seed, List.of(List.of(1, 31, 1, 3, 2), List.of(16, 7, 3, 15)));
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + "\n" + source, e);
            }
        }
    }

    /** Blocks of queries and keys have 16 to 128 elements. */
    @Test
    void textsEndBesideBordersOfBlocks() throws IOException {
        PackedTexts texts = texts(model(ENCODER + """
                let near = abs(i - j) <= 20
                let x = words + (weight "places" : f32[140, 16])[0:N]
                output tokens = attention(attention(x))
                """));
        texts.assertAlike(1);
        texts.assertAlike(2, List.of(List.of(127, 1, 128, 129, 63), List.of(64, 65, 1, 1)));
        texts.assertAlike(3, List.of(List.of(1)));
    }

    /** Exports of Optimum have places for an input; they are counted in each text. */
    @Execution(CONCURRENT)
    @ParameterizedTest
    @ValueSource(strings = {"i64", "i32"})
    void placesMayBeAnInput(String type) throws IOException {
        PackedTexts texts = texts(model(ENCODER + """
                input position_ids: %s[B, N]
                let near = true
                output tokens = attention(words + embed(position_ids, weight "places" : f32[80, 16]))
                """.formatted(type)));
        texts.assertAlike(1);
        assertEquals(
                List.of("ids", "segments", "positions"),
                List.copyOf(texts.packed().inputs().keySet()));
    }

    /** Where one text's probabilities are zero, NaN and infinities of another one do not count. */
    @Execution(CONCURRENT)
    @ParameterizedTest
    @ValueSource(
            strings = {
                "attention(attention(words))",
                "exponentials(words)",
                "mixed(attention(words))",
                "transposed(words)"
            })
    void whatIsNotFiniteStaysInItsText(String tokens) throws IOException {
        HeddleModel model = model(ENCODER + """
                let near = true
                fn exponentials(x) {
                    let s = x @ transpose(x) / 4.0
                    let e = exp(s - max(s, axis = -1, keepdims = true))
                    return x + e @ x / sum(e, axis = -1, keepdims = true)
                }
                fn mixed(x) {
                    let s = softmax(x @ transpose(x) / 4.0, axis = -1)
                    return s @ x + softmax(x @ transpose(words) / 4.0, axis = -1) @ tanh(x)
                }
                fn transposed(x) = transpose(transpose(x) @ transpose(softmax(x @ transpose(x) / 4.0, axis = -1)))
                output tokens = %s
                """.formatted(tokens));
        SequencedMap<String, Tensor> weights =
                new LinkedHashMap<>(model.weights(CompileOptions.defaults().withWeights("random")));
        Tensor words = weights.get("words");
        for (int e = 0; e < 16; e++) {
            words.floats()[48 * 16 + e] = e % 2 == 0 ? Float.POSITIVE_INFINITY : Float.NEGATIVE_INFINITY;
            words.floats()[49 * 16 + e] = Float.NaN;
        }
        PackedTexts texts = new PackedTexts(model, weights, RandomEncoder.VOCABULARY);
        texts.assertApart(48, 33, 5, 17, 64, 3);
        texts.assertApart(49, 33, 5, 17, 64, 3);
    }

    @Test
    void distancesNeedNoPositions() throws IOException {
        HeddleModel window = texts(model(ENCODER + """
                let near = i - 3 <= j and j <= i + 3
                output tokens = attention(words)
                """)).packed();
        assertEquals(List.of("ids", "segments"), List.copyOf(window.inputs().keySet()));
        HeddleModel first = texts(model(ENCODER + """
                let near = j < 4 or abs(i - j) <= 3
                output tokens = attention(words)
                """)).packed();
        assertEquals(
                List.of("ids", "segments", "positions"),
                List.copyOf(first.inputs().keySet()));
    }

    /** A slice of all elements in another order is more than the whole. */
    @Execution(CONCURRENT)
    @ParameterizedTest
    @ValueSource(
            strings = {
                "words[..., ::-1]",
                "reshape(flip(split_axis(words, -1, [2, 8]), axis = 2), [B, N, 16])",
                "words + (weight \"places\" : f32[80, 16])[::-1][0:N]"
            })
    void elementsAreReversed(String x) throws IOException {
        texts(model(ENCODER + """
                let near = true
                output tokens = attention(%s)
                """.formatted(x))).assertAlike(1);
    }

    @Test
    void tokensNeedNotSeeEachOther() throws IOException {
        PackedTexts texts = texts(model(ENCODER + "output tokens = tanh(words)"));
        texts.assertAlike(1);
        assertEquals(
                List.of("ids", "segments"), List.copyOf(texts.packed().inputs().keySet()));
    }

    /** What a person writes for texts end to end, the compiler finds: the same kernels with the same masks. */
    @Test
    void miniLmIsPackedAsItIsWritten() {
        HeddleModel rows =
                Heddle.model(Path.of("..", "examples", "minilm.heddle")).only("tokens");
        HeddleModel packed = PackedModel.of(rows).model().orElseThrow();
        HeddleModel written = Heddle.model(Path.of("..", "examples", "minilm-packed.heddle"));
        assertEquals(kernels(written), kernels(packed));
        assertEquals(attentions(written), attentions(packed));
    }

    private static List<String> kernels(HeddleModel model) {
        return model.compilation(Fusion.FUSED).plan().launches().stream()
                .map(k -> k.name().replaceAll("#\\d+", ""))
                .toList();
    }

    private static List<String> attentions(HeddleModel model) {
        return model.compilation(Fusion.FUSED).report().fused().stream()
                .map(f -> f.attention().attributes().toString())
                .toList();
    }

    @Test
    void aModelWithSegmentsStaysAsItIs() {
        HeddleModel written = Heddle.model(Path.of("..", "examples", "minilm-packed.heddle"));
        assertTrue(PackedModel.of(written).model().orElseThrow() == written);
    }

    @Test
    void graphsHoldNothingForPadding() {
        HeddleModel rows =
                Heddle.model(Path.of("..", "examples", "minilm.heddle")).only("tokens");
        String packed = GraphText.print(
                PackedModel.of(rows).model().orElseThrow().declaration().graph());
        assertFalse(packed.contains("attention_mask"), packed);
    }

    @Execution(CONCURRENT)
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            attention(words + mean(words, axis = 1, keepdims = true)) | a sum goes over all tokens of a row
            attention(words + words[:, 0:1]) | some tokens of a row are taken by their place in it
            attention(convolved(words)) | elements are put before or behind the tokens
            attention(concat([zero, words], axis = 1)[:, 0:N]) | tokens are joined with others
            attention(cumsum(words, axis = 1)) | a running sum of floats goes over all tokens up to each
            attention(words / cast(size(ids, 1), f32)) | the result depends on the number N
            attention(words + cast(sum(mask, axis = 1), f32)[:, new, new]) | a sum goes over all tokens of a row
            attention(words - mean(words, axis = 0, keepdims = true)) | a sum goes over all rows
            reshape(attention(words), [B, 16, N]) | a reshape to [B, 16, N] takes rows of tokens apart
            attention(words + (weight "square" : f32[50, 16])[0:2 * N - 1][0:1]) | is not one for each token
            linear_attention(words) | a product goes over all tokens of a row
            unfused(words) | something is stored for each pair of tokens in a row
            attention(words * sum(pad(one, [0, N], value = 1.0))) | a margin makes an axis of length N + 1
            cast(ids[:, :, new] - ids[:, new, :], f32) | which has something for each pair of tokens
            embed(mask, weight "words" : f32[50, 16]) | the output does not depend on token numbers
            attention(words) + other | the input other is not made from texts
            """)
    void whatLooksAtPlacesIsDeclined(String tokens, String reason) throws IOException {
        HeddleModel model = model(ENCODER + """
                input other: f32[B, N, 16]
                let near = true
                let one = tensor([1.0])
                let zero = full([B, 1, 16], 0.0)
                fn convolved(x) = transpose(conv(transpose(x), weight "kernel" : f32[16, 16, 3], pads = 1))
                fn linear_attention(x) = relu(x) @ (transpose(relu(x)) @ x)
                fn unfused(x) {
                    let s = x @ transpose(x)
                    let p = s * s
                    return p / sum(p, axis = -1, keepdims = true) @ x
                }
                output tokens = %s
                """.formatted(tokens));
        PackedModel packed = PackedModel.of(model);
        assertTrue(packed.model().isEmpty(), "it was packed");
        String why = packed.declined().orElseThrow();
        assertTrue(why.contains(reason), why);
        assertTrue(why.contains(".heddle:") && why.contains("; "), why);
    }

    @Test
    void declinesOfOtherOutputsDoNotCount() throws IOException {
        HeddleModel model = model(ENCODER + """
                let near = true
                output tokens = attention(words)
                output pooled = mean(attention(words), axis = 1)
                """);
        assertTrue(PackedModel.of(model).model().isEmpty());
        assertTrue(PackedModel.of(model.only("tokens")).model().isPresent());
    }

    @Test
    void textsAreAsLongAsTablesHavePlaces() throws IOException {
        HeddleModel packed = texts(model(ENCODER + """
                let near = true
                output tokens = attention(words + (weight "places" : f32[40, 16])[2:N + 2])
                """)).packed();
        try (var tokenizer = packed.tokenizer(CompileOptions.defaults().withTokenizer("bytes"))) {
            assertEquals(38, packed.limit(tokenizer.limit()));
        }
    }
}
