package heddle.tests.onnx.file;

import static heddle.tests.onnx.file.GraphWriter.BOOL;
import static heddle.tests.onnx.file.GraphWriter.FLOAT;
import static heddle.tests.onnx.file.GraphWriter.INT64;
import static heddle.tests.onnx.file.GraphWriter.tensor;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.List;

/** GPT-2 and the decoders that follow it, with and without keys and values of earlier steps. */
final class GptFiles {
    private static final int LAYERS = 2;
    private static final int WIDTH = 32;
    private static final int HEADS = 4;
    private static final int HEAD = WIDTH / HEADS;
    private static final int WORDS = 97;
    private static final int POSITIONS = 64;
    private static final String BATCH = "batch_size";
    private static final String LENGTH = "sequence_length";
    private static final String PAST = "past_sequence_length";
    private static final String TOTAL = PAST + " + " + LENGTH;

    private final ModelWriter g;

    private GptFiles(Exporter exporter, int opset, long seed) {
        this.g = new ModelWriter(exporter, opset, seed);
    }

    static List<GeneratedFile> all() {
        return List.of(
                new GptFiles(Exporter.TORCH_NUMBERED, 11, 201).stacked("gpt2-past-torch-1.7-opset-11"),
                new GptFiles(Exporter.TORCH_SCOPED, 13, 202).whole("gpt2-torch-1.13-opset-13"),
                new GptFiles(Exporter.TORCH_SCOPED, 14, 203).continued("gpt2-past-torch-2.0-opset-14"),
                new GptFiles(Exporter.TORCH_SCOPED, 13, 204).local("gpt-neo-torch-1.13-opset-13"),
                new GptFiles(Exporter.TORCH_SCOPED, 14, 205).parallel("gpt-neox-torch-2.0-opset-14"),
                new GptFiles(Exporter.TORCH_SCOPED, 14, 206).flattened("opt-torch-2.0-opset-14"),
                new GptFiles(Exporter.TORCH_SCOPED, 14, 207).sloped("bloom-torch-2.0-opset-14"));
    }

    private String ids() {
        return g.input("input_ids", INT64, Fill.below(WORDS), BATCH, LENGTH);
    }

    private String mask(String length) {
        return g.input("attention_mask", INT64, Fill.padding(), BATCH, length);
    }

    /** GPT-2's linear layer: a matrix in its own order, on all tokens as rows. */
    private String rows(String module, String x, int in, int out) {
        return g.in(module, () -> {
            String flat = g.op("Reshape", x, g.list(-1, in));
            String weight = g.parameter("weight", 0, (float) (1 / Math.sqrt(in)), in, out);
            String product = g.op("Gemm", flat, weight, g.parameter("bias", 0, 0.1f, out));
            return g.reshape(product, g.dim(x, 0), g.dim(x, 1), out);
        });
    }

    private String mlp(String x) {
        return g.in(
                "mlp",
                () -> rows(
                        "c_proj", g.in("act", () -> g.geluNew(rows("c_fc", x, WIDTH, 4 * WIDTH))), 4 * WIDTH, WIDTH));
    }

    /** A square of a buffer of bools: as many rows as queries, the last ones, and as many columns as keys. */
    private String causal(String scores) {
        String keys = g.dim(scores, 3);
        String first = g.op("Sub", keys, g.dim(scores, 2));
        String square = g.buffer("bias", ModelWriter.lowerTriangle(POSITIONS));
        String rows = g.slice(square, 2, g.unsqueeze(first, 0), g.unsqueeze(keys, 0));
        return g.slice(rows, 3, 0, g.unsqueeze(keys, 0));
    }

    private void logits(String x) {
        String head = g.in("lm_head", () -> g.matmul(x, g.matrix(WIDTH, WORDS)));
        g.output(head, "logits", FLOAT, BATCH, LENGTH, WORDS);
    }

    /** Keys and values of a layer in one tensor [2, batch, heads, past, width]; the scores filled with -10000. */
    private GeneratedFile stacked(String name) {
        String ids = ids();
        String[] past = new String[LAYERS];
        for (int l = 0; l < LAYERS; l++) {
            past[l] = g.input("past_" + l, FLOAT, Fill.normal(), 2, BATCH, HEADS, PAST, HEAD);
        }
        String before = g.dim(g.gather(past[0], g.scalar(0), 0), 2);
        String end = g.add(g.dim(ids, 1), before);
        String positions = g.unsqueeze(g.op("Range", before, end, g.scalar(1)), 0);
        String x = g.add(g.embedding("wte", ids, WORDS, WIDTH), g.embedding("wpe", positions, POSITIONS, WIDTH));
        for (int l = 0; l < LAYERS; l++) {
            String entry = x;
            int layer = l;
            x = g.in("h." + l, () -> {
                String normal = g.layerNorm("ln_1", entry, WIDTH);
                String context = g.in("attn", () -> stackedAttention(normal, past[layer], layer));
                String middle = g.add(entry, rows("attn/c_proj", context, WIDTH, WIDTH));
                return g.add(middle, mlp(g.layerNorm("ln_2", middle, WIDTH)));
            });
        }
        logits(g.layerNorm("ln_f", x, WIDTH));
        return GeneratedFile.of(name, g, LAYERS);
    }

