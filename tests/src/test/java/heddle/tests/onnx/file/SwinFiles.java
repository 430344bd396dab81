package heddle.tests.onnx.file;

import static heddle.tests.onnx.file.GraphWriter.FLOAT;
import static heddle.tests.onnx.file.GraphWriter.attr;
import static heddle.tests.onnx.file.GraphWriter.ints;
import static heddle.tests.onnx.file.GraphWriter.tensor;

import java.util.List;

/** Swin: attention inside of windows, every second time of an image that was rolled by half a window. */
final class SwinFiles {
    private static final int SIDE = 8;
    private static final int PATCH = 4;
    private static final int WINDOW = 4;
    private static final int AREA = WINDOW * WINDOW;
    private static final int WIDTH = 16;
    private static final String BATCH = "batch_size";

    private final ModelWriter g;

    private SwinFiles(Exporter exporter, int opset, long seed) {
        this.g = new ModelWriter(exporter, opset, seed);
    }

    static List<GeneratedFile> all() {
        return List.of(
                new SwinFiles(Exporter.TORCH_SCOPED, 13, 601).file("swin-torch-1.13-opset-13"),
                new SwinFiles(Exporter.TORCH_DYNAMO, 18, 602).file("swin-dynamo-torch-2.6-opset-18"));
    }

    private GeneratedFile file(String name) {
        String pixels = g.input("pixel_values", FLOAT, Fill.normal(), BATCH, 3, SIDE * PATCH, SIDE * PATCH);
        String x = g.in("swin/embeddings", () -> {
            String map = g.in(
                    "patch_embeddings/projection",
                    () -> g.op(
                            "Conv",
                            pixels,
                            g.parameter("weight", 0, 0.15f, WIDTH, 3, PATCH, PATCH),
                            g.parameter("bias", 0, 0.1f, WIDTH),
                            attr("kernel_shape", ints(PATCH, PATCH)),
                            attr("strides", ints(PATCH, PATCH))));
            String rows = g.transpose(g.reshape(map, g.dim(map, 0), WIDTH, -1), 0, 2, 1);
            return g.layerNorm("norm", rows, WIDTH);
        });
        x = block("swin/encoder/layers.0/blocks.0", x, SIDE, WIDTH, 0);
        x = block("swin/encoder/layers.0/blocks.1", x, SIDE, WIDTH, WINDOW / 2);
        x = merged("swin/encoder/layers.0/downsample", x);
        x = block("swin/encoder/layers.1/blocks.0", x, SIDE / 2, 2 * WIDTH, 0);
        String last = g.layerNorm("swin/layernorm", x, 2 * WIDTH);
        String pooled = g.op("Flatten", g.op("GlobalAveragePool", g.transpose(last, 0, 2, 1)), attr("axis", 1));
        g.output(last, "last_hidden_state", FLOAT, BATCH, SIDE * SIDE / 4, 2 * WIDTH);
        g.output(g.linear("classifier", pooled, 2 * WIDTH, 10), "logits", FLOAT, BATCH, 10);
        return GeneratedFile.of(name, g, 3);
    }

    private String block(String scope, String x, int side, int width, int shift) {
        return g.in(scope, () -> {
            String image = g.reshape(g.layerNorm("layernorm_before", x, width), g.dim(x, 0), side, side, width);
            String rolled = roll(image, shift);
            String context = g.in("attention", () -> attention(windows(rolled, side, width), side, width, shift));
            String back = roll(joined(context, side, width), -shift);
            String first = g.add(x, g.reshape(back, g.dim(x, 0), side * side, width));
            String wide = g.in(
                    "intermediate",
                    () -> g.gelu(g.linear("dense", g.layerNorm("layernorm_after", first, width), width, 2 * width)));
            return g.add(first, g.linear("output/dense", wide, 2 * width, width));
        });
    }

    /** Towards the beginning, on both axes of the image. */
    private String roll(String image, int shift) {
        String x = image;
        for (int axis = 1; shift != 0 && axis <= 2; axis++) {
            String tail = g.slice(x, axis, shift, Long.MAX_VALUE);
            x = g.concat(axis, tail, g.slice(x, axis, 0, shift));
        }
        return x;
    }

    private String windows(String image, int side, int width) {
        int count = side / WINDOW;
        String cut = g.reshape(image, g.dim(image, 0), count, WINDOW, count, WINDOW, width);
        return g.op("Reshape", g.transpose(cut, 0, 1, 3, 2, 4, 5), g.list(-1, AREA, width));
    }

