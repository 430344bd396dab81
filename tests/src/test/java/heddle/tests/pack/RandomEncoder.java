package heddle.tests.pack;

import java.util.List;
import java.util.Random;

/** The source of a small encoder: positions, masks, biases, heads and softmaxes, each in a spelling that is drawn. */
final class RandomEncoder {
    static final int VOCABULARY = 50;

    private static final List<String> PLACES = List.of(
            "let x = words",
            "let x = words + (weight \"places\" : f32[80, 16])[0:N]",
            "let x = words + (weight \"places\" : f32[80, 16])[2:N + 2]",
            "let x = words + embed(iota(N), weight \"places\" : f32[80, 16])",
            "let x = words + embed(cumsum(real, axis = 1) * real + 1, weight \"places\" : f32[80, 16])",
            "let x = words + sin(cast(iota(N), f32)[:, new] * 2.0 ** (-0.5 * cast(iota(16), f32)))",
            "let x = words + concat([(weight \"a\" : f32[80, 6])[0:N], (weight \"b\" : f32[80, 10])[0:N]], axis = 1)");

    /** Rotations, or none: a function of one head's queries or keys, {@code [B, H, N, 8]}. */
    private static final List<String> TURNS = List.of(
            "fn turned(x) = x",
            "fn turned(x) = rope(x, iota(N))",
            "fn turned(x) = rope(x, iota(N), interleaved = true)",
            """
            fn turned(x) {
                let angle = cast(iota(N), f32)[:, new] * 10.0 ** (-1.0 * cast(iota(4), f32))
                let c = concat([cos(angle), cos(angle)], axis = -1), s = concat([sin(angle), sin(angle)], axis = -1)
                return x * c + concat([-x[..., 4:8], x[..., 0:4]], axis = -1) * s
            }""");

    /** What is added to scores {@code [B, 2, N, N]}. */
    private static final List<String> BIASES = List.of(
            "fn biased(s) = s",
            "fn biased(s) = s + tensor([0.5, 0.25])[:, new, new] * cast(j - i, f32)",
            "fn biased(s) = s - tensor([0.5, 0.25])[:, new, new] * cast(abs(i - j), f32)",
            "fn biased(s) = s + transpose(embed(clip(j - i, -5, 5) + 5, weight \"near\" : f32[11, 2]), 0, 2)",
            """
            fn biased(s) {
                let bucket = min(cast(log(cast(abs(i - j), f32) + 1.0) * 2.0, i64), 7)
                return s + gather(weight "buckets" : f32[2, 8], bucket, axis = 1)
            }""",
            "fn biased(s) = s + (weight \"square\" : f32[2, 80, 80])[:, 0:N, 0:N]");

    /** Scores that count, and others. */
    private static final List<String> MASKS = List.of(
            "fn masked(s) = where(mask[:, new, new, :] == 1, s, -inf)",
            "fn masked(s) = s + (1.0 - cast(mask, f32)[:, new, new, :]) * -1e30",
            "fn masked(s) = where(mask[:, new, new, :] == 0, -1e30, s)",
            "fn masked(s) = where(mask[:, new, new, :] == 1 and abs(i - j) <= 7, s, -inf)",
            "fn masked(s) = where(j <= i, where(mask[:, new, new, :] == 1, s, -1e30), -inf)",
            "fn masked(s) = where((mask[:, new, new, :] * mask[:, new, :, new]) == 1, s, -inf)",
            "fn masked(s) = where((weight \"wide\" : f32[80, 80])[:, 0:N][0:N] > -10.0, s, -inf)");

    private static final List<String> SOFTMAXES = List.of("fn probabilities(s) = softmax(s, axis = -1)", """
            fn probabilities(s) {
                let e = exp(s - max(s, axis = -1, keepdims = true))
                return e / sum(e, axis = -1, keepdims = true)
            }""");

    /** Queries, keys and values of heads: attention of {@code [B, N, 16]}. */
    private static final List<String> HEADS = List.of("""
            fn heads(x, n) = transpose(split_axis(x, -1, [n, 8]), 1, 2)
            fn attention(q, k, v) {
                let s = biased(turned(heads(q, 2)) @ transpose(turned(heads(k, 2))) / sqrt(8))
                return merge_axes(transpose(probabilities(masked(s)) @ heads(v, 2), 1, 2), -2, -1)
            }""", """
            fn heads(x) = einsum("bnhd->bhnd", reshape(x, [B, N, 2, 8]))
            fn attention(q, k, v) {
                let s = biased(einsum("bhid,bhjd->bhij", turned(heads(q)), turned(heads(k))) / sqrt(8))
                return reshape(einsum("bhij,bhjd->bihd", probabilities(masked(s)), heads(v)), [B, N, 16])
            }""", """
            fn heads(x) = reshape(transpose(reshape(x, [B, N, 2, 8]), 1, 2), [B * 2, N, 8])
            fn attention(q, k, v) {
                let q2 = reshape(turned(reshape(heads(q), [B, 2, N, 8])), [B * 2, N, 8])
                let s = masked(biased(reshape(q2 @ transpose(heads(k)) * 0.35, [B, 2, N, N])))
                let o = probabilities(reshape(s, [B * 2, N, N])) @ heads(v)
                return merge_axes(transpose(reshape(o, [B, 2, N, 8]), 1, 2), -2, -1)
            }""", """
            fn heads(x) = transpose(split_axis(x, -1, [2, 8]), 1, 2)
            fn attention(q, k, v) {
                let one = split_axis(k[..., 0:8], -1, [1, 8])
                let s = biased(turned(heads(q)) @ transpose(turned(transpose(one, 1, 2))) / sqrt(8))
                return merge_axes(transpose(probabilities(masked(s)) @ heads(v), 1, 2), -2, -1)
            }""");

    /** What follows attention: {@code [B, N, 16]}. */
    private static final List<String> LAYERS = List.of(
            "fn forward(x) = layer_norm(x + relu(x @ weight \"up\" : f32[16, 24]) @ weight \"down\" : f32[24, 16])",
            """
            fn forward(x) {
                let rows = reshape(x, [B * N, 16])
                return reshape(rms_norm(rows + gelu(rows @ weight "up" : f32[16, 16])), [B, N, 16])
            }""");

    private RandomEncoder() {}

    static String source(long seed) {
        Random random = new Random(seed);
        return String.join(
                "\n",
                "dim B, N",
                "input ids: i64[B, N]",
                "input mask: i64[B, N]",
                "input types: i64[B, N]",
                "let i = iota(N)[:, new], j = iota(N)[new, :]",
                "let real = cast(ids != 1, i64)",
                "let words = embed(ids, weight \"words\" : f32[50, 16]) + embed(types, weight \"types\" : f32[2, 16])",
                drawn(PLACES, random),
                drawn(TURNS, random),
                drawn(BIASES, random),
                drawn(MASKS, random),
                drawn(SOFTMAXES, random),
                drawn(HEADS, random),
                drawn(LAYERS, random),
                "for l in 0 .. 2 {",
                "    let q = x @ weight \"{l}.q\" : f32[16, 16], k = x @ weight \"{l}.k\" : f32[16, 16]",
                "    x = forward(x + attention(q, k, x @ weight \"{l}.v\" : f32[16, 16]))",
                "}",
                "output tokens: f32[B, N, 16] = x",
                "");
    }

    private static String drawn(List<String> spellings, Random random) {
        return spellings.get(random.nextInt(spellings.size()));
    }
}
