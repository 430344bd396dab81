package heddle.tests.onnx.file;

import static heddle.tests.onnx.file.GraphWriter.FLOAT;
import static heddle.tests.onnx.file.GraphWriter.INT64;
import static heddle.tests.onnx.file.GraphWriter.attr;
import static heddle.tests.onnx.file.GraphWriter.ints;

import heddle.tests.onnx.file.ModelWriter.Scale;
import java.util.List;

/** Whisper's encoder and decoders, and BART, from which its layers come. */
final class SpeechFiles {
    private static final int LAYERS = 2;
    private static final int WIDTH = 32;
    private static final int HEADS = 4;
    private static final int HEAD = 8;
    private static final int WORDS = 97;
    private static final int POSITIONS = 64;
    private static final int MELS = 10;
    private static final int FRAMES = 24;
    private static final String BATCH = "batch_size";
    private static final String LENGTH = "sequence_length";
    private static final String PAST = "past_sequence_length";

    private final ModelWriter g;
    private final FlatAttention flat;

    private SpeechFiles(Exporter exporter, int opset, long seed, boolean biasedKeys) {
        this.g = new ModelWriter(exporter, opset, seed);
        this.flat = new FlatAttention(g, WIDTH, HEADS, biasedKeys);
    }

    static List<GeneratedFile> all() {
        return List.of(
                new SpeechFiles(Exporter.TORCH_SCOPED, 14, 401, false).encoder("whisper-encoder-torch-2.0-opset-14"),
                new SpeechFiles(Exporter.TORCH_SCOPED, 17, 402, false)
                        .encoder("whisper-encoder-sdpa-torch-2.3-opset-17"),
                new SpeechFiles(Exporter.TORCH_DYNAMO, 18, 403, false)
                        .encoder("whisper-encoder-dynamo-torch-2.6-opset-18"),
                new SpeechFiles(Exporter.TORCH_SCOPED, 14, 404, false).decoder("whisper-decoder-torch-2.0-opset-14"),
                new SpeechFiles(Exporter.TORCH_SCOPED, 14, 405, false)
                        .continued("whisper-decoder-past-torch-2.0-opset-14"),
                new SpeechFiles(Exporter.TORCH_SCOPED, 13, 406, true).bart("bart-torch-1.13-opset-13"));
    }

    private String convolution(String module, String x, int in, int stride) {
        return g.in(
                module,
                () -> g.op(
                        "Conv",
                        x,
                        g.parameter("weight", 0, (float) (1 / Math.sqrt(3 * in)), WIDTH, in, 3),
                        g.parameter("bias", 0, 0.1f, WIDTH),
                        attr("dilations", ints(1)),
                        attr("group", 1),
                        attr("kernel_shape", ints(3)),
                        attr("pads", ints(1, 1)),
                        attr("strides", ints(stride))));
    }

    private GeneratedFile encoder(String name) {
        String features = g.input("input_features", FLOAT, Fill.normal(), BATCH, MELS, 2 * FRAMES);
        String x = g.in("encoder", () -> {
            String first = g.gelu(convolution("conv1", features, MELS, 1));
            String second = g.gelu(convolution("conv2", first, WIDTH, 2));
            String positions = g.in("embed_positions", () -> g.parameter("weight", 0, 0.5f, FRAMES, WIDTH));
            return g.add(g.transpose(second, 0, 2, 1), positions);
        });
        for (int l = 0; l < LAYERS; l++) {
            String entry = x;
            x = g.in("encoder/layers." + l, () -> {
                String normal = g.layerNorm("self_attn_layer_norm", entry, WIDTH);
                String context =
                        g.in("self_attn", () -> g.opset < 17 ? flat.write(normal, normal, null) : atOnce(normal));
                return feed(g.add(entry, context), "final_layer_norm");
            });
        }
        String last = g.layerNorm("encoder/layer_norm", x, WIDTH);
        g.output(last, "last_hidden_state", FLOAT, BATCH, FRAMES, WIDTH);
        return GeneratedFile.of(name, g, LAYERS);
    }

