package heddle.tests.onnx.file;

import static heddle.tests.onnx.file.GraphWriter.BOOL;
import static heddle.tests.onnx.file.GraphWriter.FLOAT;
import static heddle.tests.onnx.file.GraphWriter.INT64;
import static heddle.tests.onnx.file.GraphWriter.attr;
import static heddle.tests.onnx.file.GraphWriter.tensor;

import heddle.tests.onnx.file.ModelWriter.Scale;
import java.util.List;

/** Models whose scores are more than a product, and operators that newer opsets have for whole layers. */
final class NewerFiles {
    private static final int LAYERS = 2;
    private static final int WIDTH = 32;
    private static final int HEADS = 4;
    private static final int HEAD = 8;
    private static final int WORDS = 97;
    private static final int SPAN = 16;
    private static final String BATCH = "batch_size";
    private static final String LENGTH = "sequence_length";

    private final ModelWriter g;

    private NewerFiles(Exporter exporter, int opset, long seed) {
        this.g = new ModelWriter(exporter, opset, seed);
    }

    static List<GeneratedFile> all() {
        return List.of(
                new NewerFiles(Exporter.TORCH_SCOPED, 14, 801).disentangled("deberta-torch-2.0-opset-14"),
                new NewerFiles(Exporter.TORCH_SCOPED, 13, 802).mpnet("mpnet-torch-1.13-opset-13"),
                new NewerFiles(Exporter.TORCH_SCOPED, 17, 803).modern("modernbert-torch-2.5-opset-17"),
                new NewerFiles(Exporter.TORCH_DYNAMO, 23, 804).attention("bert-attention-dynamo-torch-2.9-opset-23"),
                new NewerFiles(Exporter.TORCH_DYNAMO, 23, 805).decoder("llama-attention-dynamo-torch-2.9-opset-23"));
    }

    private String ids() {
        return g.input("input_ids", INT64, Fill.below(WORDS), BATCH, LENGTH);
    }

    private String mask() {
        return g.input("attention_mask", INT64, Fill.padding(), BATCH, LENGTH);
    }

    private void hidden(String x) {
        g.output(x, "last_hidden_state", FLOAT, BATCH, LENGTH, WIDTH);
    }

    private String behind(String context, String x) {
        String first = g.layerNorm(
                "attention/output/LayerNorm",
                g.add(g.linear("attention/output/dense", context, WIDTH, WIDTH), x),
                WIDTH);
        String wide = g.in("intermediate", () -> g.gelu(g.linear("dense", first, WIDTH, 2 * WIDTH)));
        return g.layerNorm("output/LayerNorm", g.add(g.linear("output/dense", wide, 2 * WIDTH, WIDTH), first), WIDTH);
    }

    /** Scores of contents and of distances, both ways; padding is filled before the softmax and made zero behind it. */
    private GeneratedFile disentangled(String name) {
        String ids = ids();
        String given = mask();
        String x = g.in(
                "deberta/embeddings",
                () -> g.mul(
                        g.layerNorm("LayerNorm", g.embedding("word_embeddings", ids, WORDS, WIDTH), WIDTH, 1e-7f),
                        g.unsqueeze(g.cast(given, FLOAT), 2)));
        String both = g.in("deberta/encoder", () -> {
            String four = g.unsqueeze(g.unsqueeze(given, 1), 2);
            return g.mul(four, g.unsqueeze(g.squeeze(four, -2), -1));
        });
        String distance = g.in("deberta/encoder", () -> {
            String places = g.op("Range", g.scalar(0), g.dim(ids, 1), g.scalar(1));
            return g.op("Sub", g.unsqueeze(places, 1), g.unsqueeze(places, 0));
        });
        String table = g.in("deberta/encoder/rel_embeddings", () -> g.parameter("weight", 0, 0.5f, 2 * SPAN, WIDTH));
        for (int l = 0; l < LAYERS; l++) {
            String entry = x;
            x = g.in(
                    "deberta/encoder/layer." + l,
                    () -> behind(
                            g.in("attention/self", () -> disentangledAttention(entry, both, distance, table)), entry));
        }
        hidden(x);
        return GeneratedFile.of(name, g, LAYERS);
    }

