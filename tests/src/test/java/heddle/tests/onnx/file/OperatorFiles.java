package heddle.tests.onnx.file;

import static heddle.tests.onnx.file.GraphWriter.FLOAT;
import static heddle.tests.onnx.file.GraphWriter.INT32;
import static heddle.tests.onnx.file.GraphWriter.INT8;
import static heddle.tests.onnx.file.GraphWriter.UINT8;
import static heddle.tests.onnx.file.GraphWriter.attr;
import static heddle.tests.onnx.file.GraphWriter.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** Files of one operator each, of those that ONNX Runtime has for attention, for what is around it, and for whole numbers. */
public final class OperatorFiles {
    private static final String MICROSOFT = "com.microsoft.";
    private static final String BATCH = "batch_size";
    private static final String LENGTH = "sequence_length";
    private static final String PAST = "past_sequence_length";
    private static final String ALL = PAST + " + " + LENGTH;
    private static final int WIDTH = 32;
    private static final int HEADS = 4;
    private static final int HEAD = 8;

    /** Of the largest element, where the file rounds activations and Heddle does not. */
    private static final double ROUNDED = 0.03;

    private final ModelWriter g;
    private int biases;

    private OperatorFiles(int opset, long seed) {
        this.g = new ModelWriter(Exporter.ONNX_RUNTIME, opset, seed);
    }

    public static List<GeneratedFile> all() {
        List<GeneratedFile> files = new ArrayList<>();
        files.addAll(attention());
        files.addAll(surroundings());
        files.addAll(wholeNumbers());
        return files;
    }

    private static GeneratedFile file(String name, int opset, int fused, Consumer<OperatorFiles> body) {
        OperatorFiles files = new OperatorFiles(opset, name.hashCode());
        body.accept(files);
        return GeneratedFile.of(name, files.g, fused);
    }

    private static List<GeneratedFile> attention() {
        return List.of(
                file("gqa-window", 17, 1, f -> f.grouped(false, attr("local_window_size", 4))),
                file("gqa-soft-cap", 17, 1, f -> f.grouped(false, attr("softcap", 2f), attr("scale", 0.5f))),
                file("gqa-packed-past", 17, 1, f -> f.grouped(true)),
                file("attention-mask-of-queries", 17, 1, OperatorFiles::maskOfQueries),
                file("attention-23-flat-soft-cap", 23, 1, f -> f.flat(attr("softcap", 3f), attr("is_causal", 1))),
                file("attention-23-past", 23, 2, OperatorFiles::past));
    }

    private static List<GeneratedFile> surroundings() {
        return List.of(
                file("rotary-interleaved", 17, 0, f -> f.rotary(attr("interleaved", 1), attr("num_heads", HEADS))),
                file("rotary-part", 17, 0, f -> f.rotary(attr("rotary_embedding_dim", 4), attr("num_heads", HEADS))),
                file("simplified-layer-norm", 17, 0, f -> f.alone("SimplifiedLayerNormalization", f.gain())),
                file(
                        "skip-layer-norm-sum",
                        17,
                        0,
                        f -> f.skipped("SkipLayerNormalization", f.gain(), f.bias(), f.bias())),
                file("skip-simplified", 17, 0, f -> f.skipped("SkipSimplifiedLayerNormalization", f.gain(), f.bias())),
                file("gelu-ort", 17, 0, f -> f.alone(MICROSOFT + "Gelu")),
                file("bias-gelu", 17, 0, f -> f.alone(MICROSOFT + "BiasGelu", f.bias())),
                file("fast-gelu", 17, 0, f -> f.alone(MICROSOFT + "FastGelu", f.bias())),
                file("quick-gelu", 17, 0, f -> f.alone(MICROSOFT + "QuickGelu", attr("alpha", 1.5f))),
                file("fused-matmul", 17, 0, OperatorFiles::fusedProduct));
    }

    private static List<GeneratedFile> wholeNumbers() {
        return List.of(
                file("dynamic-quantize-matmul", 17, 0, f -> f.dynamic(UINT8, 120))
                        .rounded(ROUNDED),
                file("matmul-integer-to-float", 17, 0, f -> f.toFloat(INT8)).rounded(ROUNDED),
                file("matmul-integer", 17, 0, OperatorFiles::integers),
                file("q-attention", 17, 1, OperatorFiles::quantisedAttention).rounded(ROUNDED),
                file("q-linear-add", 17, 0, f -> f.twoOfWholes("QLinearAdd")).rounded(GeneratedFile.CLOSE),
                file("q-linear-mul", 17, 0, f -> f.twoOfWholes("QLinearMul")).rounded(GeneratedFile.CLOSE),
                file("dequantize-columns", 17, 0, f -> f.dequantised(1, WIDTH, 0)),
                file("dequantize-rows-zero-point", 17, 0, f -> f.dequantised(0, HEAD, 3))
                        .rounded(GeneratedFile.CLOSE),
                file("dequantize-blocks", 21, 0, OperatorFiles::blocks));
    }

    private String x() {
        return g.input("x", FLOAT, Fill.normal(), BATCH, LENGTH, WIDTH);
    }

