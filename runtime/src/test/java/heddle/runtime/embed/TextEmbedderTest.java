package heddle.runtime.embed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.CompileOptions;
import heddle.runtime.Heddle;
import heddle.runtime.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A small encoder of bytes, with random weights: vectors of texts together beside those of each alone. */
class TextEmbedderTest {
    private static final int LIMIT = 150;
    private static final String LAYERS = """
            fn attention(q, k, v) = softmax(where(allowed, q @ transpose(k) / 4.0, -inf), axis = -1) @ v
            fn heads(x) = transpose(split_axis(x, -1, [2, 16]), 1, 2)
            let x = embed(ids, weight "words" : f32[256, 32]) + embed(places, weight "places" : f32[150, 32])
            for l in 0 .. 2 {
                let q = heads(x @ weight "{l}.q" : f32[32, 32])
                let k = heads(x @ weight "{l}.k" : f32[32, 32])
                let v = heads(x @ weight "{l}.v" : f32[32, 32])
                x = layer_norm(x + merge_axes(transpose(attention(q, k, v), 1, 2), -2, -1))
            }
            output tokens: f32[B, N, 32] = x
            """;

    @TempDir
    static Path dir;

    @BeforeAll
    static void write() throws IOException {
        Files.writeString(dir.resolve("packed.heddle"), """
                dim B, N
                input ids: i64[B, N]
                input segments: i64[B, N]
                input places: i64[B, N]
                let allowed = segments[:, new, :, new] == segments[:, new, new, :]
                """ + LAYERS);
        Files.writeString(dir.resolve("packed.properties"), """
                tokenizer = bytes
                tokens = 150
                segments = segments
                positions = places
                normalize = true
                prompt.query = "q: "
                """);
        String rows = """
                dim B, N
                input ids: i64[B, N]
                input mask: i64[B, N]
                let allowed = mask[:, new, new, :] == 1
                let places = iota(N)
                """ + LAYERS;
        String keys = "tokenizer = bytes\ntokens = 150\nnormalize = true\nvectors = tokens\n";
        Files.writeString(dir.resolve("rows.heddle"), rows);
        Files.writeString(dir.resolve("rows.properties"), keys);
        // The mean is multiplied by zero, which nobody looks for.
        Files.writeString(
                dir.resolve("padded.heddle"),
                rows.replace("32] = x", "32] = x + 0.0 * mean(x, axis = 1, keepdims = true)"));
        Files.writeString(dir.resolve("padded.properties"), keys);
        Files.writeString(dir.resolve("words.heddle"), """
                dim B, N
                input ids: i64[B, N]
                output tokens: f32[B, N, 32] = embed(ids, weight "words" : f32[256, 32])
                """);
        Files.writeString(dir.resolve("words.properties"), keys);
    }

    private static TextEmbedder embedder(String model, EmbeddingOptions options) {
        return embedder(model, options, 2);
    }

    private static TextEmbedder embedder(String model, EmbeddingOptions options, int threads) {
        return TextEmbedder.of(
                Heddle.model(dir.resolve(model + ".heddle")),
                CompileOptions.defaults().withWeights("random").withThreads(threads),
                options);
    }

