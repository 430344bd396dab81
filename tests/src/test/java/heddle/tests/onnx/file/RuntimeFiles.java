package heddle.tests.onnx.file;

import static heddle.tests.onnx.file.GraphWriter.FLOAT;
import static heddle.tests.onnx.file.GraphWriter.INT32;
import static heddle.tests.onnx.file.GraphWriter.INT64;
import static heddle.tests.onnx.file.GraphWriter.attr;
import static heddle.tests.onnx.file.GraphWriter.tensor;

import java.util.List;

/** Files that ONNX Runtime's tools have optimised: its own operators stand for attention and for what is around it. */
final class RuntimeFiles {
    private static final int LAYERS = 2;
    private static final int WIDTH = 32;
    private static final int HEADS = 4;
    private static final int HEAD = 8;
    private static final int WORDS = 97;
    private static final int POSITIONS = 64;
    private static final String MICROSOFT = "com.microsoft.";
    private static final String BATCH = "batch_size";
    private static final String LENGTH = "sequence_length";
    private static final String PAST = "past_sequence_length";

    private final ModelWriter g;

    private RuntimeFiles(int opset, long seed) {
        this.g = new ModelWriter(Exporter.ONNX_RUNTIME, opset, seed);
    }

    static List<GeneratedFile> all() {
        return List.of(
                new RuntimeFiles(14, 901).bert("bert-ort-attention-lengths", true),
                new RuntimeFiles(14, 902).bert("bert-ort-attention-mask", false),
                new RuntimeFiles(14, 903).gpt("gpt2-ort-attention-past"),
                new RuntimeFiles(14, 904).multiHead("bert-ort-multi-head-attention"),
                new RuntimeFiles(14, 905).crossed("whisper-ort-decoder-multi-head-attention"),
                new RuntimeFiles(17, 906).grouped("llama-ort-group-query-attention-prompt", false),
                new RuntimeFiles(17, 907).grouped("llama-ort-group-query-attention-step", true));
    }

    private String matrix(int in, int out) {
        return g.matrix(in, out);
    }

    private String gain(int width) {
        return g.parameter("weight", 1, 0.1f, width);
    }

    private String bias(int width) {
        return g.parameter("bias", 0, 0.1f, width);
    }

    private List<String> embedded(String ids, String kinds, String mask) {
        return g.in("embeddings", () -> {
            String words = g.parameter("word_embeddings.weight", 0, 0.5f, WORDS, WIDTH);
            String places = g.parameter("position_embeddings.weight", 0, 0.5f, POSITIONS, WIDTH);
            String types = g.parameter("token_type_embeddings.weight", 0, 0.5f, 2, WIDTH);
            return g.in(
                    "LayerNorm",
                    () -> g.ops(
                            2,
                            MICROSOFT + "EmbedLayerNormalization",
                            ids,
                            kinds,
                            words,
                            places,
                            types,
                            gain(WIDTH),
                            bias(WIDTH),
                            mask,
                            attr("epsilon", 1e-12f)));
        });
    }

    private String skipped(String module, String x, String skip) {
        return g.in(
                module,
                () -> g.op(
                        MICROSOFT + "SkipLayerNormalization",
                        x,
                        skip,
                        gain(WIDTH),
                        bias(WIDTH),
                        attr("epsilon", 1e-12f)));
    }

    private String behind(String context, String x) {
        String first =
                skipped("attention/output/LayerNorm", g.linear("attention/output/dense", context, WIDTH, WIDTH), x);
        String wide = g.in("intermediate/dense", () -> {
            String product = g.matmul(first, matrix(WIDTH, 2 * WIDTH));
            return g.op(MICROSOFT + "BiasGelu", product, bias(2 * WIDTH));
        });
        return skipped("output/LayerNorm", g.linear("output/dense", wide, 2 * WIDTH, WIDTH), first);
    }

