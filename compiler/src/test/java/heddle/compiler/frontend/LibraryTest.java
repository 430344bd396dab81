package heddle.compiler.frontend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The library that ships with Heddle. */
class LibraryTest {
    private static final String ZEROS = "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0";
    private static final String[] MODEL = {
        "import \"encoder.heddle\"",
        "import \"decoder.heddle\"",
        "dim B, N, M",
        "input x: f32[B, N, 64]",
        "input memory: f32[B, M, 32]",
        "input mask: i64[B, N]",
        "let q = split_heads(x, 4)",
        "let m = split_heads(memory, 2)"
    };

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "attention(q, q, q) | f32[B, 4, N, 16]",
                "masked_attention(q, q, q, sliding_window(q, q, 8) and not_padding(mask)) | f32[B, 4, N, 16]",
                "masked_attention(q, q, q, prefix(q, q, 3) and same_document(mask)) | f32[B, 4, N, 16]",
                "biased_attention(q, q, q, alibi(q, q, 4)) | f32[B, 4, N, 16]",
                "soft_capped_attention(q, q, q, neighbourhood(q, q, 2), 50.0) | f32[B, 4, N, 16]",
                "grouped_attention(q, m, m, causal(q, m)) | f32[B, 4, N, 16]",
                "merge_heads(softmax_plus_one(scores(q, q)) @ q) | f32[B, N, 64]",
                "encoder_layer(x, not_padding(mask), \"l\", 4, 128) | f32[B, N, 64]",
                "pre_norm_encoder_layer(x, true, \"l\", 4, 128) | f32[B, N, 64]",
                "memory_decoder_layer(x, memory, true, \"l\", 4, 128) | f32[B, N, 64]",
                "multi_head(x, memory, true, \"cross\", 4) | f32[B, N, 64]",
                "decoder_layer(x, iota(N), \"l\", 8, 2, 172) | f32[B, N, 64]",
            })
    void blocksFitTogether(String expression, String type) {
        String[] model = Arrays.copyOf(MODEL, MODEL.length + 1);
        model[MODEL.length] = "output y = " + expression;
        assertEquals(type, Elaborated.typeOfY(model));
    }

    @ParameterizedTest
    @CsvSource({
        "'causal(zeros([2, 1]), zeros([3, 1]))', 1 1 0 1 1 1",
        "'sliding_window(zeros([3, 1]), zeros([3, 1]), 2)', 1 0 0 1 1 0 0 1 1",
        "'neighbourhood(zeros([3, 1]), zeros([3, 1]), 1)', 1 1 0 1 1 1 0 1 1",
        "'prefix(zeros([3, 1]), zeros([3, 1]), 2)', 1 1 0 1 1 0 1 1 1",
        "'alibi(zeros([2, 1]), zeros([2, 1]), 8)[7]', 0 0.00390625 -0.00390625 0",
        "'softmax_plus_one(tensor([[0.0, 0.0]]))', 0.33333334 0.33333334",
        "'turned(1.0, 0.0, tensor([0.0, 1.5707963267948966]))[1]', 0 1",
        "'rotary(ones([3, 8]), iota(3)) - rope(ones([3, 8]), iota(3))', " + ZEROS,
        "'rotary(ones([3, 8]), iota(3), 500.0, true) - rope(ones([3, 8]), iota(3), 500, true)', " + ZEROS
    })
    void masksAndBiasesAreRight(String expression, String expected) {
        double[] values = Arrays.stream(expected.split(" "))
                .mapToDouble(Double::parseDouble)
                .toArray();
        assertArrayEquals(
                values,
                Elaborated.valueOfY("import \"attention.heddle\"", "output y = " + expression)
                        .data(),
                1e-6);
    }

    @Test
    void aQueryThatMayLookNowhereGetsZeros() {
        String[] model = {
            "import \"attention.heddle\"",
            "let q = ones([2, 2])",
            "output y = masked_attention(q, q, q, tensor([[true, true], [false, false]]))"
        };
        assertArrayEquals(new double[] {1, 1, 0, 0}, Elaborated.valueOfY(model).data(), 1e-6);
    }
}
