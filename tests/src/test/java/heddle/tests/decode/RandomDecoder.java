package heddle.tests.decode;

import java.util.List;
import java.util.Random;

/** The source of a small decoder: places, heads, masks, biases and layers, each in a spelling that is drawn. */
final class RandomDecoder {
    static final int VOCABULARY = 30;

    private static final List<String> PLACES = List.of(
            "let x = words",
            "let x = words + (weight \"places\" : f32[60, 16])[0:N]",
            "let x = words + (weight \"places\" : f32[60, 16])[2:N + 2]",
            "let x = words + (weight \"places\" : f32[60, 16])[0:2 * N:2]",
            "let x = words + (weight \"places\" : f32[60, 16])[59:59 - N:-1]",
            "let x = words + embed(iota(N), weight \"places\" : f32[60, 16])",
            "let x = words + sin(cast(iota(N), f32)[:, new] * 2.0 ** (-0.5 * cast(iota(16), f32)))",
            "let x = words + concat([(weight \"a\" : f32[60, 6])[0:N], (weight \"b\" : f32[60, 10])[0:N]], axis = 1)",
            "let x = layer_norm(words, weight \"n\" : f32[16], weight \"m\" : f32[16]) + embed(tokens + 1, weight \"o\" : f32[32, 16])");

    /** Rotations, or none: of one head's queries or keys, {@code [B, H, N, 4]}. */
    private static final List<String> TURNS = List.of(
            "fn turned(x) = x",
            "fn turned(x) = rope(x, iota(N))",
            "fn turned(x) = rope(x, iota(N) + 3, interleaved = true)",
            "fn turned(x) = x / sqrt(sum(x * x, axis = -1, keepdims = true) + 0.01)");

    /** What is added to scores {@code [B, H, N, N]}. */
    private static final List<String> BIASES = List.of(
            "fn biased(s) = s",
            "fn biased(s) = s - 0.25 * cast(i - j, f32)",
            "fn biased(s) = 8.0 * tanh(s / 8.0)",
            "fn biased(s) = s + embed(clip(i - j, 0, 5), weight \"near\" : f32[6])",
            "fn biased(s) = s + (weight \"square\" : f32[60, 60])[0:N, 0:N]",
            "fn biased(s) = s + (weight \"square\" : f32[60, 60])[0:2 * N:2, 59:59 - N:-1]",
            "fn biased(s) = where(tokens[:, new, new, :] == 7, s + 1.0, s)");

    /** Scores of tokens that follow do not count. */
    private static final List<String> MASKS = List.of(
            "fn masked(s) = where(j <= i, s, -inf)",
            "fn masked(s) = where(i >= j, s, -inf)",
            "fn masked(s) = where(j > i, -inf, s)",
            "fn masked(s) = where(i - j >= 0, s, -inf)",
            "fn masked(s) = where(not (i < j), s, -inf)",
            "fn masked(s) = where(j < i + 1, s, -inf)",
            "fn masked(s) = s + where(j <= i, 0.0, -inf)",
            "fn masked(s) = where(j <= i and i - j < 4, s, -inf)",
            "fn masked(s) = where(j > i or tokens[:, new, new, :] == 3, -inf, s)",
            "fn masked(s) = where(j < i, s, -inf)",
            "fn masked(s) = where(tokens[:, new, :, new] == 5, where(j <= i, s, -inf), where(j > i, -inf, s + 1.0))",
            "fn masked(s) = where(cast(j, f32) <= cast(i, f32), where(j % 3 == i % 3 or i == j, s, -inf), -inf)",
            "fn masked(s) = where(2 * j <= 2 * i + 1, s, -inf)");

    private static final List<String> SOFTMAXES = List.of(
            "fn probabilities(s) = softmax(s, axis = -1)",
            """
            fn probabilities(s) {
                let e = exp(s - max(s, axis = -1, keepdims = true))
                return e / sum(e, axis = -1, keepdims = true)
            }""",
            "fn probabilities(s) = transpose(softmax(transpose(s), axis = -2))");