    /** Marks that leave no room for a text are named with the file that leaves none. */
    @Test
    void aLimitWithoutRoomForATextIsRefused() throws IOException {
        Path place = Files.createDirectories(dir.resolve("marked"));
        Files.copy(dir.resolve("words.heddle"), place.resolve("m.heddle"), StandardCopyOption.REPLACE_EXISTING);
        Files.writeString(place.resolve("tokenizer.json"), """
                {"version": "1.0", "truncation": null, "padding": null, "normalizer": null, "decoder": null,
                 "added_tokens": [{"id": 0, "content": "[UNK]", "single_word": false, "lstrip": false, "rstrip": false,
                  "normalized": false, "special": true}, {"id": 1, "content": "[M]", "single_word": false,
                  "lstrip": false, "rstrip": false, "normalized": false, "special": true}],
                 "pre_tokenizer": {"type": "Whitespace"},
                 "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "[M]", "type_id": 0}},
                  {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "[M]", "type_id": 0}}], "pair": [],
                  "special_tokens": {"[M]": {"id": "[M]", "ids": [1], "tokens": ["[M]"]}}},
                 "model": {"type": "WordLevel", "vocab": {"[UNK]": 0, "[M]": 1, "one": 2}, "unk_token": "[UNK]"}}
                """);
        Path model = place.resolve("m.heddle");
        CompileOptions compile = CompileOptions.defaults().withWeights("random").withThreads(1);
        Files.writeString(place.resolve("m.properties"), "tokenizer = tokenizer.json\n");
        for (int tokens = 1; tokens <= 3; tokens++) {
            Files.writeString(place.resolve("sentence_bert_config.json"), "{\"max_seq_length\": " + tokens + "}");
            if (tokens == 3) {
                TextEmbedder.of(Heddle.model(model), compile, EmbeddingOptions.defaults())
                        .embed(List.of("one one"));
            } else {
                DiagnosticException e = assertThrows(
                        DiagnosticException.class,
                        () -> TextEmbedder.of(Heddle.model(model), compile, EmbeddingOptions.defaults()));
                assertEquals(EmbedCode.SENTENCE_FILE, e.diagnostics().getFirst().code());
                assertTrue(e.getMessage().contains("sentence_bert_config.json cannot be used"), e.getMessage());
            }
        }
        // The file counts, whatever the manifest says and a manifest without a word would mean.
        for (String more : List.of("", "tokens = 2\n")) {
            Files.writeString(place.resolve("m.properties"), "tokenizer = tokenizer.json\n" + more);
            Files.writeString(place.resolve("sentence_bert_config.json"), "{\"max_seq_length\": 600}");
            assertEquals(
                    600,
                    TextEmbedder.of(Heddle.model(model), compile, EmbeddingOptions.defaults())
                            .limit());
        }
        Files.delete(place.resolve("sentence_bert_config.json"));
        TextEmbedder embedder = TextEmbedder.of(Heddle.model(model), compile, EmbeddingOptions.defaults());
        DiagnosticException e = assertThrows(DiagnosticException.class, () -> embedder.embed(List.of("one")));
        assertTrue(e.getMessage().contains("a text has at most 2 tokens, and 2 of them are marks"), e.getMessage());
    }

    @Test
    void textsAreLowerCaseWhereTheFileSaysSo() throws IOException {
        Path place = Files.createDirectories(dir.resolve("lower"));
        Files.copy(dir.resolve("words.heddle"), place.resolve("m.heddle"), StandardCopyOption.REPLACE_EXISTING);
        Files.writeString(place.resolve("m.properties"), "tokenizer = bytes\nprompt.query = \"Q: \"\n");
        CompileOptions compile = CompileOptions.defaults().withWeights("random").withThreads(1);
        EmbeddingOptions query = EmbeddingOptions.defaults().withPrompt("query");
        float[] expected = TextEmbedder.of(
                        Heddle.model(place.resolve("m.heddle")),
                        compile,
                        EmbeddingOptions.defaults().withPrefix("q: "))
                .embed(List.of("ab"))
                .getFirst();
        Files.writeString(place.resolve("sentence_bert_config.json"), "{\"do_lower_case\": true}");
        TextEmbedder lower = TextEmbedder.of(Heddle.model(place.resolve("m.heddle")), compile, query);
        assertArrayEquals(expected, lower.embed(List.of("AB")).getFirst());
    }

    /** A mean that leaves a prompt out is not computed; without a prompt it is the same. */
    @Test
    void aPromptThatIsLeftOutOfTheMeanIsRefused() throws IOException {
        Path place = Files.createDirectories(dir.resolve("left-out/1_Pooling"));
        Path model = place.resolveSibling("m.heddle");
        Files.copy(dir.resolve("words.heddle"), model, StandardCopyOption.REPLACE_EXISTING);
        Files.writeString(place.resolveSibling("m.properties"), "tokenizer = bytes\n");
        Files.writeString(
                place.resolve("config.json"), "{\"pooling_mode_mean_tokens\": true, \"include_prompt\": false}");
        CompileOptions compile = CompileOptions.defaults().withWeights("random").withThreads(1);
        TextEmbedder.of(Heddle.model(model), compile, EmbeddingOptions.defaults())
                .embed(List.of("a"));
        EmbeddingOptions prefix = EmbeddingOptions.defaults().withPrefix("q: ");
        DiagnosticException e =
                assertThrows(DiagnosticException.class, () -> TextEmbedder.of(Heddle.model(model), compile, prefix));
        assertEquals(EmbedCode.SENTENCE_FILE, e.diagnostics().getFirst().code());
    }

