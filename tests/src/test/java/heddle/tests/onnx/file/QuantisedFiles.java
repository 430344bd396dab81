package heddle.tests.onnx.file;

import static heddle.tests.onnx.file.GraphWriter.FLOAT;
import static heddle.tests.onnx.file.GraphWriter.INT64;
import static heddle.tests.onnx.file.GraphWriter.INT8;
import static heddle.tests.onnx.file.GraphWriter.UINT8;
import static heddle.tests.onnx.file.GraphWriter.attr;
import static heddle.tests.onnx.file.GraphWriter.tensor;

import ai.onnx.proto.OnnxMl.TensorProto;
import heddle.tests.onnx.file.ModelWriter.Scale;
import java.util.List;

/** BERT with linear layers in whole numbers, as ONNX Runtime's quantisers write them. */
final class QuantisedFiles {
    /** A linear layer without its bias. */
    private enum Product {
        DYNAMIC,
        DYNAMIC_BY_COLUMN,
        BOTH_DEQUANTISED,
        WEIGHT_DEQUANTISED,
        WHOLE,
        FOUR_BITS
    }

    private static final int LAYERS = 2;
    private static final int WIDTH = 32;
    private static final int HEADS = 4;
    private static final int HEAD = 8;
    private static final int WORDS = 97;

    /**
     * Heddle leaves activations in floats where ONNX Runtime rounds them to one of 256 numbers before each product: what that
     * rounding moves the results by, with a range for each tensor, and with one range for all.
     */
    private static final double OWN_RANGE = 0.04;

    private static final double ONE_RANGE = 0.08;

    private final ModelWriter g = new ModelWriter(Exporter.ONNX_RUNTIME, 21, 1001);
    private final Product product;

    private QuantisedFiles(Product product) {
        this.product = product;
    }

    static List<GeneratedFile> all() {
        return List.of(
                new QuantisedFiles(Product.DYNAMIC).file("bert-int8-dynamic").rounded(OWN_RANGE),
                new QuantisedFiles(Product.DYNAMIC_BY_COLUMN)
                        .file("bert-int8-dynamic-per-channel")
                        .rounded(OWN_RANGE),
                new QuantisedFiles(Product.BOTH_DEQUANTISED)
                        .file("bert-int8-qdq")
                        .rounded(ONE_RANGE),
                new QuantisedFiles(Product.WEIGHT_DEQUANTISED)
                        .file("bert-int8-weights")
                        .rounded(GeneratedFile.CLOSE),
                new QuantisedFiles(Product.WHOLE).file("bert-int8-qlinear").rounded(GeneratedFile.CLOSE),
                new QuantisedFiles(Product.FOUR_BITS).file("bert-int4-weights").rounded(GeneratedFile.CLOSE));
    }

    private GeneratedFile file(String name) {
        String ids = g.input("input_ids", INT64, Fill.below(WORDS), "batch_size", "sequence_length");
        String given = g.input("attention_mask", INT64, Fill.padding(), "batch_size", "sequence_length");
        String mask = g.paddingMask(given, -10000f);
        String x = g.layerNorm(
                "embeddings/LayerNorm", g.embedding("embeddings/word_embeddings", ids, WORDS, WIDTH), WIDTH);
        for (int l = 0; l < LAYERS; l++) {
            String entry = x;
            x = g.in("encoder/layer." + l, () -> {
                String q = g.heads(linear("attention/self/query", entry, WIDTH, WIDTH), HEADS, HEAD);
                String k = g.heads(linear("attention/self/key", entry, WIDTH, WIDTH), HEADS, HEAD);
                String v = g.heads(linear("attention/self/value", entry, WIDTH, WIDTH), HEADS, HEAD);
                String context = g.merge(g.attend(q, k, v, HEAD, Scale.DIVIDE, mask), WIDTH);
                String first = g.layerNorm(
                        "attention/output/LayerNorm",
                        g.add(linear("attention/output/dense", context, WIDTH, WIDTH), entry),
                        WIDTH);
                String wide = g.gelu(linear("intermediate/dense", first, WIDTH, 2 * WIDTH));
                return g.layerNorm(
                        "output/LayerNorm", g.add(linear("output/dense", wide, 2 * WIDTH, WIDTH), first), WIDTH);
            });
        }
        g.output(x, "last_hidden_state", FLOAT, "batch_size", "sequence_length", WIDTH);
        return GeneratedFile.of(name, g, LAYERS);
    }