    private String atOnce(String x) {
        String q = flat.heads(g.linear("q_proj", x, WIDTH, WIDTH));
        String k = flat.heads(flat.keys(x));
        String v = flat.heads(g.linear("v_proj", x, WIDTH, WIDTH));
        return g.linear("out_proj", g.merge(g.attend(q, k, v, HEAD, Scale.BOTH, null), WIDTH), WIDTH, WIDTH);
    }

    private String feed(String x, String norm) {
        String normal = g.layerNorm(norm, x, WIDTH);
        String wide = g.in("activation_fn", () -> g.gelu(g.linear("fc1", normal, WIDTH, 2 * WIDTH)));
        return g.add(x, g.linear("fc2", wide, 2 * WIDTH, WIDTH));
    }

    private GeneratedFile decoder(String name) {
        String ids = g.input("input_ids", INT64, Fill.below(WORDS), BATCH, LENGTH);
        String memory = g.input("encoder_hidden_states", FLOAT, Fill.normal(), BATCH, FRAMES, WIDTH);
        String triangle = g.in("decoder", () -> DecoderMask.triangle(g, ids));
        String x = g.in("decoder", () -> {
            String table = g.in("embed_positions", () -> g.parameter("weight", 0, 0.5f, POSITIONS, WIDTH));
            String places = g.slice(table, 0, 0, g.unsqueeze(g.dim(ids, 1), 0));
            return g.add(g.embedding("embed_tokens", ids, WORDS, WIDTH), places);
        });
        for (int l = 0; l < LAYERS; l++) {
            String entry = x;
            int layer = l;
            x = g.in("decoder/layers." + l, () -> {
                String normal = g.layerNorm("self_attn_layer_norm", entry, WIDTH);
                String first = g.add(entry, g.in("self_attn", () -> {
                    String k = flat.heads(flat.keys(normal));
                    String v = flat.heads(g.linear("v_proj", normal, WIDTH, WIDTH));
                    g.output(k, "present." + layer + ".decoder.key", FLOAT, BATCH, HEADS, LENGTH, HEAD);
                    g.output(v, "present." + layer + ".decoder.value", FLOAT, BATCH, HEADS, LENGTH, HEAD);
                    return flat.attend(normal, scaled(normal), k, v, triangle);
                }));
                String second = g.layerNorm("encoder_attn_layer_norm", first, WIDTH);
                String crossed = g.add(first, g.in("encoder_attn", () -> flat.write(second, memory, null)));
                return feed(crossed, "final_layer_norm");
            });
        }
        logits(g.layerNorm("decoder/layer_norm", x, WIDTH), LENGTH);
        return GeneratedFile.of(name, g, 2 * LAYERS);
    }

    private String scaled(String x) {
        return g.mul(g.linear("q_proj", x, WIDTH, WIDTH), g.constant((float) Math.pow(HEAD, -0.5)));
    }

    private void logits(String x, String length) {
        g.output(g.linearWithoutBias("proj_out", x, WIDTH, WORDS), "logits", FLOAT, BATCH, length, WORDS);
    }

    /** One token a step, all earlier ones seen, so that there is no mask; the encoder's keys are given. */
    private GeneratedFile continued(String name) {
        String ids = g.input("input_ids", INT64, Fill.below(WORDS), BATCH, 1);
        String[][] past = new String[LAYERS][4];
        String[] kinds = {"decoder.key", "decoder.value", "encoder.key", "encoder.value"};
        for (int l = 0; l < LAYERS; l++) {
            for (int i = 0; i < 4; i++) {
                Object length = i < 2 ? PAST : FRAMES;
                past[l][i] = g.input(
                        "past_key_values." + l + "." + kinds[i], FLOAT, Fill.normal(), BATCH, HEADS, length, HEAD);
            }
        }
        String x = g.in("decoder", () -> {
            String before = g.dim(past[0][0], 2);
            String table = g.in("embed_positions", () -> g.parameter("weight", 0, 0.5f, POSITIONS, WIDTH));
            String end = g.add(before, g.dim(ids, 1));
            String places = g.slice(table, 0, g.unsqueeze(before, 0), g.unsqueeze(end, 0));
            return g.add(g.embedding("embed_tokens", ids, WORDS, WIDTH), places);
        });
        for (int l = 0; l < LAYERS; l++) {
            String entry = x;
            int layer = l;
            x = g.in("decoder/layers." + l, () -> {
                String normal = g.layerNorm("self_attn_layer_norm", entry, WIDTH);
                String first = g.add(entry, g.in("self_attn", () -> {
                    String k = g.concat(2, past[layer][0], flat.heads(flat.keys(normal)));
                    String v = g.concat(2, past[layer][1], flat.heads(g.linear("v_proj", normal, WIDTH, WIDTH)));
                    g.output(k, "present." + layer + ".decoder.key", FLOAT, BATCH, HEADS, PAST + " + 1", HEAD);
                    g.output(v, "present." + layer + ".decoder.value", FLOAT, BATCH, HEADS, PAST + " + 1", HEAD);
                    return flat.attend(normal, scaled(normal), k, v, null);
                }));
                String second = g.layerNorm("encoder_attn_layer_norm", first, WIDTH);
                String crossed = g.add(
                        first,
                        g.in(
                                "encoder_attn",
                                () -> flat.attend(second, scaled(second), past[layer][2], past[layer][3], null)));
                return feed(crossed, "final_layer_norm");
            });
        }
        g.output(
                g.linearWithoutBias("proj_out", g.layerNorm("decoder/layer_norm", x, WIDTH), WIDTH, WORDS),
                "logits",
                FLOAT,
                BATCH,
                1,
                WORDS);
        return GeneratedFile.of(name, g, 2 * LAYERS);
    }