    private String stackedAttention(String x, String past, int layer) {
        List<String> parts = g.split(rows("c_attn", x, WIDTH, 3 * WIDTH), 2, WIDTH, WIDTH, WIDTH);
        String q = g.heads(parts.get(0), HEADS, HEAD);
        String k = g.heads(parts.get(1), HEADS, HEAD);
        String v = g.heads(parts.get(2), HEADS, HEAD);
        String keys = g.concat(-2, g.gather(past, g.scalar(0), 0), k);
        String values = g.concat(-2, g.gather(past, g.scalar(1), 0), v);
        String present = g.concat(0, g.unsqueeze(keys, 0), g.unsqueeze(values, 0));
        g.output(present, "present_" + layer, FLOAT, 2, BATCH, HEADS, TOTAL, HEAD);
        String scores = g.op("Div", g.matmul(q, g.transpose(keys, 0, 1, 3, 2)), g.constant((float) Math.sqrt(HEAD)));
        String masked = g.op("Where", causal(scores), scores, g.constant(-10000f));
        return g.merge(g.matmul(g.softmax(masked, 3), values), WIDTH);
    }

    private String embeddings(String ids, String positions) {
        String words = g.embedding("transformer/wte", ids, WORDS, WIDTH);
        return g.add(words, g.embedding("transformer/wpe", positions, POSITIONS, WIDTH));
    }

    private String counted(String ids) {
        return g.unsqueeze(g.op("Range", g.scalar(0), g.dim(ids, 1), g.scalar(1)), 0);
    }

    /** No earlier steps; a mask for padding is added to the scores behind the causal one. */
    private GeneratedFile whole(String name) {
        String ids = ids();
        String padding = g.paddingMask(mask(LENGTH), -Float.MAX_VALUE);
        String x = embeddings(ids, counted(ids));
        for (int l = 0; l < LAYERS; l++) {
            String entry = x;
            x = g.in("transformer/h." + l, () -> {
                String normal = g.layerNorm("ln_1", entry, WIDTH);
                String context = g.in("attn", () -> {
                    List<String> parts = g.split(rows("c_attn", normal, WIDTH, 3 * WIDTH), 2, WIDTH, WIDTH, WIDTH);
                    String v = g.heads(parts.get(2), HEADS, HEAD);
                    return scored(g.heads(parts.get(0), HEADS, HEAD), g.heads(parts.get(1), HEADS, HEAD), v, padding);
                });
                String middle = g.add(rows("attn/c_proj", context, WIDTH, WIDTH), entry);
                return g.add(middle, mlp(g.layerNorm("ln_2", middle, WIDTH)));
            });
        }
        logits(g.layerNorm("transformer/ln_f", x, WIDTH));
        return GeneratedFile.of(name, g, LAYERS);
    }

    private String scored(String q, String k, String v, String padding) {
        String scores = g.op("Div", g.matmul(q, g.transpose(k, 0, 1, 3, 2)), g.constant((float) Math.sqrt(HEAD)));
        String low = g.constant(-Float.MAX_VALUE);
        String masked = g.add(g.op("Where", causal(scores), scores, low), padding);
        return g.merge(g.matmul(g.softmax(masked, -1), v), WIDTH);
    }

    /** Earlier steps as one input each for keys and values, and position ids that are given. */
    private GeneratedFile continued(String name) {
        String ids = ids();
        String[] keys = new String[LAYERS];
        String[] values = new String[LAYERS];
        for (int l = 0; l < LAYERS; l++) {
            keys[l] = g.input("past_key_values." + l + ".key", FLOAT, Fill.normal(), BATCH, HEADS, PAST, HEAD);
            values[l] = g.input("past_key_values." + l + ".value", FLOAT, Fill.normal(), BATCH, HEADS, PAST, HEAD);
        }
        String padding = g.paddingMask(mask(TOTAL), -Float.MAX_VALUE);
        String positions = g.input("position_ids", INT64, Fill.below(POSITIONS), BATCH, LENGTH);
        String x = embeddings(ids, positions);
        for (int l = 0; l < LAYERS; l++) {
            String entry = x;
            int layer = l;
            x = g.in("transformer/h." + l, () -> {
                String normal = g.layerNorm("ln_1", entry, WIDTH);
                String context = g.in("attn", () -> {
                    List<String> parts = g.split(rows("c_attn", normal, WIDTH, 3 * WIDTH), 2, WIDTH, WIDTH, WIDTH);
                    String k = g.concat(-2, keys[layer], g.heads(parts.get(1), HEADS, HEAD));
                    String v = g.concat(-2, values[layer], g.heads(parts.get(2), HEADS, HEAD));
                    g.output(k, "present." + layer + ".key", FLOAT, BATCH, HEADS, TOTAL, HEAD);
                    g.output(v, "present." + layer + ".value", FLOAT, BATCH, HEADS, TOTAL, HEAD);
                    return scored(g.heads(parts.get(0), HEADS, HEAD), k, v, padding);
                });
                String middle = g.add(rows("attn/c_proj", context, WIDTH, WIDTH), entry);
                return g.add(middle, mlp(g.layerNorm("ln_2", middle, WIDTH)));
            });
        }
        logits(g.layerNorm("transformer/ln_f", x, WIDTH));
        return GeneratedFile.of(name, g, LAYERS);
    }