    private void hidden(String x) {
        g.output(x, "last_hidden_state", FLOAT, BATCH, LENGTH, WIDTH);
    }

    /** @param lengths the mask is a count of tokens for each text; else ones and zeros */
    private GeneratedFile bert(String name, boolean lengths) {
        String ids = g.input("input_ids", INT32, Fill.intsBelow(WORDS), BATCH, LENGTH);
        String mask = g.input("attention_mask", INT32, Fill.intPadding(), BATCH, LENGTH);
        String kinds = g.input("token_type_ids", INT32, Fill.intsBelow(2), BATCH, LENGTH);
        List<String> start = embedded(ids, kinds, mask);
        String x = start.get(0);
        for (int l = 0; l < LAYERS; l++) {
            String entry = x;
            x = g.in("encoder/layer." + l, () -> {
                String context = g.in(
                        "attention/self",
                        () -> g.op(
                                MICROSOFT + "Attention",
                                entry,
                                g.parameter("qkv.weight", 0, 0.18f, WIDTH, 3 * WIDTH),
                                g.parameter("qkv.bias", 0, 0.1f, 3 * WIDTH),
                                lengths ? start.get(1) : mask,
                                attr("num_heads", HEADS)));
                return behind(context, entry);
            });
        }
        hidden(x);
        return GeneratedFile.of(name, g, LAYERS);
    }

    private GeneratedFile gpt(String name) {
        String ids = g.input("input_ids", INT32, Fill.intsBelow(WORDS), BATCH, LENGTH);
        String places = g.input("position_ids", INT32, Fill.intsBelow(POSITIONS), BATCH, LENGTH);
        String x = g.add(g.embedding("wte", ids, WORDS, WIDTH), g.embedding("wpe", places, POSITIONS, WIDTH));
        for (int l = 0; l < LAYERS; l++) {
            String entry = x;
            String past = g.input("past_" + l, FLOAT, Fill.normal(), 2, BATCH, HEADS, PAST, HEAD);
            int layer = l;
            x = g.in("h." + l, () -> {
                String normal = g.layerNorm("ln_1", entry, WIDTH);
                List<String> attended = g.in(
                        "attn",
                        () -> g.ops(
                                2,
                                MICROSOFT + "Attention",
                                normal,
                                g.parameter("c_attn.weight", 0, 0.18f, WIDTH, 3 * WIDTH),
                                g.parameter("c_attn.bias", 0, 0.1f, 3 * WIDTH),
                                "",
                                past,
                                attr("num_heads", HEADS),
                                attr("unidirectional", 1)));
                g.output(attended.get(1), "present_" + layer, FLOAT, 2, BATCH, HEADS, PAST + " + " + LENGTH, HEAD);
                String first = g.add(g.linear("attn/c_proj", attended.get(0), WIDTH, WIDTH), entry);
                String wide = g.in("mlp/c_fc", () -> {
                    String product = g.matmul(g.layerNorm("ln_2", first, WIDTH), matrix(WIDTH, 2 * WIDTH));
                    return g.op(MICROSOFT + "FastGelu", product, bias(2 * WIDTH));
                });
                return g.add(first, g.linear("mlp/c_proj", wide, 2 * WIDTH, WIDTH));
            });
        }
        hidden(g.layerNorm("ln_f", x, WIDTH));
        return GeneratedFile.of(name, g, LAYERS);
    }

