package heddle.tests.onnx.file;

import static heddle.tests.onnx.file.GraphWriter.FLOAT;
import static heddle.tests.onnx.file.GraphWriter.INT64;
import static heddle.tests.onnx.file.GraphWriter.attr;
import static heddle.tests.onnx.file.GraphWriter.tensor;

import ai.onnx.proto.OnnxMl.TensorProto;
import heddle.tests.onnx.file.ModelWriter.Scale;
import java.util.List;

/** Llama and its relatives: rotary positions, keys and values that several heads share, RMS norm, a gated product. */
final class LlamaFiles {
    private static final int LAYERS = 2;
    private static final int WIDTH = 32;
    private static final int HEADS = 4;
    private static final int HEAD = 8;
    private static final int WORDS = 97;
    private static final float LOWEST = -Float.MAX_VALUE;
    private static final String BATCH = "batch_size";
    private static final String LENGTH = "sequence_length";
    private static final String PAST = "past_sequence_length";
    private static final String TOTAL = PAST + " + " + LENGTH;

    private final ModelWriter g;
    private final int shared;
    private Scale scale = Scale.DIVIDE;
    private boolean biased;
    private boolean normalised;
    private int window;
    private String positions;
    private String[] angles;

    private LlamaFiles(Exporter exporter, int opset, long seed, int shared) {
        this.g = new ModelWriter(exporter, opset, seed);
        this.shared = shared;
    }

    static List<GeneratedFile> all() {
        return List.of(
                new LlamaFiles(Exporter.TORCH_SCOPED, 14, 701, HEADS).continued("llama-past-torch-2.0-opset-14"),
                new LlamaFiles(Exporter.TORCH_SCOPED, 17, 702, 2).atOnce("llama-gqa-past-torch-2.3-opset-17"),
                new LlamaFiles(Exporter.TORCH_SCOPED, 14, 703, 2).windowed("mistral-past-torch-2.1-opset-14"),
                new LlamaFiles(Exporter.TORCH_DYNAMO, 18, 704, 2).qwen("qwen2-gqa-dynamo-torch-2.6-opset-18"),
                new LlamaFiles(Exporter.TORCH_SCOPED, 17, 705, 1).normalised("qwen3-mqa-torch-2.4-opset-17"));
    }

    private GeneratedFile atOnce(String name) {
        scale = Scale.BOTH;
        return continued(name);
    }

    private GeneratedFile windowed(String name) {
        window = 6;
        return continued(name);
    }

    private GeneratedFile qwen(String name) {
        scale = Scale.MULTIPLY;
        biased = true;
        return continued(name);
    }

    private GeneratedFile normalised(String name) {
        scale = Scale.MULTIPLY;
        normalised = true;
        return continued(name);
    }

    private GeneratedFile continued(String name) {
        String ids = g.input("input_ids", INT64, Fill.below(WORDS), BATCH, LENGTH);
        String padding = g.input("attention_mask", INT64, Fill.padding(), BATCH, TOTAL);
        positions = g.input("position_ids", INT64, Fill.below(60), BATCH, LENGTH);
        String[] keys = new String[LAYERS];
        String[] values = new String[LAYERS];
        for (int l = 0; l < LAYERS; l++) {
            keys[l] = g.input("past_key_values." + l + ".key", FLOAT, Fill.normal(), BATCH, shared, PAST, HEAD);
            values[l] = g.input("past_key_values." + l + ".value", FLOAT, Fill.normal(), BATCH, shared, PAST, HEAD);
        }
        String x = g.embedding("model/embed_tokens", ids, WORDS, WIDTH);
        String mask = g.in("model", () -> mask(ids, keys[0], padding));
        angles = g.in("model/rotary_emb", () -> Rotary.angles(g, positions, HEAD));
        for (int l = 0; l < LAYERS; l++) {
            String entry = x;
            int layer = l;
            x = g.in("model/layers." + l, () -> {
                String normal = g.rmsNorm("input_layernorm", entry, WIDTH);
                String context = g.in("self_attn", () -> attention(normal, keys[layer], values[layer], mask, layer));
                String first = g.add(entry, context);
                String second = g.rmsNorm("post_attention_layernorm", first, WIDTH);
                return g.add(first, g.in("mlp", () -> {
                    String gate = g.linearWithoutBias("gate_proj", second, WIDTH, 2 * WIDTH);
                    String both = g.mul(
                            g.in("act_fn", () -> g.silu(gate)),
                            g.linearWithoutBias("up_proj", second, WIDTH, 2 * WIDTH));
                    return g.linearWithoutBias("down_proj", both, 2 * WIDTH, WIDTH);
                }));
            });
        }
        String last = g.rmsNorm("model/norm", x, WIDTH);
        g.output(g.linearWithoutBias("lm_head", last, WIDTH, WORDS), "logits", FLOAT, BATCH, LENGTH, WORDS);
        return GeneratedFile.of(name, g, LAYERS);
    }

