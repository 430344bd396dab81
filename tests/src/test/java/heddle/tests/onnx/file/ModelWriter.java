package heddle.tests.onnx.file;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The parts that models are made of, as each exporter writes them at its opset. */
final class ModelWriter extends GraphWriter {
    /** Where the scale of scores is: by a division or a product behind them, on the queries, its root on both, or nowhere. */
    enum Scale {
        DIVIDE,
        MULTIPLY,
        QUERY,
        BOTH,
        NONE
    }

    ModelWriter(Exporter exporter, int opset, long seed) {
        super(exporter, opset, seed);
    }

    String matmul(String a, String b) {
        return op("MatMul", a, b);
    }

    String add(String a, String b) {
        return op("Add", a, b);
    }

    String mul(String a, String b) {
        return op("Mul", a, b);
    }

    String cast(String x, int type) {
        return op("Cast", x, attr("to", type));
    }

    String transpose(String x, long... order) {
        return op("Transpose", x, attr("perm", order));
    }

    String concat(int axis, String... operands) {
        List<Object> all = new ArrayList<>(Arrays.asList(operands));
        all.add(attr("axis", axis));
        return op("Concat", all.toArray());
    }

    String gather(String data, String indices, int axis) {
        return op("Gather", data, indices, attr("axis", axis));
    }

    String softmax(String x, int axis) {
        return op("Softmax", x, attr("axis", axis));
    }

    String unsqueeze(String x, long... axes) {
        return opset < 13 ? op("Unsqueeze", x, attr("axes", axes)) : op("Unsqueeze", x, list(axes));
    }

    String squeeze(String x, long... axes) {
        return opset < 13 ? op("Squeeze", x, attr("axes", axes)) : op("Squeeze", x, list(axes));
    }

    String reduce(String operator, String x, boolean keep, long... axes) {
        int operandSince = operator.equals("ReduceSum") ? 13 : 18;
        return opset < operandSince
                ? op(operator, x, attr("axes", axes), attr("keepdims", keep ? 1 : 0))
                : op(operator, x, list(axes), attr("keepdims", keep ? 1 : 0));
    }

    List<String> split(String x, int axis, long... sizes) {
        return opset < 13
                ? ops(sizes.length, "Split", x, attr("axis", axis), attr("split", sizes))
                : ops(sizes.length, "Split", x, list(sizes), attr("axis", axis));
    }

    /** @param from a number, or a value with one element @param to likewise */
    String slice(String x, int axis, Object from, Object to) {
        return op("Slice", x, bound(from), bound(to), list((long) axis), list(1L));
    }

    private String bound(Object value) {
        return value instanceof String s ? s : list(((Number) value).longValue());
    }

    /** A length of {@code x}, without axes. */
    String dim(String x, int axis) {
        return switch (exporter) {
            case TORCH_DYNAMO -> squeeze(op("Shape", x, attr("start", axis), attr("end", axis + 1)));
            case TF2ONNX -> squeeze(slice(cast(op("Shape", x), INT32), 0, axis, axis + 1), 0);
            default -> gather(op("Shape", x), scalar(axis), 0);
        };
    }

    private String squeeze(String x) {
        return op("Squeeze", x);
    }

    /** @param parts numbers, and values without axes @return one value with them all */
    String lengths(Object... parts) {
        if (Arrays.stream(parts).allMatch(Number.class::isInstance)) {
            return list(Arrays.stream(parts)
                    .mapToLong(p -> ((Number) p).longValue())
                    .toArray());
        }
        boolean ints = exporter == Exporter.TF2ONNX;
        String[] each = new String[parts.length];
        for (int i = 0; i < parts.length; i++) {
            if (parts[i] instanceof String s) {
                each[i] = exporter == Exporter.TORCH_DYNAMO ? op("Reshape", s, list(-1L)) : unsqueeze(s, 0);
            } else {
                long n = ((Number) parts[i]).longValue();
                each[i] = ints ? constant(tensor(INT32, new int[] {(int) n}, 1)) : list(n);
            }
        }
        String all = concat(0, each);
        return ints ? cast(all, INT64) : all;
    }

    String reshape(String x, Object... parts) {
        return op("Reshape", x, lengths(parts));
    }

    /** {@code expand} as tracing writes it: what is -1 stays. */
    String expand(String x, Object... parts) {
        String wanted = lengths(parts);
        if (!exporter.constantNodes()) {
            return op("Expand", x, wanted);
        }
        String ones = op("ConstantOfShape", list((long) parts.length), attr("value", tensor(new long[] {1}, 1)));
        String kept = op("Equal", wanted, mul(ones, scalar(-1)));
        return op("Expand", x, op("Where", kept, ones, wanted));
    }

    /** A linear layer on the last axis. */
    String linear(String module, String x, int in, int out) {
        return in(module, () -> {
            String product = product(x, in, out);
            String bias = parameter("bias", 0, 0.1f, out);
            boolean productFirst = exporter == Exporter.TF2ONNX || exporter == Exporter.TORCH_NUMBERED;
            return productFirst ? add(product, bias) : add(bias, product);
        });
    }

    String linearWithoutBias(String module, String x, int in, int out) {
        return in(module, () -> product(x, in, out));
    }

    private String product(String x, int in, int out) {
        if (exporter != Exporter.TF2ONNX || opset >= 15) {
            return matmul(x, matrix(in, out));
        }
        // Keras contracts the last axis of many: the others become one, and come back.
        String flat = matmul(op("Reshape", x, list(-1, in)), matrix(in, out));
        return reshape(flat, dim(x, 0), dim(x, 1), out);
    }

    String embedding(String module, String ids, int rows, int width) {
        return in(module, () -> op("Gather", parameter("weight", 0, 0.5f, rows, width), ids));
    }