    /** Attention of {@code [B, N, 16]}. */
    private static final List<String> HEADS = List.of("""
            fn heads(x) = transpose(split_axis(x, -1, [4, 4]), 1, 2)
            fn attention(x, l) {
                let q = turned(heads(x @ weight "q{l}" : f32[16, 16])), k = turned(heads(x @ weight "k{l}" : f32[16, 16]))
                let p = probabilities(masked(biased(q @ transpose(k) / 2.0)))
                return merge_axes(transpose(p @ heads(x @ weight "v{l}" : f32[16, 16]), 1, 2), -2, -1)
            }""", """
            fn heads(x, n) = transpose(split_axis(x, -1, [n, 4]), 1, 2)
            fn attention(x, l) {
                let q = turned(heads(x @ weight "q{l}" : f32[16, 16], 4)), k = turned(heads(x @ weight "k{l}" : f32[16, 8], 2))
                let p = probabilities(masked(biased(q @ transpose(repeat(k, 2, axis = 1)) / 2.0)))
                let v = repeat(heads(x @ weight "v{l}" : f32[16, 8], 2), 2, axis = 1)
                return merge_axes(transpose(p @ v, 1, 2), -2, -1)
            }""", """
            fn attention(x, l) {
                let qkv = reshape(x @ weight "qkv{l}" : f32[16, 48], [B, N, 3, 4, 4])
                let q = turned(transpose(qkv[:, :, 0], 1, 2)), k = turned(transpose(qkv[:, :, 1], 1, 2))
                let p = probabilities(masked(biased(einsum("bhid,bhjd->bhij", q, k) / 2.0)))
                return reshape(einsum("bhij,bjhd->bihd", p, qkv[:, :, 2]), [B, N, 16])
            }""", """
            fn attention(x, l) {
                let k = turned((x @ weight "k{l}" : f32[16, 4])[:, new]), q = turned(transpose(split_axis(x, -1, [4, 4]), 1, 2))
                let o = probabilities(masked(biased(q @ transpose(k) / 2.0))) @ k
                return merge_axes(transpose(o, 1, 2), -2, -1)
            }""");

    private static final List<String> LAYERS = List.of(
            "fn layer(x, l) = x + attention(x, l)",
            "fn layer(x, l) = rms_norm(x + attention(x, l), weight \"r{l}\" : f32[16])",
            """
            fn layer(x, l) {
                let y = x + attention(layer_norm(x, weight "n{l}" : f32[16], weight "m{l}" : f32[16]), l)
                return y + gelu(y @ weight "u{l}" : f32[16, 24]) @ weight "d{l}" : f32[24, 16]
            }""",
            "fn layer(x, l) = x + attention(x, l) * sigmoid(x @ weight \"g{l}\" : f32[16, 16])",
            "fn layer(x, l) = x + attention(x, l) + silu(x[..., 0:8] * x[..., 8:16]) @ weight \"w{l}\" : f32[8, 16]");

    private RandomDecoder() {}

    static String source(long seed) {
        Random random = new Random(seed);
        return String.join(
                "\n",
                "dim B, N",
                "input tokens: i64[B, N]",
                "let i = iota(N)[:, new], j = iota(N)[new, :]",
                "let words = embed(tokens, weight \"words\" : f32[" + VOCABULARY + ", 16])",
                one(PLACES, random),
                one(TURNS, random),
                one(BIASES, random),
                one(MASKS, random),
                one(SOFTMAXES, random),
                one(HEADS, random),
                one(LAYERS, random),
                "for l in 0 .. " + (1 + random.nextInt(2)) + " {",
                "    x = layer(x, l)",
                "}",
                "output logits = x @ transpose(weight \"words\" : f32[" + VOCABULARY + ", 16])",
                "");
    }

    private static String one(List<String> spellings, Random random) {
        return spellings.get(random.nextInt(spellings.size()));
    }
}