    private String gain() {
        return g.parameter("gain", 1, 0.1f, WIDTH);
    }

    private String bias() {
        return g.parameter("bias_" + ++biases, 0, 0.3f, WIDTH);
    }

    private void y(String value, Object... shape) {
        g.output(value, "y", FLOAT, shape);
    }

    private void alone(String operator, Object... others) {
        y(g.op(operator, with(x(), others)), BATCH, LENGTH, WIDTH);
    }

    private static Object[] with(Object first, Object... others) {
        Object[] all = new Object[others.length + 1];
        all[0] = first;
        System.arraycopy(others, 0, all, 1, others.length);
        return all;
    }

    private void skipped(String operator, Object... weights) {
        String skip = g.input("skip", FLOAT, Fill.normal(), BATCH, LENGTH, WIDTH);
        List<String> results = g.ops(4, MICROSOFT + operator, with(x(), with(skip, weights)));
        y(results.getFirst(), BATCH, LENGTH, WIDTH);
        g.output(results.getLast(), "sum", FLOAT, BATCH, LENGTH, WIDTH);
    }

    private void fusedProduct() {
        String other = g.input("other", FLOAT, Fill.normal(), BATCH, LENGTH, WIDTH);
        y(g.op(MICROSOFT + "FusedMatMul", x(), other, attr("transB", 1), attr("alpha", 0.25f)), BATCH, LENGTH, LENGTH);
    }

    /** @param continues whether there is a past; then queries, keys and values are one tensor */
    private void grouped(boolean continues, Object... attributes) {
        int groups = HEADS / 2;
        List<Object> operands = new ArrayList<>();
        if (continues) {
            operands.add(g.input("qkv", FLOAT, Fill.normal(), BATCH, 1, (HEADS + 2 * groups) * HEAD));
            operands.addAll(List.of("", ""));
            operands.add(g.input("past_key", FLOAT, Fill.normal(), BATCH, groups, PAST, HEAD));
            operands.add(g.input("past_value", FLOAT, Fill.normal(), BATCH, groups, PAST, HEAD));
        } else {
            operands.add(g.input("q", FLOAT, Fill.normal(), BATCH, LENGTH, HEADS * HEAD));
            operands.add(g.input("k", FLOAT, Fill.normal(), BATCH, LENGTH, groups * HEAD));
            operands.add(g.input("v", FLOAT, Fill.normal(), BATCH, LENGTH, groups * HEAD));
            operands.addAll(List.of("", ""));
        }
        String mask = g.input("mask", GraphWriter.INT64, Fill.ones(), BATCH, continues ? PAST + " + 1" : LENGTH);
        String total = g.cast(g.dim(mask, 1), INT32);
        String last = g.cast(g.op("Sub", g.op("ReduceSum", mask, g.list(1), attr("keepdims", 0)), g.scalar(1)), INT32);
        operands.addAll(List.of(last, total));
        operands.addAll(List.of(attr("num_heads", HEADS), attr("kv_num_heads", groups)));
        operands.addAll(Arrays.asList(attributes));
        List<String> results = g.ops(3, MICROSOFT + "GroupQueryAttention", operands.toArray());
        y(results.getFirst(), BATCH, continues ? 1 : LENGTH, WIDTH);
        g.output(results.get(1), "present_key", FLOAT, BATCH, groups, continues ? PAST + " + 1" : LENGTH, HEAD);
    }

    private void maskOfQueries() {
        String mask = g.input("mask", INT32, Fill.intPadding(), BATCH, LENGTH, LENGTH);
        y(
                g.op(
                        MICROSOFT + "Attention",
                        x(),
                        g.parameter("weight", 0, 0.2f, WIDTH, 3 * WIDTH),
                        g.parameter("bias", 0, 0.2f, 3 * WIDTH),
                        mask,
                        attr("num_heads", HEADS),
                        attr("scale", 0.3f)),
                BATCH,
                LENGTH,
                WIDTH);
    }

    private void flat(Object... attributes) {
        String k = g.input("k", FLOAT, Fill.normal(), BATCH, LENGTH, WIDTH / 2);
        String v = g.input("v", FLOAT, Fill.normal(), BATCH, LENGTH, WIDTH / 2);
        List<Object> operands = new ArrayList<>(List.of(x(), k, v));
        operands.addAll(List.of(attr("q_num_heads", HEADS), attr("kv_num_heads", HEADS / 2)));
        operands.addAll(Arrays.asList(attributes));
        y(g.op("Attention", operands.toArray()), BATCH, LENGTH, WIDTH);
    }

    private void past() {
        String q = g.input("q", FLOAT, Fill.normal(), BATCH, HEADS, LENGTH, HEAD);
        String k = g.input("k", FLOAT, Fill.normal(), BATCH, HEADS, LENGTH, HEAD);
        String v = g.input("v", FLOAT, Fill.normal(), BATCH, HEADS, LENGTH, HEAD);
        String mask = g.input("mask", FLOAT, Fill.normal(), BATCH, 1, LENGTH, ALL);
        String keys = g.input("past_key", FLOAT, Fill.normal(), BATCH, HEADS, PAST, HEAD);
        String values = g.input("past_value", FLOAT, Fill.normal(), BATCH, HEADS, PAST, HEAD);
        List<String> results = g.ops(3, "Attention", q, k, v, mask, keys, values);
        y(results.getFirst(), BATCH, HEADS, LENGTH, HEAD);
        g.output(results.get(2), "present_value", FLOAT, BATCH, HEADS, ALL, HEAD);
    }