    String layerNorm(String module, String x, int width) {
        return layerNorm(module, x, width, 1e-5f);
    }

    String layerNorm(String module, String x, int width, float epsilon) {
        return in(module, () -> {
            boolean keras = exporter == Exporter.TF2ONNX;
            String gain = parameter(keras ? "gamma" : "weight", 1, 0.1f, width);
            String shift = parameter(keras ? "beta" : "bias", 0, 0.1f, width);
            if (exporter == Exporter.TORCH_DYNAMO || opset >= 17) {
                return op("LayerNormalization", x, gain, shift, attr("axis", -1), attr("epsilon", epsilon));
            }
            String mean = reduce("ReduceMean", x, true, -1);
            String centred = op("Sub", x, mean);
            if (keras) {
                String deviation = add(reduce("ReduceMean", mul(centred, centred), true, -1), constant(epsilon));
                String factor = mul(op("Reciprocal", op("Sqrt", deviation)), gain);
                return add(mul(x, factor), op("Sub", shift, mul(mean, factor)));
            }
            String base = exporter == Exporter.TORCH_NUMBERED ? cast(centred, FLOAT) : centred;
            String variance = reduce("ReduceMean", op("Pow", base, constant(2f)), true, -1);
            String ratio = op("Div", centred, op("Sqrt", add(variance, constant(epsilon))));
            return add(mul(ratio, gain), shift);
        });
    }

    /** x · 1 / sqrt(mean x² + ε), then the gain: in T5 and in Llama. */
    String rmsNorm(String module, String x, int width) {
        return in(module, () -> {
            String gain = parameter("weight", 1, 0.1f, width);
            String variance = reduce("ReduceMean", op("Pow", x, constant(2f)), true, -1);
            String root = op("Sqrt", add(variance, constant(1e-6f)));
            return mul(gain, mul(x, op("Div", constant(1f), root)));
        });
    }

    String gelu(String x) {
        if (exporter == Exporter.TF2ONNX) {
            String erf = op("Erf", mul(x, constant((float) Math.sqrt(0.5))));
            return mul(mul(x, constant(0.5f)), add(erf, constant(1f)));
        }
        if (opset >= 20) {
            return op("Gelu", x);
        }
        String erf = op("Erf", op("Div", x, constant((float) Math.sqrt(2))));
        return mul(mul(x, add(erf, constant(1f))), constant(0.5f));
    }

    /** GELU by tanh, as GPT-2 writes it. */
    String geluNew(String x) {
        String half = mul(x, constant(0.5f));
        String cubic = mul(op("Pow", x, constant(3f)), constant(0.044715f));
        String tanh = op("Tanh", mul(add(x, cubic), constant((float) Math.sqrt(2 / Math.PI))));
        return mul(half, add(tanh, constant(1f)));
    }

    String quickGelu(String x) {
        return mul(x, op("Sigmoid", mul(x, constant(1.702f))));
    }

    String silu(String x) {
        return mul(x, op("Sigmoid", x));
    }

    /** [batch, length, heads · width] to [batch, heads, length, width]. */
    String heads(String x, int heads, int width) {
        return transpose(reshape(x, dim(x, 0), dim(x, 1), heads, width), 0, 2, 1, 3);
    }

    /** The same backwards. */
    String merge(String x, int width) {
        String turned = transpose(x, 0, 2, 1, 3);
        return reshape(turned, dim(turned, 0), dim(turned, 1), width);
    }

    /**
     * Attention over [batch, heads, length, width].
     *
     * @param mask that is added to the scores, or null
     */
    String attend(String q, String k, String v, int width, Scale scale, String mask) {
        return matmul(weights(q, k, width, scale, mask), v);
    }

    String weights(String q, String k, int width, Scale scale, String mask) {
        float root = (float) Math.sqrt(width);
        String keys = transpose(k, 0, 1, 3, 2);
        String scores = switch (scale) {
            case DIVIDE -> op("Div", matmul(q, keys), constant(root));
            case MULTIPLY -> mul(matmul(q, keys), constant(1 / root));
            case QUERY -> matmul(op("Div", q, constant(root)), keys);
            case BOTH -> matmul(mul(q, rootOfScale(q, root)), mul(keys, rootOfScale(q, root)));
            case NONE -> matmul(q, keys);
        };
        return softmax(mask == null ? scores : add(scores, mask), -1);
    }

    /** scaled_dot_product_attention: a traced one takes the width from the shape of the queries. */
    private String rootOfScale(String q, float root) {
        if (exporter != Exporter.TORCH_SCOPED) {
            return constant((float) Math.sqrt(1 / root));
        }
        String width = cast(slice(op("Shape", q), 0, -1, Long.MAX_VALUE), FLOAT);
        return op("Sqrt", op("Div", constant(tensor(new float[] {1}, 1)), op("Sqrt", width)));
    }

    /** [batch, length] of ones and zeros to [batch, 1, 1, length] of zeros and {@code low}. */
    String paddingMask(String mask, float low) {
        String wide = cast(unsqueeze(unsqueeze(mask, 1), 2), FLOAT);
        return mul(op("Sub", constant(1f), wide), constant(low));
    }

    /** Rows and columns of a constant by name, as buffers that models keep. */
    static TensorProto lowerTriangle(int length) {
        int[] values = new int[length * length];
        for (int i = 0; i < length; i++) {
            Arrays.fill(values, i * length, i * length + i + 1, 1);
        }
        return tensor(BOOL, values, 1, 1, length, length);
    }

    static TensorProto counting(int length) {
        long[] values = new long[length];
        Arrays.setAll(values, i -> i);
        return tensor(values, 1, length);
    }
}
