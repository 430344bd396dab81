package heddle.runtime.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.type.DType;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import heddle.runtime.cache.CacheDirectory;
import heddle.runtime.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextInputsTest {
    private static final TensorType IDS = new TensorType(DType.I64, Shape.of(2, 3));
    private static final TokenBatch BATCH = new TokenBatch(
            Tensor.of(new long[] {1, 5, 2, 1, 2, 0}, 2, 3),
            Tensor.of(new long[] {1, 1, 1, 1, 1, 0}, 2, 3),
            Tensor.of(new long[6], 2, 3),
            List.of(List.of("a", "b", "c"), List.of("a", "c")),
            List.of(),
            List.of());

    @TempDir
    Path dir;

    @Test
    void inputsAreFilledByNameInTheirTypes() {
        var given = TextInputs.of(BATCH, Map.of("ids", IDS, "mask", new TensorType(DType.BOOL, IDS.shape())));
        assertEquals("i64[2, 3]", given.get("ids").toString());
        assertEquals("bool[2, 3]", given.get("mask").toString());
        assertEquals(0, given.get("mask").element(5));
    }

    @Test
    void paddedTextsNeedAMask() {
        assertEquals(RuntimeCode.TEXT_INPUT, code(() -> TextInputs.of(BATCH, Map.of("ids", IDS))));
        assertEquals(RuntimeCode.TEXT_INPUT, code(() -> TextInputs.of(BATCH, Map.of("mask", IDS))));
    }

    /** Without an input that tells them apart, each text would attend to the others. */
    @Test
    void textsThatShareARowNeedAnInputForTheirNumbers() {
        Tokens text = new Tokens(new long[] {1, 5, 2}, 1, 1);
        Pack two = Pack.endToEnd(List.of(text, text));
        Map<String, TensorType> inputs = Map.of("ids", IDS, "segments", IDS);
        Optional<String> none = Optional.empty();
        assertEquals(
                "i64[1, 6]",
                TextInputs.of(two, inputs, Optional.of("segments"), none)
                        .get("segments")
                        .toString());
        assertEquals(RuntimeCode.TEXT_INPUT, code(() -> TextInputs.of(two, inputs, none, none)));
        assertEquals(RuntimeCode.TEXT_INPUT, code(() -> TextInputs.of(two, inputs, Optional.of("texts"), none)));
        assertEquals(
                RuntimeCode.TEXT_INPUT,
                code(() -> TextInputs.of(two, inputs, Optional.of("segments"), Optional.of("places"))));
        assertEquals(
                1,
                TextInputs.of(Pack.endToEnd(List.of(text)), Map.of("ids", IDS), none, none)
                        .size());
    }

    @Test
    void aTokenizerThatIsNotThereOrBrokenIsAnError() throws IOException {
        CacheDirectory cache = CacheDirectory.ofUser();
        assertEquals(RuntimeCode.TOKENIZER, code(() -> Tokenizer.open(dir.resolve("none.json"), 8, cache)));
        Path broken = Files.writeString(dir.resolve("broken.json"), "{\"model\": 3}");
        assertEquals(RuntimeCode.TOKENIZER, code(() -> Tokenizer.open(broken, 8, cache)));
    }

    @Test
    void wordsAreLookedUpPaddedAndCut() throws IOException {
        Path file = Files.writeString(dir.resolve("tokenizer.json"), """
                {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,
                 "pre_tokenizer": {"type": "Whitespace"}, "post_processor": null, "decoder": null,
                 "model": {"type": "WordLevel", "vocab": {"[UNK]": 0, "a": 1, "b": 2}, "unk_token": "[UNK]"}}
                """);
        try (Tokenizer tokenizer = Tokenizer.open(file, 3, CacheDirectory.ofUser())) {
            TokenBatch batch = tokenizer.encode(List.of("a b", "b a c a"));
            assertEquals(List.of("a", "b"), batch.tokens().get(0));
            assertEquals(List.of("b", "a", "[UNK]"), batch.tokens().get(1));
            assertEquals(List.of(1), batch.truncated());
            assertEquals("i64[2, 3]", batch.ids().toString());
            assertTrue(batch.mask().longs()[2] == 0 && batch.mask().longs()[1] == 1);
        }
    }

    private static RuntimeCode code(Runnable action) {
        return (RuntimeCode) assertThrows(DiagnosticException.class, action::run)
                .diagnostics()
                .getFirst()
                .code();
    }

    @Test
    void bytesAreTokensOfModelsThatReadBytes() {
        try (Tokenizer bytes = Tokenizer.bytes(4)) {
            TokenBatch batch = bytes.encode(List.of("a b", "über"));
            assertEquals(List.of(List.of("a", "␣", "b"), List.of("C3", "BC", "b", "e")), batch.tokens());
            assertEquals(List.of(1), batch.truncated());
            assertArrayEquals(
                    new long[] {97, 32, 98, 0, 0xC3, 0xBC, 98, 101}, batch.ids().longs());
            assertArrayEquals(new long[] {1, 1, 1, 0, 1, 1, 1, 1}, batch.mask().longs());
        }
    }
}