    private String disentangledAttention(String x, String both, String distance, String table) {
        String scale = g.constant((float) Math.sqrt(3 * HEAD));
        String q = together(g.linear("query_proj", x, WIDTH, WIDTH));
        String k = together(g.linear("key_proj", x, WIDTH, WIDTH));
        String v = together(g.linear("value_proj", x, WIDTH, WIDTH));
        String scores = g.matmul(q, g.op("Div", g.transpose(k, 0, 2, 1), scale));
        String keys = positions("pos_key_proj", table, g.dim(x, 0));
        String queries = positions("pos_query_proj", table, g.dim(x, 0));
        String forth = clamped(g.add(distance, g.scalar(SPAN)));
        String toPosition =
                g.op("GatherElements", g.matmul(q, g.transpose(keys, 0, 2, 1)), wide(forth, q), attr("axis", -1));
        String back = clamped(g.add(g.op("Neg", distance), g.scalar(SPAN)));
        String fromPosition = g.transpose(
                g.op("GatherElements", g.matmul(k, g.transpose(queries, 0, 2, 1)), wide(back, k), attr("axis", -1)),
                0,
                2,
                1);
        String biased = g.add(g.add(scores, g.op("Div", toPosition, scale)), g.op("Div", fromPosition, scale));
        String apart = g.reshape(biased, g.dim(x, 0), HEADS, g.dim(x, 1), g.dim(x, 1));
        String padded = g.op("Not", g.cast(both, BOOL));
        String weights = g.softmax(g.op("Where", padded, g.constant(-Float.MAX_VALUE), apart), -1);
        String zeroed = g.op("Where", padded, g.constant(0f), weights);
        String flat = g.reshape(zeroed, g.mul(g.dim(x, 0), g.scalar(HEADS)), g.dim(x, 1), g.dim(x, 1));
        String context = g.reshape(g.matmul(flat, v), g.dim(x, 0), HEADS, g.dim(x, 1), HEAD);
        return g.merge(context, WIDTH);
    }

    private String together(String x) {
        String heads = g.heads(x, HEADS, HEAD);
        return g.reshape(heads, g.mul(g.dim(x, 0), g.scalar(HEADS)), g.dim(x, 1), HEAD);
    }

    /** A row for each distance: [1, 2 · span, width] to one for each text and head. */
    private String positions(String module, String table, String batch) {
        String projected = g.linear(module, g.unsqueeze(table, 0), WIDTH, WIDTH);
        String heads = g.transpose(g.reshape(projected, 1, 2 * SPAN, HEADS, HEAD), 0, 2, 1, 3);
        return g.op("Tile", g.reshape(heads, HEADS, 2 * SPAN, HEAD), g.lengths(batch, 1, 1));
    }

    private String clamped(String distance) {
        return g.unsqueeze(g.op("Clip", distance, g.scalar(0), g.scalar(2 * SPAN - 1)), 0);
    }

    private String wide(String index, String x) {
        return g.expand(index, g.dim(x, 0), g.dim(x, 1), g.dim(x, 1));
    }