    /** Both halves in one file, norms behind the sums, padding in the encoder and in the cross attention. */
    private GeneratedFile bart(String name) {
        String ids = g.input("input_ids", INT64, Fill.below(WORDS), BATCH, "encoder_sequence_length");
        String mask = g.input("attention_mask", INT64, Fill.padding(), BATCH, "encoder_sequence_length");
        String decoded = g.input("decoder_input_ids", INT64, Fill.below(WORDS), BATCH, LENGTH);
        String memory = embedded("model/encoder", ids);
        for (int l = 0; l < LAYERS; l++) {
            String entry = memory;
            memory = g.in("model/encoder/layers." + l, () -> {
                String n = g.dim(ids, 1);
                String wide = g.expand(g.unsqueeze(g.unsqueeze(mask, 1), 2), g.dim(ids, 0), 1, n, n);
                String added = g.mul(g.op("Sub", g.constant(1f), g.cast(wide, FLOAT)), g.constant(-Float.MAX_VALUE));
                String context = g.in("self_attn", () -> flat.write(entry, entry, added));
                return behind(g.layerNorm("self_attn_layer_norm", g.add(entry, context), WIDTH));
            });
        }
        String encoded = memory;
        String triangle = g.in("model/decoder", () -> DecoderMask.triangle(g, decoded));
        String padding = g.in("model/decoder", () -> g.paddingMask(mask, -Float.MAX_VALUE));
        String x = embedded("model/decoder", decoded);
        for (int l = 0; l < LAYERS; l++) {
            String entry = x;
            x = g.in("model/decoder/layers." + l, () -> {
                String context = g.in("self_attn", () -> flat.write(entry, entry, triangle));
                String first = g.layerNorm("self_attn_layer_norm", g.add(entry, context), WIDTH);
                String crossed = g.in("encoder_attn", () -> flat.write(first, encoded, padding));
                return behind(g.layerNorm("encoder_attn_layer_norm", g.add(first, crossed), WIDTH));
            });
        }
        logits(x, LENGTH);
        return GeneratedFile.of(name, g, 3 * LAYERS);
    }

    private String embedded(String scope, String ids) {
        return g.in(scope, () -> {
            String places = g.op("Range", g.scalar(2), g.add(g.dim(ids, 1), g.scalar(2)), g.scalar(1));
            String words = g.embedding("embed_tokens", ids, WORDS, WIDTH);
            String sum = g.add(words, g.embedding("embed_positions", places, POSITIONS + 2, WIDTH));
            return g.layerNorm("layernorm_embedding", sum, WIDTH);
        });
    }

    private String behind(String x) {
        String wide = g.in("activation_fn", () -> g.gelu(g.linear("fc1", x, WIDTH, 2 * WIDTH)));
        return g.layerNorm("final_layer_norm", g.add(x, g.linear("fc2", wide, 2 * WIDTH, WIDTH)), WIDTH);
    }
}
