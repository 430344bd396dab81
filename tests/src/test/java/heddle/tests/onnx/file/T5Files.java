package heddle.tests.onnx.file;

import static heddle.tests.onnx.file.GraphWriter.FLOAT;
import static heddle.tests.onnx.file.GraphWriter.INT64;
import static heddle.tests.onnx.file.GraphWriter.attr;
import static heddle.tests.onnx.file.GraphWriter.tensor;

import heddle.tests.onnx.file.ModelWriter.Scale;
import java.util.List;

/** T5: no scale, no biases, positions as a bias of the scores by buckets of distances, cross attention in the decoder. */
final class T5Files {
    private static final int LAYERS = 2;
    private static final int WIDTH = 32;
    private static final int HEADS = 4;
    private static final int HEAD = 8;
    private static final int WORDS = 97;
    private static final int BUCKETS = 16;
    private static final float LOWEST = -Float.MAX_VALUE;
    private static final String BATCH = "batch_size";
    private static final String LENGTH = "sequence_length";
    private static final String PAST = "past_sequence_length";
    private static final String TOTAL = PAST + " + " + LENGTH;
    private static final String MEMORY = "encoder_sequence_length";

    private final ModelWriter g;
    private boolean gated;

    private T5Files(Exporter exporter, int opset, long seed) {
        this.g = new ModelWriter(exporter, opset, seed);
    }

    static List<GeneratedFile> all() {
        return List.of(
                new T5Files(Exporter.TORCH_SCOPED, 13, 301).encoder("t5-encoder-torch-1.13-opset-13"),
                new T5Files(Exporter.TORCH_SCOPED, 13, 302).decoder("t5-decoder-torch-1.13-opset-13"),
                new T5Files(Exporter.TORCH_SCOPED, 14, 303).continued("t5-decoder-past-torch-2.0-opset-14"),
                new T5Files(Exporter.TORCH_DYNAMO, 18, 304).gated("flan-t5-encoder-dynamo-torch-2.6-opset-18"));
    }

    private GeneratedFile gated(String name) {
        gated = true;
        return encoder(name);
    }

    private GeneratedFile encoder(String name) {
        String ids = g.input("input_ids", INT64, Fill.below(WORDS), BATCH, LENGTH);
        String mask = g.paddingMask(g.input("attention_mask", INT64, Fill.padding(), BATCH, LENGTH), LOWEST);
        String x = g.embedding("shared", ids, WORDS, WIDTH);
        String bias = null;
        for (int l = 0; l < LAYERS; l++) {
            String entry = x;
            String before = bias;
            String own = before != null
                    ? before
                    : g.in("encoder/block.0/layer.0/SelfAttention", () -> {
                        String length = g.dim(entry, 1);
                        return g.add(bias(length, length, true), mask);
                    });
            bias = own;
            String attended = g.in("encoder/block." + l + "/layer.0", () -> {
                String normal = g.rmsNorm("layer_norm", entry, WIDTH);
                return g.add(
                        entry,
                        g.in("SelfAttention", () -> attention(normal, keys("k", normal), keys("v", normal), own)));
            });
            x = feed("encoder/block." + l + "/layer.1", attended);
        }
        g.output(g.rmsNorm("encoder/final_layer_norm", x, WIDTH), "last_hidden_state", FLOAT, BATCH, LENGTH, WIDTH);
        return GeneratedFile.of(name, g, LAYERS);
    }

    private String feed(String scope, String x) {
        return g.in(scope, () -> {
            String normal = g.rmsNorm("layer_norm", x, WIDTH);
            return g.add(x, g.in("DenseReluDense", () -> {
                if (gated) {
                    String gate = g.in("act", () -> g.geluNew(g.linearWithoutBias("wi_0", normal, WIDTH, 2 * WIDTH)));
                    String both = g.mul(gate, g.linearWithoutBias("wi_1", normal, WIDTH, 2 * WIDTH));
                    return g.linearWithoutBias("wo", both, 2 * WIDTH, WIDTH);
                }
                String wide = g.op("Relu", g.linearWithoutBias("wi", normal, WIDTH, 2 * WIDTH));
                return g.linearWithoutBias("wo", wide, 2 * WIDTH, WIDTH);
            }));
        });
    }

