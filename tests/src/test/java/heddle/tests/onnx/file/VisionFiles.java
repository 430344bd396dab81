package heddle.tests.onnx.file;

import static heddle.tests.onnx.file.GraphWriter.FLOAT;
import static heddle.tests.onnx.file.GraphWriter.INT64;
import static heddle.tests.onnx.file.GraphWriter.attr;
import static heddle.tests.onnx.file.GraphWriter.ints;
import static heddle.tests.onnx.file.GraphWriter.tensor;

import heddle.tests.onnx.file.ModelWriter.Scale;
import java.util.Arrays;
import java.util.List;

/** ViT by three exporters, and both halves of CLIP. */
final class VisionFiles {
    private static final int LAYERS = 2;
    private static final int WIDTH = 32;
    private static final int HEADS = 4;
    private static final int HEAD = 8;
    private static final int WORDS = 97;
    private static final int POSITIONS = 33;
    private static final int SIDE = 4;
    private static final int PATCH = 8;
    private static final int PATCHES = SIDE * SIDE;
    private static final String BATCH = "batch_size";
    private static final String LENGTH = "sequence_length";

    private final ModelWriter g;

    private VisionFiles(Exporter exporter, int opset, long seed) {
        this.g = new ModelWriter(exporter, opset, seed);
    }

    static List<GeneratedFile> all() {
        return List.of(
                new VisionFiles(Exporter.TORCH_SCOPED, 13, 501).classified("vit-torch-1.13-opset-13", Scale.DIVIDE),
                new VisionFiles(Exporter.TORCH_SCOPED, 17, 502).classified("vit-sdpa-torch-2.3-opset-17", Scale.BOTH),
                new VisionFiles(Exporter.TORCH_DYNAMO, 18, 503).classified("vit-dynamo-torch-2.6-opset-18", Scale.BOTH),
                new VisionFiles(Exporter.TF2ONNX, 15, 504).keras("vit-keras-tf2onnx-opset-15"),
                new VisionFiles(Exporter.TORCH_SCOPED, 14, 505).text("clip-text-torch-2.0-opset-14"),
                new VisionFiles(Exporter.TORCH_NUMBERED, 11, 506).text("clip-text-torch-1.7-opset-11"),
                new VisionFiles(Exporter.TORCH_SCOPED, 14, 507).image("clip-vision-torch-2.0-opset-14"),
                new VisionFiles(Exporter.TORCH_SCOPED, 14, 508).both("clip-torch-2.0-opset-14"));
    }

    private String pixels() {
        return g.input("pixel_values", FLOAT, Fill.normal(), BATCH, 3, SIDE * PATCH, SIDE * PATCH);
    }

    private String patches(String module, String pixels, boolean biased) {
        return g.in(module, () -> {
            float deviation = (float) (1 / Math.sqrt(3 * PATCH * PATCH));
            String weight = g.parameter("weight", 0, deviation, WIDTH, 3, PATCH, PATCH);
            Object[] attributes = {
                attr("dilations", ints(1, 1)),
                attr("group", 1),
                attr("kernel_shape", ints(PATCH, PATCH)),
                attr("pads", ints(0, 0, 0, 0)),
                attr("strides", ints(PATCH, PATCH))
            };
            Object[] operands = biased
                    ? new Object[] {pixels, weight, g.parameter("bias", 0, 0.1f, WIDTH)}
                    : new Object[] {pixels, weight};
            Object[] all = Arrays.copyOf(operands, operands.length + attributes.length);
            System.arraycopy(attributes, 0, all, operands.length, attributes.length);
            return g.op("Conv", all);
        });
    }

    /** [batch, width, rows, columns] to [batch, rows · columns, width]. */
    private String flattened(String x) {
        String leading = g.op("Slice", g.op("Shape", x), g.list(0L), g.list(2L), g.list(0L));
        return g.transpose(g.op("Reshape", x, g.concat(0, leading, g.list(-1L))), 0, 2, 1);
    }

    private String withClass(String parameter, String x) {
        String token = g.parameter(parameter, 0, 0.5f, 1, 1, WIDTH);
        boolean traced = g.exporter.constantNodes();
        return g.concat(1, g.expand(token, g.dim(x, 0), traced ? -1 : 1, traced ? -1 : WIDTH), x);
    }