    private String projected(String module, String x, int heads) {
        String flat =
                biased ? g.linear(module, x, WIDTH, heads * HEAD) : g.linearWithoutBias(module, x, WIDTH, heads * HEAD);
        if (!normalised) {
            return g.heads(flat, heads, HEAD);
        }
        String apart = g.reshape(flat, g.dim(flat, 0), g.dim(flat, 1), heads, HEAD);
        return g.transpose(g.rmsNorm(module.charAt(0) + "_norm", apart, HEAD), 0, 2, 1, 3);
    }

    private String attention(String x, String pastKeys, String pastValues, String mask, int layer) {
        String q = Rotary.turned(g, projected("q_proj", x, HEADS), angles, HEAD);
        String k = g.concat(-2, pastKeys, Rotary.turned(g, projected("k_proj", x, shared), angles, HEAD));
        String flat = biased
                ? g.linear("v_proj", x, WIDTH, shared * HEAD)
                : g.linearWithoutBias("v_proj", x, WIDTH, shared * HEAD);
        String v = g.concat(-2, pastValues, g.heads(flat, shared, HEAD));
        g.output(k, "present." + layer + ".key", FLOAT, BATCH, shared, TOTAL, HEAD);
        g.output(v, "present." + layer + ".value", FLOAT, BATCH, shared, TOTAL, HEAD);
        String context = g.attend(q, repeated(k), repeated(v), HEAD, scale, mask);
        return g.linearWithoutBias("o_proj", g.merge(context, WIDTH), WIDTH, WIDTH);
    }

    /** Each of the shared heads as often as queries read it. */
    private String repeated(String x) {
        if (shared == HEADS) {
            return x;
        }
        int times = HEADS / shared;
        String wide = g.expand(g.unsqueeze(x, 2), g.dim(x, 0), shared, times, g.dim(x, 2), HEAD);
        return g.reshape(wide, g.dim(x, 0), HEADS, g.dim(x, 2), HEAD);
    }

    private String mask(String ids, String past, String padding) {
        return g.opset < 17 ? joined(ids, past, padding) : compared(ids, past, padding);
    }

    /** A triangle, zeros before it for earlier keys, and what the padding fills. */
    private String joined(String ids, String past, String padding) {
        String n = g.dim(ids, 1);
        String before = g.dim(past, 2);
        TensorProto low = tensor(new float[] {LOWEST}, 1);
        String filled = g.op("ConstantOfShape", g.lengths(n, n), attr("value", low));
        String row = g.op("Range", g.scalar(0), n, g.scalar(1));
        String column = g.reshape(g.add(row, g.scalar(1)), n, 1);
        String triangle = g.op("Where", g.op("Less", row, column), g.constant(0f), filled);
        String zeros = g.op("ConstantOfShape", g.lengths(n, before), attr("value", tensor(new float[] {0}, 1)));
        String all = g.concat(-1, zeros, triangle);
        if (window > 0) {
            String distance = g.op(
                    "Sub",
                    g.reshape(g.add(row, before), n, 1),
                    g.op("Range", g.scalar(0), g.add(n, before), g.scalar(1)));
            all = g.op("Where", g.op("GreaterOrEqual", distance, g.scalar(window)), g.constant(LOWEST), all);
        }
        String four = g.unsqueeze(g.unsqueeze(all, 0), 1);
        String total = g.add(n, before);
        String causal = g.expand(four, g.dim(ids, 0), 1, n, total);
        String wide = g.cast(g.expand(g.unsqueeze(g.unsqueeze(padding, 1), 2), g.dim(ids, 0), 1, n, total), FLOAT);
        String turned = g.op("Sub", g.constant(1f), wide);
        String masked = g.op("Where", g.cast(turned, GraphWriter.BOOL), g.constant(LOWEST), turned);
        return g.op("Max", g.add(masked, causal), g.constant(LOWEST));
    }

    /** Filled, its triangle taken, and multiplied by whether the key lies behind the query; then padding. */
    private String compared(String ids, String past, String padding) {
        String n = g.dim(ids, 1);
        String before = g.dim(past, 2);
        String total = g.add(n, before);
        String filled = g.op("ConstantOfShape", g.lengths(n, total), attr("value", tensor(new float[] {LOWEST}, 1)));
        String triangle = g.op("Trilu", filled, g.scalar(1), attr("upper", 1));
        String keys = g.op("Range", g.scalar(0), total, g.scalar(1));
        String queries = g.op("Reshape", g.op("Range", before, total, g.scalar(1)), g.list(-1, 1));
        String behind = g.cast(g.op("Greater", keys, queries), FLOAT);
        String four = g.unsqueeze(g.unsqueeze(g.mul(triangle, behind), 0), 1);
        String causal = g.expand(four, g.dim(ids, 0), 1, n, total);
        String both = g.add(causal, g.cast(g.unsqueeze(g.unsqueeze(padding, 1), 2), FLOAT));
        String padded = g.op("Equal", both, g.constant(0f));
        return g.op("Where", padded, g.constant(LOWEST), causal);
    }
}