    private String keys(String module, String x) {
        return g.heads(g.linearWithoutBias(module, x, WIDTH, HEADS * HEAD), HEADS, HEAD);
    }

    private String attention(String x, String k, String v, String bias) {
        String q = keys("q", x);
        String context = g.merge(g.attend(q, k, v, HEAD, Scale.NONE, bias), HEADS * HEAD);
        return g.linearWithoutBias("o", context, HEADS * HEAD, WIDTH);
    }

    /** [1, heads, queries, keys]. @param both directions have buckets of their own */
    private String bias(String queries, String keys, boolean both) {
        String one = g.scalar(1);
        String context = g.unsqueeze(g.op("Range", g.scalar(0), queries, one), 1);
        String memory = g.unsqueeze(g.op("Range", g.scalar(0), keys, one), 0);
        String distance = g.op("Sub", memory, context);
        int buckets = both ? BUCKETS / 2 : BUCKETS;
        String side = null;
        if (both) {
            side = g.mul(g.cast(g.op("Greater", distance, g.scalar(0)), INT64), g.scalar(buckets));
            distance = g.op("Abs", distance);
        } else {
            String zeros = g.op("ConstantOfShape", g.op("Shape", distance), attr("value", tensor(new long[] {0}, 1)));
            distance = g.op("Neg", g.op("Min", distance, zeros));
        }
        int exact = buckets / 2;
        String small = g.op("Less", distance, g.scalar(exact));
        String ratio = g.op("Log", g.op("Div", g.cast(distance, FLOAT), g.constant((float) exact)));
        String far = g.mul(
                g.op("Div", ratio, g.constant((float) Math.log(128.0 / exact))), g.constant((float) (buckets - exact)));
        String large = g.add(g.cast(far, INT64), g.scalar(exact));
        String last = g.op("ConstantOfShape", g.op("Shape", large), attr("value", tensor(new long[] {buckets - 1}, 1)));
        String bucket = g.op("Where", small, distance, g.op("Min", large, last));
        String chosen = side == null ? bucket : g.add(side, bucket);
        String values = g.embedding("relative_attention_bias", chosen, BUCKETS, HEADS);
        return g.unsqueeze(g.transpose(values, 2, 0, 1), 0);
    }

    /** Counted rows and columns, compared, repeated for each text, and made a number. */
    private String causal(String ids) {
        String places = g.op("Range", g.scalar(0), g.dim(ids, 1), g.scalar(1));
        String row = g.unsqueeze(g.unsqueeze(places, 0), 0);
        String repeated = g.op("Tile", row, g.lengths(g.dim(ids, 0), g.dim(ids, 1), 1));
        String column = g.unsqueeze(g.unsqueeze(places, 0), 2);
        String visible = g.cast(g.op("LessOrEqual", repeated, column), FLOAT);
        return g.mul(g.op("Sub", g.constant(1f), g.unsqueeze(visible, 1)), g.constant(LOWEST));
    }