    private GeneratedFile classified(String name, Scale scale) {
        String pixels = pixels();
        String x = g.in("vit/embeddings", () -> {
            String patches = g.in("patch_embeddings", () -> flattened(patches("projection", pixels, true)));
            return g.add(
                    withClass("cls_token", patches),
                    g.parameter("position_embeddings", 0, 0.5f, 1, PATCHES + 1, WIDTH));
        });
        for (int l = 0; l < LAYERS; l++) {
            String entry = x;
            x = g.in("vit/encoder/layer." + l, () -> {
                String normal = g.layerNorm("layernorm_before", entry, WIDTH, 1e-12f);
                String context = g.in("attention/attention", () -> {
                    String k = g.heads(g.linear("key", normal, WIDTH, WIDTH), HEADS, HEAD);
                    String v = g.heads(g.linear("value", normal, WIDTH, WIDTH), HEADS, HEAD);
                    String q = g.heads(g.linear("query", normal, WIDTH, WIDTH), HEADS, HEAD);
                    return g.merge(g.attend(q, k, v, HEAD, scale, null), WIDTH);
                });
                String first = g.add(g.linear("attention/output/dense", context, WIDTH, WIDTH), entry);
                String behind = g.layerNorm("layernorm_after", first, WIDTH, 1e-12f);
                String wide = g.in("intermediate", () -> g.gelu(g.linear("dense", behind, WIDTH, 2 * WIDTH)));
                return g.add(g.linear("output/dense", wide, 2 * WIDTH, WIDTH), first);
            });
        }
        String last = g.layerNorm("vit/layernorm", x, WIDTH, 1e-12f);
        String token = g.gather(last, g.scalar(0), 1);
        String logits = g.in(
                "classifier",
                () -> g.op(
                        "Gemm",
                        token,
                        g.parameter("weight", 0, 0.2f, 10, WIDTH),
                        g.parameter("bias", 0, 0.1f, 10),
                        attr("transB", 1)));
        g.output(logits, "logits", FLOAT, BATCH, 10);
        return GeneratedFile.of(name, g, LAYERS);
    }

    /** Images with channels last, and contractions by letters: heads have axes of their own in the weights. */
    private GeneratedFile keras(String name) {
        String pixels = g.input("pixel_values", FLOAT, Fill.normal(), BATCH, SIDE * PATCH, SIDE * PATCH, 3);
        String x = g.in("vit/embeddings", () -> {
            String map = patches("projection", g.transpose(pixels, 0, 3, 1, 2), true);
            String last = g.transpose(map, 0, 2, 3, 1);
            String rows = g.reshape(last, g.dim(last, 0), PATCHES, WIDTH);
            String token = g.parameter("cls_token", 0, 0.5f, 1, 1, WIDTH);
            String repeated = g.op("Tile", token, g.lengths(g.dim(rows, 0), 1, 1));
            String places = g.parameter("position_embeddings", 0, 0.5f, 1, PATCHES + 1, WIDTH);
            return g.add(g.concat(1, repeated, rows), places);
        });
        for (int l = 0; l < LAYERS; l++) {
            String entry = x;
            x = g.in("vit/encoder/layer." + l, () -> {
                String normal = g.layerNorm("layernorm_before", entry, WIDTH);
                String context = g.in("multi_head_attention", () -> {
                    String q = g.mul(lettered("query", normal), g.constant((float) (1 / Math.sqrt(HEAD))));
                    String k = lettered("key", normal);
                    String v = lettered("value", normal);
                    String scores = g.op("Einsum", k, q, attr("equation", "aecd,abcd->acbe"));
                    return g.op("Einsum", g.softmax(scores, -1), v, attr("equation", "acbe,aecd->abcd"));
                });
                String joined = g.in(
                        "multi_head_attention/attention_output",
                        () -> g.add(
                                g.op(
                                        "Einsum",
                                        context,
                                        g.parameter("kernel", 0, 0.2f, HEADS, HEAD, WIDTH),
                                        attr("equation", "abcd,cde->abe")),
                                g.parameter("bias", 0, 0.1f, WIDTH)));
                String first = g.add(joined, entry);
                String behind = g.layerNorm("layernorm_after", first, WIDTH);
                String wide = g.in("intermediate", () -> g.gelu(g.linear("dense", behind, WIDTH, 2 * WIDTH)));
                return g.add(g.linear("output/dense", wide, 2 * WIDTH, WIDTH), first);
            });
        }
        String mean = g.reduce("ReduceMean", g.layerNorm("vit/layernorm", x, WIDTH), false, 1);
        String logits = g.in(
                "classifier",
                () -> g.add(
                        g.matmul(mean, g.parameter("MatMul", 0, 0.2f, WIDTH, 10)),
                        g.parameter("BiasAdd", 0, 0.1f, 10)));
        g.output(g.softmax(logits, -1), "probabilities", FLOAT, BATCH, 10);
        return GeneratedFile.of(name, g, LAYERS);
    }

    private String lettered(String module, String x) {
        return g.in(
                module,
                () -> g.add(
                        g.op(
                                "Einsum",
                                x,
                                g.parameter("kernel", 0, 0.2f, WIDTH, HEADS, HEAD),
                                attr("equation", "abc,cde->abde")),
                        g.parameter("bias", 0, 0.1f, HEADS, HEAD)));
    }