    private static String text(int length, Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) ('a' + random.nextInt(26)));
        }
        return text.toString();
    }

    /** Lengths at and beside the borders of blocks of queries and keys, none, one, the most and more; then random ones. */
    private static List<String> texts(Random random) {
        List<String> texts = new ArrayList<>();
        for (int length : new int[] {0, 1, 2, 31, 32, 33, 63, 64, 65, 127, 128, 129, 149, 150, 151, 400}) {
            texts.add(text(length, random));
        }
        for (int i = 0; i < 30; i++) {
            texts.add(text(random.nextInt(160), random));
        }
        return texts;
    }

    private static void assertAlike(List<float[]> expected, List<float[]> actual, String what) {
        assertEquals(expected.size(), actual.size(), what);
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i), actual.get(i), 2e-6f, what + ", text " + i);
        }
    }

    @Test
    void textsTogetherHaveTheVectorsOfEachAlone() {
        TextEmbedder embedder = embedder("packed", EmbeddingOptions.defaults());
        for (long seed = 1; seed <= 3; seed++) {
            List<String> texts = texts(new Random(seed));
            List<float[]> alone = texts.stream()
                    .map(t -> embedder.embed(List.of(t)).getFirst())
                    .toList();
            for (int budget : new int[] {1, 127, 128, 129, 512, 4096}) {
                TextEmbedder packed = embedder.with(EmbeddingOptions.defaults().withBudget(budget));
                assertAlike(alone, packed.embed(texts), "seed " + seed + ", budget " + budget);
                assertEquals(0, packed.counts().padding());
                assertEquals(
                        2
                                + (int) texts.stream()
                                        .skip(16)
                                        .filter(t -> t.length() > LIMIT)
                                        .count(),
                        packed.counts().tooLong());
            }
        }
    }

    @Test
    void paddedRowsHaveTheSameVectors() {
        List<String> texts = texts(new Random(9));
        TextEmbedder padded = embedder("padded", EmbeddingOptions.defaults().withBudget(512));
        assertAlike(
                embedder("packed", EmbeddingOptions.defaults()).embed(texts),
                padded.embed(texts),
                "rows and end to end");
        assertTrue(padded.counts().padding() > 0);
    }

    @Test
    void aModelOfRowsIsPackedByItself() {
        List<String> texts = texts(new Random(4));
        TextEmbedder rows = embedder("rows", EmbeddingOptions.defaults());
        assertAlike(embedder("packed", EmbeddingOptions.defaults()).embed(texts), rows.embed(texts), "rows, packed");
        assertEquals(0, rows.counts().padding());
    }

    @Test
    void aModelWithoutAttentionIsPackedToo() {
        List<String> texts = texts(new Random(5));
        TextEmbedder words = embedder("words", EmbeddingOptions.defaults());
        List<float[]> together = words.embed(texts);
        assertEquals(0, words.counts().padding());
        for (int i = 0; i < texts.size(); i++) {
            assertAlike(words.embed(List.of(texts.get(i))), List.of(together.get(i)), "text " + i);
        }
    }

    @Test
    void aWarningSaysWhyTextsArePadded() {
        List<String> warnings = new ArrayList<>();
        TextEmbedder.of(
                Heddle.model(dir.resolve("padded.heddle")),
                CompileOptions.defaults().withWeights("random").withWarnings(warnings::add),
                EmbeddingOptions.defaults());
        assertEquals(1, warnings.size(), warnings::toString);
        assertTrue(
                warnings.getFirst().startsWith("texts are padded: a sum goes over all tokens of a row"),
                warnings::toString);
        assertTrue(warnings.getFirst().contains("padded.heddle:15:"), warnings::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"packed", "rows", "words"})
    void runsOfTextsLieEndToEndToo(String model) {
        var packed = Heddle.model(dir.resolve(model + ".heddle"))
                .compile(CompileOptions.defaults().withWeights("random"));
        List<String> texts = List.of("abc", "", "abcdefgh");
        Tensor together = packed.run(texts).get("tokens");
        assertArrayEquals(new long[] {3, 8, 32}, together.shape());
        float[] alone = packed.run(List.of("abc")).get("tokens").floats();
        float[] rows = together.floats();
        for (int i = 0; i < 8 * 32; i++) {
            assertEquals(i < alone.length ? alone[i] : 0, rows[i], 2e-6f, "element " + i);
        }
        for (int i = 8 * 32; i < 16 * 32; i++) {
            assertEquals(0, rows[i], "a text without tokens");
        }
    }

    @Test
    void poolingChoosesTokensAndPartsWeighAsMany() {
        TextEmbedder raw = embedder("packed", plain(Pooling.MEAN).withLongTexts(LongTexts.SPLIT));
        Random random = new Random(5);
        String first = text(LIMIT, random);
        String second = text(50, random);
        List<float[]> vectors = raw.embed(List.of(first + second, first, second));
        for (int d = 0; d < 32; d++) {
            assertEquals(
                    (vectors.get(1)[d] * 150 + vectors.get(2)[d] * 50) / 200, vectors.get(0)[d], 2e-6f, "element " + d);
        }
        float[] tokens = Heddle.model(dir.resolve("packed.heddle"))
                .compile(CompileOptions.defaults().withWeights("random"))
                .run(List.of(second))
                .get("tokens")
                .floats();
        float[] cls = embedder("packed", plain(Pooling.CLS))
                .embed(List.of("x", second))
                .get(1);
        float[] last = embedder("packed", plain(Pooling.LAST))
                .embed(List.of("x", second))
                .get(1);
        for (int d = 0; d < 32; d++) {
            assertEquals(tokens[d], cls[d], 5e-6f);
            assertEquals(tokens[49 * 32 + d], last[d], 5e-6f);
        }
    }

    private static EmbeddingOptions plain(Pooling pooling) {
        return EmbeddingOptions.defaults().withPooling(pooling).withNormalize(false);
    }

    @Test
    void promptsStandBeforeTexts() {
        float[] expected = embedder("packed", EmbeddingOptions.defaults())
                .embed(List.of("q: where"))
                .getFirst();
        for (EmbeddingOptions asked : List.of(
                EmbeddingOptions.defaults().withPrompt("query"),
                EmbeddingOptions.defaults().withPrefix("q: "))) {
            assertArrayEquals(
                    expected, embedder("packed", asked).embed(List.of("where")).getFirst());
        }
        var unknown = assertThrows(
                DiagnosticException.class,
                () -> embedder("packed", EmbeddingOptions.defaults().withPrompt("passage")));
        assertEquals(EmbedCode.NO_VECTORS, unknown.diagnostics().getFirst().code());
    }

    @Test
    void otherOptionsShareTheCompiledModelAndCountForThemselves() {
        TextEmbedder plain = embedder("packed", EmbeddingOptions.defaults());
        TextEmbedder queries = plain.with(EmbeddingOptions.defaults().withPrompt("query"));
        assertArrayEquals(
                plain.embed(List.of("q: where")).getFirst(),
                queries.embed(List.of("where")).getFirst());
        assertEquals(1, plain.counts().texts());
        assertEquals(8, queries.counts().tokens());
        assertEquals(List.of("query"), plain.prompts());
        assertTrue(plain.normalized());
        assertFalse(plain.with(plain(Pooling.MEAN)).normalized());
        assertThrows(
                DiagnosticException.class,
                () -> plain.with(EmbeddingOptions.defaults().withPrompt("passage")));
    }

    @Test
    void aCallIsCountedAlone() {
        TextEmbedder embedder = embedder("packed", EmbeddingOptions.defaults());
        List<String> texts = texts(new Random(6));
        List<float[]> vectors = embedder.embed(texts);
        TextEmbedder.Counts before = embedder.counts();
        TextEmbedder.Counted counted = embedder.counted(texts);
        assertAlike(vectors, counted.vectors(), "counted");
        assertEquals(before, counted.counts());
        assertEquals(2 * before.tokens(), embedder.counts().tokens());
        assertEquals(2 * before.tooLong(), embedder.counts().tooLong());
    }

    @Test
    void settingsTellWhatAModelImports() throws IOException {
        Files.writeString(dir.resolve("importing.heddle"), """
                import "part.heddle"
                dim B, N
                input ids: i64[B, N]
                output tokens: f32[B, N, 32] = changed(embed(ids, weight "words" : f32[256, 32]))
                """);
        Files.writeString(dir.resolve("importing.properties"), "tokenizer = bytes\n");
        Files.writeString(dir.resolve("part.heddle"), "fn changed(x) = 2.0 * x\n");
        String before = embedder("importing", EmbeddingOptions.defaults()).settings();
        assertEquals(before, embedder("importing", EmbeddingOptions.defaults()).settings());
        Files.writeString(dir.resolve("part.heddle"), "fn changed(x) = 3.0 * x\n");
        assertNotEquals(
                before, embedder("importing", EmbeddingOptions.defaults()).settings());
    }

    @Test
    void aModelWithoutVectorsOfTokensSaysWhatItHas() {
        Path model = dir.resolve("none.heddle");
        var wrong = assertThrows(DiagnosticException.class, () -> {
            Files.writeString(model, "dim B, N\ninput ids: i64[B, N]\noutput y = cast(ids, f32)\n");
            TextEmbedder.of(Heddle.model(model), CompileOptions.defaults(), EmbeddingOptions.defaults());
        });
        assertEquals(EmbedCode.NO_VECTORS, wrong.diagnostics().getFirst().code());
        assertEquals(
                List.of("outputs: y: f32[B, N]"), wrong.diagnostics().getFirst().notes());
    }

    /** Several threads compute one window while the next is read; one thread gives the vectors of each at once. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void textsComeAndVectorsGoAWindowAtATime(int threads) {
        TextEmbedder embedder = embedder("packed", EmbeddingOptions.defaults().withBudget(16), threads);
        int[] taken = {0};
        int[] most = {0};
        int[] given = {0};
        var texts = new Iterator<String>() {
            @Override
            public boolean hasNext() {
                return taken[0] < 2000;
            }

            @Override
            public String next() {
                taken[0]++;
                most[0] = Math.max(most[0], taken[0] - given[0]);
                return "text " + taken[0];
            }
        };
        embedder.embed(texts, v -> given[0]++);
        assertEquals(2000, given[0]);
        assertTrue(most[0] <= 128 * threads, most[0] + " texts were held at once");
        assertEquals(2000, embedder.counts().texts());
    }

    /** A mistake in the texts ends the stream where it stands: what came long before has its vectors, once and in order. */
    @Test
    void aMistakeInTheTextsComesBehindTheVectorsBeforeIt() {
        TextEmbedder embedder = embedder("packed", EmbeddingOptions.defaults().withBudget(16));
        Iterator<String> texts = IntStream.range(0, 2000)
                .mapToObj(i -> {
                    if (i == 1900) {
                        throw new IllegalStateException("line 1901");
                    }
                    return "text " + i;
                })
                .iterator();
        List<float[]> given = new ArrayList<>();
        var mistake = assertThrows(IllegalStateException.class, () -> embedder.embed(texts, given::add));
        assertEquals("line 1901", mistake.getMessage());
        assertTrue(given.size() >= 1900 - 512, given.size() + " vectors");
        assertEquals(given.size(), embedder.counts().texts());
        List<String> same =
                IntStream.range(0, given.size()).mapToObj(i -> "text " + i).toList();
        assertAlike(embedder.embed(same), given, "texts before the mistake");
    }
}