    private GeneratedFile decoder(String name) {
        String ids = g.input("input_ids", INT64, Fill.below(WORDS), BATCH, LENGTH);
        String memory = g.input("encoder_hidden_states", FLOAT, Fill.normal(), BATCH, MEMORY, WIDTH);
        String padding = g.paddingMask(g.input("encoder_attention_mask", INT64, Fill.padding(), BATCH, MEMORY), LOWEST);
        String mask = causal(ids);
        String x = g.embedding("shared", ids, WORDS, WIDTH);
        String bias = g.in("decoder/block.0/layer.0/SelfAttention", () -> {
            String length = g.dim(ids, 1);
            return g.add(bias(length, length, false), mask);
        });
        for (int l = 0; l < LAYERS; l++) {
            String entry = x;
            int layer = l;
            String attended = g.in("decoder/block." + l + "/layer.0", () -> {
                String normal = g.rmsNorm("layer_norm", entry, WIDTH);
                return g.in("SelfAttention", () -> {
                    String k = keys("k", normal);
                    String v = keys("v", normal);
                    g.output(k, "present." + layer + ".decoder.key", FLOAT, BATCH, HEADS, LENGTH, HEAD);
                    g.output(v, "present." + layer + ".decoder.value", FLOAT, BATCH, HEADS, LENGTH, HEAD);
                    return g.add(entry, attention(normal, k, v, bias));
                });
            });
            String crossed = g.in("decoder/block." + l + "/layer.1", () -> {
                String normal = g.rmsNorm("layer_norm", attended, WIDTH);
                return g.in(
                        "EncDecAttention",
                        () -> g.add(attended, attention(normal, keys("k", memory), keys("v", memory), padding)));
            });
            x = feed("decoder/block." + l + "/layer.2", crossed);
        }
        logits(x);
        return GeneratedFile.of(name, g, 2 * LAYERS);
    }

    /** The last rows of the bias, and keys and values of the encoder that are given. */
    private GeneratedFile continued(String name) {
        String ids = g.input("input_ids", INT64, Fill.below(WORDS), BATCH, LENGTH);
        String padding = g.paddingMask(g.input("encoder_attention_mask", INT64, Fill.padding(), BATCH, MEMORY), LOWEST);
        String[][] past = new String[LAYERS][4];
        String[] kinds = {"decoder.key", "decoder.value", "encoder.key", "encoder.value"};
        for (int l = 0; l < LAYERS; l++) {
            for (int i = 0; i < 4; i++) {
                String length = i < 2 ? PAST : MEMORY;
                past[l][i] = g.input(
                        "past_key_values." + l + "." + kinds[i], FLOAT, Fill.normal(), BATCH, HEADS, length, HEAD);
            }
        }
        String x = g.embedding("shared", ids, WORDS, WIDTH);
        String bias = g.in("decoder/block.0/layer.0/SelfAttention", () -> {
            String all = g.add(g.dim(ids, 1), g.dim(past[0][0], 2));
            String whole = bias(all, all, false);
            return g.slice(whole, 2, g.unsqueeze(g.op("Neg", g.dim(ids, 1)), 0), Long.MAX_VALUE);
        });
        for (int l = 0; l < LAYERS; l++) {
            String entry = x;
            int layer = l;
            String attended = g.in("decoder/block." + l + "/layer.0", () -> {
                String normal = g.rmsNorm("layer_norm", entry, WIDTH);
                return g.in("SelfAttention", () -> {
                    String k = g.concat(2, past[layer][0], keys("k", normal));
                    String v = g.concat(2, past[layer][1], keys("v", normal));
                    g.output(k, "present." + layer + ".decoder.key", FLOAT, BATCH, HEADS, TOTAL, HEAD);
                    g.output(v, "present." + layer + ".decoder.value", FLOAT, BATCH, HEADS, TOTAL, HEAD);
                    return g.add(entry, attention(normal, k, v, bias));
                });
            });
            String crossed = g.in("decoder/block." + l + "/layer.1", () -> {
                String normal = g.rmsNorm("layer_norm", attended, WIDTH);
                return g.in(
                        "EncDecAttention",
                        () -> g.add(attended, attention(normal, past[layer][2], past[layer][3], padding)));
            });
            x = feed("decoder/block." + l + "/layer.2", crossed);
        }
        logits(x);
        return GeneratedFile.of(name, g, 2 * LAYERS);
    }

    private void logits(String x) {
        String last = g.rmsNorm("decoder/final_layer_norm", x, WIDTH);
        String scaled = g.mul(last, g.constant((float) Math.pow(WIDTH, -0.5)));
        g.output(g.linearWithoutBias("lm_head", scaled, WIDTH, WORDS), "logits", FLOAT, BATCH, LENGTH, WORDS);
    }
}