    private String layers(String scope, String start, String mask) {
        FlatAttention flat = new FlatAttention(g, WIDTH, HEADS, true);
        String x = start;
        for (int l = 0; l < LAYERS; l++) {
            String entry = x;
            x = g.in(scope + "/encoder/layers." + l, () -> {
                String normal = g.layerNorm("layer_norm1", entry, WIDTH);
                String first = g.add(entry, g.in("self_attn", () -> flat.write(normal, normal, mask)));
                String second = g.layerNorm("layer_norm2", first, WIDTH);
                return g.add(first, g.in("mlp", () -> {
                    String wide = g.linear("fc1", second, WIDTH, 2 * WIDTH);
                    return g.linear("fc2", g.in("activation_fn", () -> g.quickGelu(wide)), 2 * WIDTH, WIDTH);
                }));
            });
        }
        return x;
    }

    /** The mask is a triangle of a number: of one that is filled, or cut out of a constant. */
    private String textTower(String ids) {
        String start = g.in("text_model/embeddings", () -> {
            String buffer = g.buffer("position_ids", ModelWriter.counting(POSITIONS));
            String places = g.slice(buffer, 1, 0, g.unsqueeze(g.dim(ids, 1), 0));
            return g.add(
                    g.embedding("token_embedding", ids, WORDS, WIDTH),
                    g.embedding("position_embedding", places, POSITIONS, WIDTH));
        });
        String mask = g.in("text_model", () -> {
            String n = g.dim(ids, 1);
            if (g.opset < 14) {
                float[] values = new float[POSITIONS * POSITIONS];
                for (int i = 0; i < values.length; i++) {
                    values[i] = i % POSITIONS > i / POSITIONS ? Float.NEGATIVE_INFINITY : 0;
                }
                String square = g.buffer("causal_mask", tensor(values, 1, 1, POSITIONS, POSITIONS));
                return g.slice(g.slice(square, 2, 0, g.unsqueeze(n, 0)), 3, 0, g.unsqueeze(n, 0));
            }
            String filled = g.op(
                    "ConstantOfShape",
                    g.lengths(g.dim(ids, 0), n, n),
                    attr("value", tensor(new float[] {-Float.MAX_VALUE}, 1)));
            return g.unsqueeze(g.op("Trilu", filled, g.scalar(1), attr("upper", 1)), 1);
        });
        String last = g.layerNorm("text_model/final_layer_norm", layers("text_model", start, mask), WIDTH);
        // The vector of the token with the largest number, which is the one that ends the text.
        String at = g.op("ArgMax", ids, attr("axis", -1), attr("keepdims", 0));
        String rows = g.op("Range", g.scalar(0), g.dim(last, 0), g.scalar(1));
        String places = g.concat(-1, g.unsqueeze(rows, -1), g.unsqueeze(at, -1));
        g.output(last, "last_hidden_state", FLOAT, BATCH, LENGTH, WIDTH);
        String pooled = g.op("GatherND", last, places);
        return g.linearWithoutBias("text_projection", pooled, WIDTH, WIDTH);
    }

    private String imageTower(String pixels) {
        String start = g.in("vision_model", () -> {
            String sum = g.in("embeddings", () -> {
                String patches = flattened(patches("patch_embedding", pixels, false));
                String places = g.in("position_embedding", () -> g.parameter("weight", 0, 0.5f, PATCHES + 1, WIDTH));
                String row = g.op("Gather", places, g.buffer("position_ids", ModelWriter.counting(PATCHES + 1)));
                return g.add(withClass("class_embedding", patches), row);
            });
            return g.layerNorm("pre_layrnorm", sum, WIDTH);
        });
        String token = g.gather(layers("vision_model", start, null), g.scalar(0), 1);
        String pooled = g.layerNorm("vision_model/post_layernorm", token, WIDTH);
        return g.linearWithoutBias("visual_projection", pooled, WIDTH, WIDTH);
    }

    private GeneratedFile text(String name) {
        String ids = g.input("input_ids", INT64, Fill.below(WORDS), BATCH, LENGTH);
        g.output(textTower(ids), "text_embeds", FLOAT, BATCH, WIDTH);
        return GeneratedFile.of(name, g, LAYERS);
    }

    private GeneratedFile image(String name) {
        g.output(imageTower(pixels()), "image_embeds", FLOAT, BATCH, WIDTH);
        return GeneratedFile.of(name, g, LAYERS);
    }

    /** How near each text is to each image. */
    private GeneratedFile both(String name) {
        String ids = g.input("input_ids", INT64, Fill.below(WORDS), BATCH, LENGTH);
        String image = unit(imageTower(
                g.input("pixel_values", FLOAT, Fill.normal(), "image_batch_size", 3, SIDE * PATCH, SIDE * PATCH)));
        String text = unit(textTower(ids));
        String factor = g.op("Exp", g.buffer("logit_scale", tensor(new float[] {1.5f})));
        String near = g.mul(g.matmul(text, g.transpose(image, 1, 0)), factor);
        g.output(near, "logits_per_text", FLOAT, BATCH, "image_batch_size");
        g.output(g.transpose(near, 1, 0), "logits_per_image", FLOAT, "image_batch_size", BATCH);
        return GeneratedFile.of(name, g, 2 * LAYERS);
    }

    private String unit(String x) {
        return g.op("Div", x, g.reduce("ReduceL2", x, true, -1));
    }
}