    /** Scores are not scaled; every second layer sees a window of the last keys alone, its buffer says which. */
    private GeneratedFile local(String name) {
        String ids = ids();
        String padding = g.paddingMask(mask(LENGTH), -Float.MAX_VALUE);
        String x = embeddings(ids, counted(ids));
        for (int l = 0; l < LAYERS; l++) {
            String entry = x;
            int window = l % 2 == 0 ? POSITIONS : 4;
            x = g.in("transformer/h." + l, () -> {
                String normal = g.layerNorm("ln_1", entry, WIDTH);
                String context = g.in("attn/attention", () -> {
                    String q = g.heads(g.linearWithoutBias("q_proj", normal, WIDTH, WIDTH), HEADS, HEAD);
                    String k = g.heads(g.linearWithoutBias("k_proj", normal, WIDTH, WIDTH), HEADS, HEAD);
                    String v = g.heads(g.linearWithoutBias("v_proj", normal, WIDTH, WIDTH), HEADS, HEAD);
                    String scores = g.matmul(q, g.transpose(k, 0, 1, 3, 2));
                    String n = g.unsqueeze(g.dim(scores, 3), 0);
                    String band = g.buffer("bias", band(window));
                    String visible = g.slice(g.slice(band, 2, 0, n), 3, 0, n);
                    String masked = g.op("Where", visible, scores, g.constant(-Float.MAX_VALUE));
                    return g.merge(g.matmul(g.softmax(g.add(masked, padding), -1), v), WIDTH);
                });
                String middle = g.add(g.linear("attn/attention/out_proj", context, WIDTH, WIDTH), entry);
                String wide = g.in(
                        "mlp", () -> g.geluNew(g.linear("c_fc", g.layerNorm("ln_2", middle, WIDTH), WIDTH, 2 * WIDTH)));
                return g.add(middle, g.linear("mlp/c_proj", wide, 2 * WIDTH, WIDTH));
            });
        }
        logits(g.layerNorm("transformer/ln_f", x, WIDTH));
        return GeneratedFile.of(name, g, LAYERS);
    }

    private static TensorProto band(int window) {
        int[] values = new int[POSITIONS * POSITIONS];
        for (int i = 0; i < POSITIONS; i++) {
            for (int j = Math.max(0, i - window + 1); j <= i; j++) {
                values[i * POSITIONS + j] = 1;
            }
        }
        return tensor(BOOL, values, 1, 1, POSITIONS, POSITIONS);
    }

    /** One product for queries, keys and values by head; a quarter of each head is turned; attention beside the MLP. */
    private GeneratedFile parallel(String name) {
        String ids = ids();
        String padding = g.paddingMask(mask(LENGTH), -Float.MAX_VALUE);
        String positions = counted(ids);
        String x = g.embedding("gpt_neox/embed_in", ids, WORDS, WIDTH);
        for (int l = 0; l < LAYERS; l++) {
            String entry = x;
            x = g.in("gpt_neox/layers." + l, () -> {
                String normal = g.layerNorm("input_layernorm", entry, WIDTH);
                String context = g.in("attention", () -> {
                    String merged = g.linear("query_key_value", normal, WIDTH, 3 * WIDTH);
                    String split = g.reshape(merged, g.dim(merged, 0), g.dim(merged, 1), HEADS, 3 * HEAD);
                    String q = g.transpose(g.slice(split, 3, 0, HEAD), 0, 2, 1, 3);
                    String k = g.transpose(g.slice(split, 3, HEAD, 2 * HEAD), 0, 2, 1, 3);
                    String v = g.transpose(g.slice(split, 3, 2 * HEAD, Long.MAX_VALUE), 0, 2, 1, 3);
                    return scored(
                            Rotary.partly(g, q, positions, HEAD, 2),
                            Rotary.partly(g, k, positions, HEAD, 2),
                            v,
                            padding);
                });
                String attended = g.linear("attention/dense", context, WIDTH, WIDTH);
                String beside = g.layerNorm("post_attention_layernorm", entry, WIDTH);
                String wide = g.in("mlp", () -> g.gelu(g.linear("dense_h_to_4h", beside, WIDTH, 2 * WIDTH)));
                return g.add(g.add(g.linear("mlp/dense_4h_to_h", wide, 2 * WIDTH, WIDTH), attended), entry);
            });
        }
        logits(g.layerNorm("gpt_neox/final_layer_norm", x, WIDTH));
        return GeneratedFile.of(name, g, LAYERS);
    }