    /** Queries, keys and values apart, one bias for all, a mask of keys, and a bias of the scores. */
    private GeneratedFile multiHead(String name) {
        String ids = g.input("input_ids", INT32, Fill.intsBelow(WORDS), BATCH, LENGTH);
        String mask = g.input("attention_mask", INT32, Fill.intPadding(), BATCH, LENGTH);
        String kinds = g.input("token_type_ids", INT32, Fill.intsBelow(2), BATCH, LENGTH);
        String scores = g.input("relative_position_bias", FLOAT, Fill.normal(), 1, HEADS, LENGTH, LENGTH);
        String x = embedded(ids, kinds, mask).get(0);
        for (int l = 0; l < LAYERS; l++) {
            String entry = x;
            x = g.in("encoder/layer." + l, () -> {
                String context = g.in(
                        "attention/self",
                        () -> g.op(
                                MICROSOFT + "MultiHeadAttention",
                                g.matmul(entry, matrix(WIDTH, WIDTH)),
                                g.matmul(entry, matrix(WIDTH, WIDTH)),
                                g.matmul(entry, matrix(WIDTH, WIDTH)),
                                g.parameter("qkv.bias", 0, 0.1f, 3 * WIDTH),
                                mask,
                                scores,
                                attr("num_heads", HEADS)));
                return behind(context, entry);
            });
        }
        hidden(x);
        return GeneratedFile.of(name, g, LAYERS);
    }

    /** A decoder's attention with present keys and values, then one on the encoder's, which are given by heads. */
    private GeneratedFile crossed(String name) {
        String x = g.input("hidden_states", FLOAT, Fill.normal(), BATCH, LENGTH, WIDTH);
        for (int l = 0; l < LAYERS; l++) {
            String entry = x;
            int layer = l;
            String keys = g.input("past_key_cross_" + l, FLOAT, Fill.normal(), BATCH, HEADS, 24, HEAD);
            String values = g.input("past_value_cross_" + l, FLOAT, Fill.normal(), BATCH, HEADS, 24, HEAD);
            String pastKeys = g.input("past_key_self_" + l, FLOAT, Fill.normal(), BATCH, HEADS, PAST, HEAD);
            String pastValues = g.input("past_value_self_" + l, FLOAT, Fill.normal(), BATCH, HEADS, PAST, HEAD);
            x = g.in("decoder/layers." + l, () -> {
                String normal = g.layerNorm("self_attn_layer_norm", entry, WIDTH);
                List<String> self = g.in(
                        "self_attn",
                        () -> g.ops(
                                3,
                                MICROSOFT + "MultiHeadAttention",
                                g.matmul(normal, matrix(WIDTH, WIDTH)),
                                g.matmul(normal, matrix(WIDTH, WIDTH)),
                                g.matmul(normal, matrix(WIDTH, WIDTH)),
                                g.parameter("qkv.bias", 0, 0.1f, 3 * WIDTH),
                                "",
                                "",
                                pastKeys,
                                pastValues,
                                attr("num_heads", HEADS)));
                String total = PAST + " + " + LENGTH;
                g.output(self.get(1), "present_key_self_" + layer, FLOAT, BATCH, HEADS, total, HEAD);
                g.output(self.get(2), "present_value_self_" + layer, FLOAT, BATCH, HEADS, total, HEAD);
                String first = g.add(entry, g.linear("self_attn/out_proj", self.get(0), WIDTH, WIDTH));
                String second = g.layerNorm("encoder_attn_layer_norm", first, WIDTH);
                String context = g.in(
                        "encoder_attn",
                        () -> g.op(
                                MICROSOFT + "MultiHeadAttention",
                                g.linear("q_proj", second, WIDTH, WIDTH),
                                keys,
                                values,
                                attr("num_heads", HEADS)));
                return g.add(first, g.linear("encoder_attn/out_proj", context, WIDTH, WIDTH));
            });
        }
        hidden(g.layerNorm("decoder/layer_norm", x, WIDTH));
        return GeneratedFile.of(name, g, 2 * LAYERS);
    }