    private void rotary(Object... attributes) {
        int half = Arrays.toString(attributes).contains("rotary_embedding_dim") ? 2 : HEAD / 2;
        String at = g.input("position_ids", GraphWriter.INT64, Fill.below(40), BATCH, LENGTH);
        String cos = g.parameter("cos", 0, 1, 40, half);
        String sin = g.parameter("sin", 0, 1, 40, half);
        List<Object> operands = new ArrayList<>(List.of(x(), at, cos, sin));
        operands.addAll(Arrays.asList(attributes));
        y(g.op(MICROSOFT + "RotaryEmbedding", operands.toArray()), BATCH, LENGTH, WIDTH);
    }

    private String wholes(String name, int type, int... shape) {
        int count = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        int low = type == UINT8 ? 0 : -127;
        int[] values = new Random(count).ints(count, low, low + 255).toArray();
        return g.buffer(
                name, tensor(type, values, Arrays.stream(shape).asLongStream().toArray()));
    }

    private String scale(float value) {
        return g.buffer("scale", tensor(new float[] {value}));
    }

    private void dynamic(int type, int zero) {
        String weight = wholes("weight", type, WIDTH, WIDTH);
        String point = g.buffer("zero_point", tensor(type, new int[] {zero}));
        y(g.op(MICROSOFT + "DynamicQuantizeMatMul", x(), weight, scale(0.01f), point, bias()), BATCH, LENGTH, WIDTH);
    }

    private void toFloat(int type) {
        List<String> q = g.ops(3, "DynamicQuantizeLinear", x());
        String weight = wholes("weight", type, WIDTH, WIDTH);
        String scales = g.parameter("scales", 0.01f, 0.001f, WIDTH);
        String point = g.buffer("zero_point", tensor(type, new int[WIDTH], WIDTH));
        y(
                g.op(MICROSOFT + "MatMulIntegerToFloat", q.get(0), weight, q.get(1), scales, q.get(2), point, bias()),
                BATCH,
                LENGTH,
                WIDTH);
    }

    private void integers() {
        List<String> q = g.ops(3, "DynamicQuantizeLinear", x());
        String weight = wholes("weight", UINT8, WIDTH, WIDTH);
        String point = g.buffer("zero_point", tensor(UINT8, new int[] {130}));
        String product = g.op("MatMulInteger", q.get(0), weight, q.get(2), point);
        y(g.cast(product, FLOAT), BATCH, LENGTH, WIDTH);
    }

    private void quantisedAttention() {
        List<String> q = g.ops(3, "DynamicQuantizeLinear", x());
        String weight = wholes("weight", INT8, WIDTH, 3 * WIDTH);
        String point = g.buffer("zero_point", tensor(INT8, new int[] {0}));
        y(
                g.op(
                        MICROSOFT + "QAttention",
                        q.get(0),
                        weight,
                        g.parameter("bias", 0, 0.2f, 3 * WIDTH),
                        q.get(1),
                        scale(0.002f),
                        "",
                        q.get(2),
                        point,
                        attr("num_heads", HEADS)),
                BATCH,
                LENGTH,
                WIDTH);
    }

    /** Both operands, and the result, with scales that sums and products fill. */
    private void twoOfWholes(String operator) {
        String scale = g.buffer("scale", tensor(new float[] {0.03125f}));
        String point = g.buffer("zero_point", tensor(UINT8, new int[] {120}));
        String q = g.op("QuantizeLinear", x(), scale, point);
        String wide = g.buffer("result_scale", tensor(new float[] {0.0625f}));
        String sum = g.op(MICROSOFT + operator, q, scale, point, q, scale, point, wide, point);
        y(g.op("DequantizeLinear", sum, wide, point), BATCH, LENGTH, WIDTH);
    }

    /** A table of 8 rows whose scales run along an axis. */
    private void dequantised(int axis, int count, int zero) {
        int[] zeros = new int[count];
        Arrays.fill(zeros, zero);
        zeros[0] = zero == 0 ? 0 : -zero;
        String table = g.op(
                "DequantizeLinear",
                wholes("weight", INT8, HEAD, WIDTH),
                g.parameter("scales", 0.01f, 0.001f, count),
                g.buffer("zero_point", tensor(INT8, zeros, count)),
                attr("axis", axis));
        y(g.matmul(x(), g.transpose(table, 1, 0)), BATCH, LENGTH, HEAD);
    }

    private void blocks() {
        String table = g.op(
                "DequantizeLinear",
                wholes("weight", INT8, WIDTH, HEAD),
                g.parameter("scales", 0.01f, 0.001f, WIDTH / 8, HEAD),
                attr("axis", 0),
                attr("block_size", 8));
        y(g.matmul(x(), table), BATCH, LENGTH, HEAD);
    }
}