    /** BERT with distances in buckets as a bias of the scores. */
    private GeneratedFile mpnet(String name) {
        String ids = ids();
        String mask = g.paddingMask(mask(), -10000f);
        String x = g.in(
                "embeddings", () -> g.layerNorm("LayerNorm", g.embedding("word_embeddings", ids, WORDS, WIDTH), WIDTH));
        String bias = g.in("encoder", () -> {
            String places = g.op("Range", g.scalar(0), g.dim(ids, 1), g.scalar(1));
            String distance = g.op("Sub", g.unsqueeze(places, 0), g.unsqueeze(places, 1));
            String side = g.mul(g.cast(g.op("Less", g.op("Neg", distance), g.scalar(0)), INT64), g.scalar(8));
            String far = g.op("Min", g.op("Abs", distance), g.scalar(7));
            String read = g.embedding("relative_attention_bias", g.add(side, far), 16, HEADS);
            return g.expand(
                    g.unsqueeze(g.transpose(read, 2, 0, 1), 0), g.dim(ids, 0), -1, g.dim(ids, 1), g.dim(ids, 1));
        });
        for (int l = 0; l < LAYERS; l++) {
            String entry = x;
            x = g.in(
                    "encoder/layer." + l,
                    () -> behind(
                            g.in("attention/attn", () -> {
                                String q = g.heads(g.linear("q", entry, WIDTH, WIDTH), HEADS, HEAD);
                                String k = g.heads(g.linear("k", entry, WIDTH, WIDTH), HEADS, HEAD);
                                String v = g.heads(g.linear("v", entry, WIDTH, WIDTH), HEADS, HEAD);
                                String scores = g.op("Div", g.matmul(q, g.transpose(k, 0, 1, 3, 2)), g.constant((float)
                                        Math.sqrt(HEAD)));
                                return g.merge(g.matmul(g.softmax(g.add(g.add(scores, bias), mask), -1), v), WIDTH);
                            }),
                            entry));
        }
        hidden(x);
        return GeneratedFile.of(name, g, LAYERS);
    }

    /** Rotary positions in an encoder; the second layer sees a window on both sides; gated GELU; no biases. */
    private GeneratedFile modern(String name) {
        String ids = ids();
        String global = g.paddingMask(mask(), -Float.MAX_VALUE);
        String places = g.unsqueeze(g.op("Range", g.scalar(0), g.dim(ids, 1), g.scalar(1)), 0);
        String near = g.in("model", () -> {
            String row = g.unsqueeze(g.op("Range", g.scalar(0), g.dim(ids, 1), g.scalar(1)), 0);
            String distance = g.op("Abs", g.op("Sub", row, g.transpose(row, 1, 0)));
            String window = g.unsqueeze(g.unsqueeze(g.op("LessOrEqual", distance, g.scalar(4)), 0), 0);
            return g.op("Where", g.op("Not", window), g.constant(-Float.MAX_VALUE), global);
        });
        String[] angles = g.in("model/rotary_emb", () -> Rotary.angles(g, places, HEAD));
        String x = g.in(
                "model/embeddings", () -> g.layerNorm("norm", g.embedding("tok_embeddings", ids, WORDS, WIDTH), WIDTH));
        for (int l = 0; l < LAYERS; l++) {
            String entry = x;
            String mask = l % 2 == 0 ? global : near;
            x = g.in("model/layers." + l, () -> {
                String normal = g.layerNorm("attn_norm", entry, WIDTH);
                String context = g.in("attn", () -> {
                    String merged = g.linearWithoutBias("Wqkv", normal, WIDTH, 3 * WIDTH);
                    String five = g.reshape(merged, g.dim(merged, 0), -1, 3, HEADS, HEAD);
                    List<String> parts = g.split(g.transpose(five, 0, 3, 2, 1, 4), 2, 1, 1, 1);
                    String q = Rotary.turned(g, g.squeeze(parts.get(0), 2), angles, HEAD);
                    String k = Rotary.turned(g, g.squeeze(parts.get(1), 2), angles, HEAD);
                    String v = g.squeeze(parts.get(2), 2);
                    return g.linearWithoutBias(
                            "Wo", g.merge(g.attend(q, k, v, HEAD, Scale.BOTH, mask), WIDTH), WIDTH, WIDTH);
                });
                String first = g.add(entry, context);
                String wide = g.linearWithoutBias("mlp/Wi", g.layerNorm("mlp_norm", first, WIDTH), WIDTH, 4 * WIDTH);
                List<String> halves = g.split(wide, -1, 2 * WIDTH, 2 * WIDTH);
                String gated = g.in("mlp", () -> g.mul(g.gelu(halves.get(0)), halves.get(1)));
                return g.add(first, g.linearWithoutBias("mlp/Wo", gated, 2 * WIDTH, WIDTH));
            });
        }
        hidden(g.layerNorm("model/final_norm", x, WIDTH));
        return GeneratedFile.of(name, g, LAYERS);
    }