    private String joined(String windows, int side, int width) {
        int count = side / WINDOW;
        String apart = g.op("Reshape", windows, g.list(-1, count, count, WINDOW, WINDOW, width));
        return g.op("Reshape", g.transpose(apart, 0, 1, 3, 2, 4, 5), g.list(-1, side, side, width));
    }

    private String attention(String x, int side, int width, int shift) {
        int heads = width / 8;
        String q = g.in("self", () -> g.heads(g.linear("query", x, width, width), heads, 8));
        String k = g.in("self", () -> g.heads(g.linear("key", x, width, width), heads, 8));
        String v = g.in("self", () -> g.heads(g.linear("value", x, width, width), heads, 8));
        String context = g.in("self", () -> {
            String scores = g.op("Div", g.matmul(q, g.transpose(k, 0, 1, 3, 2)), g.constant((float) Math.sqrt(8)));
            String biased = g.add(scores, bias(heads));
            if (shift != 0) {
                int count = side * side / AREA;
                String apart = g.op("Reshape", biased, g.list(-1, count, heads, AREA, AREA));
                String masked = g.add(apart, g.constant(tensor(regions(side, shift), 1, count, 1, AREA, AREA)));
                biased = g.op("Reshape", masked, g.list(-1, heads, AREA, AREA));
            }
            return g.merge(g.matmul(g.softmax(biased, -1), v), width);
        });
        return g.linear("output/dense", context, width, width);
    }

    /** A table by differences of rows and columns, read by an index that is a buffer. */
    private String bias(int heads) {
        int range = 2 * WINDOW - 1;
        long[] index = new long[AREA * AREA];
        for (int i = 0; i < AREA; i++) {
            for (int j = 0; j < AREA; j++) {
                int row = i / WINDOW - j / WINDOW + WINDOW - 1;
                int column = i % WINDOW - j % WINDOW + WINDOW - 1;
                index[i * AREA + j] = (long) row * range + column;
            }
        }
        String table = g.parameter("relative_position_bias_table", 0, 0.5f, range * range, heads);
        String places = g.op("Reshape", g.buffer("relative_position_index", tensor(index, AREA, AREA)), g.list(-1L));
        String read = g.op("Reshape", g.op("Gather", table, places), g.list(AREA, AREA, heads));
        return g.unsqueeze(g.transpose(read, 2, 0, 1), 0);
    }

    /** -100 between parts of a window that were not neighbours before the roll. */
    private static float[] regions(int side, int shift) {
        int count = side / WINDOW;
        float[] mask = new float[count * count * AREA * AREA];
        for (int w = 0; w < count * count; w++) {
            for (int i = 0; i < AREA; i++) {
                for (int j = 0; j < AREA; j++) {
                    boolean same = region(w, i, side, shift) == region(w, j, side, shift);
                    mask[(w * AREA + i) * AREA + j] = same ? 0 : -100;
                }
            }
        }
        return mask;
    }

    private static int region(int window, int place, int side, int shift) {
        int count = side / WINDOW;
        int row = window / count * WINDOW + place / WINDOW;
        int column = window % count * WINDOW + place % WINDOW;
        return 3 * part(row, side, shift) + part(column, side, shift);
    }

    private static int part(int at, int side, int shift) {
        return at < side - WINDOW ? 0 : at < side - shift ? 1 : 2;
    }

    /** Four neighbours become one token of twice the width. */
    private String merged(String scope, String x) {
        return g.in(scope, () -> {
            String image = g.reshape(x, g.dim(x, 0), SIDE, SIDE, WIDTH);
            String[] parts = new String[4];
            for (int i = 0; i < 4; i++) {
                parts[i] = every(every(image, 1, i % 2), 2, i / 2);
            }
            String wide = g.reshape(g.concat(-1, parts), g.dim(x, 0), -1, 4 * WIDTH);
            return g.linearWithoutBias("reduction", g.layerNorm("norm", wide, 4 * WIDTH), 4 * WIDTH, 2 * WIDTH);
        });
    }

    private String every(String x, int axis, int from) {
        return g.op("Slice", x, g.list((long) from), g.list(Long.MAX_VALUE), g.list((long) axis), g.list(2L));
    }
}