    /** Keys and values that heads share, rotary positions inside of the operator, and RMS norms with the sum before them. */
    private GeneratedFile grouped(String name, boolean step) {
        int heads = 2;
        int head = WIDTH / heads;
        Object length = step ? 1 : LENGTH;
        String total = step ? PAST + " + 1" : LENGTH;
        String ids = g.input("input_ids", INT64, Fill.below(WORDS), BATCH, length);
        String mask = g.input("attention_mask", INT64, Fill.ones(), BATCH, total);
        String sum = g.reduce("ReduceSum", mask, false, 1);
        String lengths = g.cast(g.op("Sub", sum, g.list(1L)), INT32);
        String all = g.cast(g.gather(g.op("Shape", mask), g.scalar(1), 0), INT32);
        float[] cos = new float[POSITIONS * head / 2];
        float[] sin = new float[cos.length];
        for (int i = 0; i < cos.length; i++) {
            double angle = i / (head / 2) * Math.pow(10000, -2.0 * (i % (head / 2)) / head);
            cos[i] = (float) Math.cos(angle);
            sin[i] = (float) Math.sin(angle);
        }
        String cosines = g.buffer("cos_cache", tensor(cos, POSITIONS, head / 2));
        String sines = g.buffer("sin_cache", tensor(sin, POSITIONS, head / 2));
        String x = g.embedding("model/embed_tokens", ids, WORDS, WIDTH);
        String normal = g.in("model/layers.0/input_layernorm", () -> root(x));
        String sumSoFar = x;
        for (int l = 0; l < LAYERS; l++) {
            String keys =
                    step ? g.input("past_key_values." + l + ".key", FLOAT, Fill.normal(), BATCH, 1, PAST, head) : "";
            String values =
                    step ? g.input("past_key_values." + l + ".value", FLOAT, Fill.normal(), BATCH, 1, PAST, head) : "";
            String entry = normal;
            String before = sumSoFar;
            int layer = l;
            List<String> next = g.in("model/layers." + l, () -> {
                List<String> attended = g.in(
                        "self_attn",
                        () -> g.ops(
                                3,
                                MICROSOFT + "GroupQueryAttention",
                                g.linearWithoutBias("q_proj", entry, WIDTH, WIDTH),
                                g.linearWithoutBias("k_proj", entry, WIDTH, WIDTH / 2),
                                g.linearWithoutBias("v_proj", entry, WIDTH, WIDTH / 2),
                                keys,
                                values,
                                lengths,
                                all,
                                cosines,
                                sines,
                                attr("num_heads", heads),
                                attr("kv_num_heads", 1),
                                attr("do_rotary", 1)));
                g.output(attended.get(1), "present." + layer + ".key", FLOAT, BATCH, 1, total, head);
                g.output(attended.get(2), "present." + layer + ".value", FLOAT, BATCH, 1, total, head);
                String projected = g.linearWithoutBias("self_attn/o_proj", attended.get(0), WIDTH, WIDTH);
                List<String> middle = rooted("post_attention_layernorm", before, projected);
                String gate = g.silu(g.linearWithoutBias("mlp/gate_proj", middle.get(0), WIDTH, 2 * WIDTH));
                String both = g.mul(gate, g.linearWithoutBias("mlp/up_proj", middle.get(0), WIDTH, 2 * WIDTH));
                String down = g.linearWithoutBias("mlp/down_proj", both, 2 * WIDTH, WIDTH);
                return rooted("next_layernorm", middle.get(3), down);
            });
            normal = next.get(0);
            sumSoFar = next.get(3);
        }
        g.output(g.linearWithoutBias("lm_head", normal, WIDTH, WORDS), "logits", FLOAT, BATCH, length, WORDS);
        return GeneratedFile.of(name, g, LAYERS);
    }

    private String root(String x) {
        return g.op("SimplifiedLayerNormalization", x, gain(WIDTH), attr("epsilon", 1e-6f), attr("axis", -1));
    }

    /** The first result is the norm, the fourth the sum. */
    private List<String> rooted(String module, String x, String skip) {
        return g.in(
                module,
                () -> g.ops(
                        4,
                        MICROSOFT + "SkipSimplifiedLayerNormalization",
                        x,
                        skip,
                        gain(WIDTH),
                        attr("epsilon", 1e-6f)));
    }
}