    /** Opset 23's Attention with a mask of bools: true is visible. */
    private GeneratedFile attention(String name) {
        String ids = ids();
        String visible = g.unsqueeze(g.unsqueeze(g.cast(mask(), BOOL), 1), 2);
        String wide = g.op("Expand", visible, g.lengths(g.dim(ids, 0), 1, g.dim(ids, 1), g.dim(ids, 1)));
        String x = g.in(
                "embeddings", () -> g.layerNorm("LayerNorm", g.embedding("word_embeddings", ids, WORDS, WIDTH), WIDTH));
        for (int l = 0; l < LAYERS; l++) {
            String entry = x;
            x = g.in(
                    "encoder/layer." + l,
                    () -> behind(
                            g.in("attention/self", () -> {
                                String q = g.heads(g.linear("query", entry, WIDTH, WIDTH), HEADS, HEAD);
                                String k = g.heads(g.linear("key", entry, WIDTH, WIDTH), HEADS, HEAD);
                                String v = g.heads(g.linear("value", entry, WIDTH, WIDTH), HEADS, HEAD);
                                return g.merge(
                                        g.op("Attention", q, k, v, wide, attr("scale", (float) (1 / Math.sqrt(HEAD)))),
                                        WIDTH);
                            }),
                            entry));
        }
        hidden(x);
        return GeneratedFile.of(name, g, LAYERS);
    }

    /** Opset 23's RMSNormalization, RotaryEmbedding and Attention, causal, with shared keys. */
    private GeneratedFile decoder(String name) {
        String ids = ids();
        String places = g.input("position_ids", INT64, Fill.below(40), BATCH, LENGTH);
        float[] cos = new float[40 * HEAD / 2];
        float[] sin = new float[cos.length];
        for (int i = 0; i < cos.length; i++) {
            double angle = i / (HEAD / 2) * Math.pow(10000, -2.0 * (i % (HEAD / 2)) / HEAD);
            cos[i] = (float) Math.cos(angle);
            sin[i] = (float) Math.sin(angle);
        }
        String cosines = g.buffer("cos_cache", tensor(cos, 40, HEAD / 2));
        String sines = g.buffer("sin_cache", tensor(sin, 40, HEAD / 2));
        String x = g.embedding("model/embed_tokens", ids, WORDS, WIDTH);
        for (int l = 0; l < LAYERS; l++) {
            String entry = x;
            x = g.in("model/layers." + l, () -> {
                String normal = root("input_layernorm", entry);
                String context = g.in("self_attn", () -> {
                    String q = g.heads(g.linearWithoutBias("q_proj", normal, WIDTH, WIDTH), HEADS, HEAD);
                    String k = g.heads(g.linearWithoutBias("k_proj", normal, WIDTH, WIDTH / 2), HEADS / 2, HEAD);
                    String v = g.heads(g.linearWithoutBias("v_proj", normal, WIDTH, WIDTH / 2), HEADS / 2, HEAD);
                    String turned = g.op("RotaryEmbedding", q, cosines, sines, places);
                    String keys = g.op("RotaryEmbedding", k, cosines, sines, places);
                    return g.merge(g.op("Attention", turned, keys, v, attr("is_causal", 1)), WIDTH);
                });
                String first = g.add(entry, g.linearWithoutBias("self_attn/o_proj", context, WIDTH, WIDTH));
                String second = root("post_attention_layernorm", first);
                String gate = g.silu(g.linearWithoutBias("mlp/gate_proj", second, WIDTH, 2 * WIDTH));
                String both = g.mul(gate, g.linearWithoutBias("mlp/up_proj", second, WIDTH, 2 * WIDTH));
                return g.add(first, g.linearWithoutBias("mlp/down_proj", both, 2 * WIDTH, WIDTH));
            });
        }
        hidden(root("model/norm", x));
        return GeneratedFile.of(name, g, LAYERS);
    }

    private String root(String module, String x) {
        return g.in(
                module,
                () -> g.op(
                        "RMSNormalization",
                        x,
                        g.parameter("weight", 1, 0.1f, WIDTH),
                        attr("axis", -1),
                        attr("epsilon", 1e-6f)));
    }
}