    /** Positions by counting what is not padding, two further on; batch and heads are one axis of three. */
    private GeneratedFile flattened(String name) {
        String ids = ids();
        String given = mask(LENGTH);
        String x = g.in("model/decoder", () -> {
            String counted = g.mul(g.op("CumSum", given, g.scalar(1)), given);
            String positions = g.add(g.op("Sub", counted, g.scalar(1)), g.scalar(2));
            return g.add(
                    g.embedding("embed_tokens", ids, WORDS, WIDTH),
                    g.embedding("embed_positions", positions, POSITIONS + 2, WIDTH));
        });
        String mask = g.in("model/decoder", () -> DecoderMask.filled(g, ids, given));
        for (int l = 0; l < LAYERS; l++) {
            String entry = x;
            x = g.in("model/decoder/layers." + l, () -> {
                String normal = g.layerNorm("self_attn_layer_norm", entry, WIDTH);
                String context =
                        g.in("self_attn", () -> new FlatAttention(g, WIDTH, HEADS, true).write(normal, normal, mask));
                String middle = g.add(entry, context);
                String wide =
                        g.op("Relu", g.linear("fc1", g.layerNorm("final_layer_norm", middle, WIDTH), WIDTH, 2 * WIDTH));
                return g.add(middle, g.linear("fc2", wide, 2 * WIDTH, WIDTH));
            });
        }
        logits(g.layerNorm("model/decoder/final_layer_norm", x, WIDTH));
        return GeneratedFile.of(name, g, LAYERS);
    }

    /** No positions: scores fall with the distance of keys, by a slope for each head. */
    private GeneratedFile sloped(String name) {
        String ids = ids();
        String given = mask(LENGTH);
        String x = g.in(
                "transformer",
                () -> g.layerNorm(
                        "word_embeddings_layernorm", g.embedding("word_embeddings", ids, WORDS, WIDTH), WIDTH));
        String alibi = g.in("transformer", () -> {
            String slopes = g.constant(tensor(new float[] {0.25f, 0.0625f, 0.015625f, 0.00390625f}, HEADS, 1));
            String places = g.mul(g.op("Sub", g.op("CumSum", given, g.scalar(-1)), g.scalar(1)), given);
            return g.unsqueeze(g.mul(slopes, g.cast(g.unsqueeze(places, 1), FLOAT)), 2);
        });
        String mask = g.in("transformer", () -> DecoderMask.filled(g, ids, given));
        for (int l = 0; l < LAYERS; l++) {
            String entry = x;
            x = g.in("transformer/h." + l, () -> {
                String normal = g.layerNorm("input_layernorm", entry, WIDTH);
                String context = g.in("self_attention", () -> {
                    String merged = g.linear("query_key_value", normal, WIDTH, 3 * WIDTH);
                    String split = g.reshape(merged, g.dim(merged, 0), g.dim(merged, 1), HEADS, 3, HEAD);
                    String q = g.transpose(g.gather(split, g.scalar(0), 3), 0, 2, 1, 3);
                    String k = g.transpose(g.gather(split, g.scalar(1), 3), 0, 2, 3, 1);
                    String v = g.transpose(g.gather(split, g.scalar(2), 3), 0, 2, 1, 3);
                    String scores = g.mul(g.matmul(q, k), g.constant((float) (1 / Math.sqrt(HEAD))));
                    String weights = g.softmax(g.add(g.add(alibi, scores), mask), -1);
                    return g.merge(g.matmul(weights, v), WIDTH);
                });
                String middle = g.add(entry, g.linear("self_attention/dense", context, WIDTH, WIDTH));
                String second = g.layerNorm("post_attention_layernorm", middle, WIDTH);
                String wide = g.in("mlp", () -> g.geluNew(g.linear("dense_h_to_4h", second, WIDTH, 2 * WIDTH)));
                return g.add(middle, g.linear("mlp/dense_4h_to_h", wide, 2 * WIDTH, WIDTH));
            });
        }
        logits(g.layerNorm("transformer/ln_f", x, WIDTH));
        return GeneratedFile.of(name, g, LAYERS);
    }
}