    private String linear(String module, String x, int in, int out) {
        return g.in(module, () -> {
            String result = switch (product) {
                case DYNAMIC -> dynamic(x, UINT8, in, out);
                case DYNAMIC_BY_COLUMN -> dynamic(x, INT8, in, out);
                case BOTH_DEQUANTISED -> {
                    String scale = g.constant(0.04f);
                    String zero = g.constant(tensor(UINT8, new int[] {128}));
                    String whole = g.op("QuantizeLinear", x, scale, zero);
                    yield g.matmul(g.op("DequantizeLinear", whole, scale, zero), columns(in, out));
                }
                case WEIGHT_DEQUANTISED -> g.matmul(x, columns(in, out));
                case WHOLE -> whole(x, in, out);
                case FOUR_BITS -> fourBits(x, in, out);
            };
            return g.add(result, g.parameter("bias", 0, 0.1f, out));
        });
    }

    private int[] draw(int count, int bound) {
        float[] values = g.drawn(0, bound / 3f, count);
        int[] result = new int[count];
        for (int i = 0; i < count; i++) {
            result[i] = Math.clamp(Math.round(values[i]), -bound, bound);
        }
        return result;
    }

    private static float scale(int in, int bound) {
        return (float) (3 / (bound * Math.sqrt(in)));
    }

    /** A scale for each column. */
    private TensorProto scales(int in, int out) {
        float[] scales = new float[out];
        for (int i = 0; i < out; i++) {
            scales[i] = scale(in, 127) * (1 + i % 4 / 8f);
        }
        return tensor(scales, out);
    }

    private String columns(int in, int out) {
        String weight = g.buffer("weight_quantized", tensor(INT8, draw(in * out, 127), in, out));
        String zeros = g.buffer("weight_zero_point", tensor(INT8, new int[out], out));
        return g.op("DequantizeLinear", weight, g.buffer("weight_scale", scales(in, out)), zeros, attr("axis", 1));
    }

    private String dynamic(String x, int type, int in, int out) {
        List<String> quantised = g.ops(3, "DynamicQuantizeLinear", x);
        int[] drawn = draw(in * out, 127);
        String zero;
        String scale;
        if (type == UINT8) {
            for (int i = 0; i < drawn.length; i++) {
                drawn[i] += 128;
            }
            zero = g.buffer("weight_zero_point", tensor(UINT8, new int[] {131}));
            scale = g.buffer("weight_scale", tensor(new float[] {scale(in, 127)}));
        } else {
            zero = g.buffer("weight_zero_point", tensor(INT8, new int[out], out));
            scale = g.buffer("weight_scale", scales(in, out));
        }
        String weight = g.buffer("weight_quantized", tensor(type, drawn, in, out));
        String sums = g.op("MatMulInteger", quantised.get(0), weight, quantised.get(2), zero);
        return g.mul(g.cast(sums, FLOAT), g.mul(quantised.get(1), scale));
    }

    private String whole(String x, int in, int out) {
        String scale = g.constant(0.04f);
        String zero = g.constant(tensor(UINT8, new int[] {128}));
        String weight = g.buffer("weight_quantized", tensor(INT8, draw(in * out, 127), in, out));
        String result = g.op(
                "QLinearMatMul",
                g.op("QuantizeLinear", x, scale, zero),
                scale,
                zero,
                weight,
                g.buffer("weight_scale", tensor(new float[] {scale(in, 127)})),
                g.buffer("weight_zero_point", tensor(INT8, new int[] {0})),
                scale,
                zero);
        return g.op("DequantizeLinear", result, scale, zero);
    }

    /** Two numbers a byte, a scale for each 16 of a column. */
    private String fourBits(String x, int in, int out) {
        int blocks = in / 16;
        int[] bytes = new int[out * blocks * 8];
        int[] low = draw(bytes.length, 7);
        int[] high = draw(bytes.length, 7);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = low[i] + 8 | high[i] + 8 << 4;
        }
        float[] scales = new float[out * blocks];
        for (int i = 0; i < scales.length; i++) {
            scales[i] = scale(in, 7) * (1 + i % 4 / 8f);
        }
        return g.op(
                "com.microsoft.MatMulNBits",
                x,
                g.buffer("weight_Q4", tensor(UINT8, bytes, out, blocks, 8)),
                g.buffer("weight_scales", tensor(scales, (long) out * blocks)),
                attr("K", in),
                attr("N", out),
                attr("bits", 4),
                attr("block_size", 16));
    }
}
