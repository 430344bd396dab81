package heddle.tests.onnx.file;

import static heddle.tests.onnx.file.GraphWriter.FLOAT;
import static heddle.tests.onnx.file.GraphWriter.INT64;
import static heddle.tests.onnx.file.GraphWriter.attr;
import static heddle.tests.onnx.file.GraphWriter.tensor;

import java.util.List;

/** BERT as the first exporters by {@code torch.export} wrote it: PyTorch's operators, and whole layers, are local functions. */
final class FunctionFiles {
    private static final int LAYERS = 2;
    private static final int WIDTH = 32;
    private static final int HEADS = 4;
    private static final int HEAD = 8;
    private static final int WORDS = 97;
    private static final String TORCH = "pkg.onnxscript.torch_lib";
    private static final String MODULES = "pkg.transformers.4.37.2";

    private final ModelWriter g = new ModelWriter(Exporter.TORCH_DYNAMO, 18, 1101);

    private FunctionFiles() {}

    static List<GeneratedFile> all() {
        return List.of(
                new FunctionFiles().operators("bert-functions-torch-2.1-opset-18"),
                new FunctionFiles().layers("bert-module-functions-torch-2.2-opset-18"));
    }

    private void library() {
        g.function(TORCH, "aten_view", List.of("self", "size"), f -> {
            String size = f.op("Cast", "size", attr("to", INT64));
            return f.op("Reshape", "self", size);
        });
        g.function(TORCH, "aten_t", List.of("self"), f -> f.op("Transpose", "self", attr("perm", new long[] {1, 0})));
        g.function(TORCH, "aten_addmm", List.of("self", "mat1", "mat2"), f -> f.op("Gemm", "mat1", "mat2", "self"));
        g.function(TORCH, "aten_gelu", List.of("self"), f -> {
            String half = f.op("CastLike", f.constant(0.5f), "self");
            String one = f.op("CastLike", f.constant(1f), "self");
            String root = f.op("CastLike", f.constant((float) Math.sqrt(2)), "self");
            String erf = f.op("Erf", f.op("Div", "self", root));
            return f.op("Mul", half, f.op("Mul", "self", f.op("Add", erf, one)));
        });
        g.function(
                TORCH,
                "aten_layer_norm",
                List.of("input", "weight", "bias"),
                f -> f.op("LayerNormalization", "input", "weight", "bias", attr("axis", -1), attr("epsilon", 1e-12f)));
        g.function(TORCH, "aten_softmax_no_dtype", List.of("self"), f -> f.op("Softmax", "self", attr("axis", -1)));
        g.function(
                TORCH,
                "aten_transpose",
                List.of("self"),
                f -> f.op("Transpose", "self", attr("perm", new long[] {0, 2, 1, 3})));
        g.function(TORCH, "_aten_attention_scale", List.of("query"), f -> {
            String last = f.op("Slice", f.op("Shape", "query"), f.list(-1L), f.list(Long.MAX_VALUE));
            String width = f.op("CastLike", last, "query");
            return f.op("Div", f.op("CastLike", f.constant(1f), "query"), f.op("Sqrt", width));
        });
        g.function(TORCH, "aten_scaled_dot_product_attention", List.of("query", "key", "value", "attn_mask"), f -> {
            String root = f.op("Sqrt", f.op(TORCH + "._aten_attention_scale", "query"));
            String keys = f.op("Transpose", "key", attr("perm", new long[] {0, 1, 3, 2}));
            String scores = f.op("MatMul", f.op("Mul", "query", root), f.op("Mul", keys, root));
            return f.op("MatMul", f.op("Softmax", f.op("Add", scores, "attn_mask"), attr("axis", -1)), "value");
        });
    }

    private String linear(String module, String x, int in, int out) {
        return g.in(module, () -> {
            String rows = g.op(TORCH + ".aten_view", x, g.list(-1, in));
            String weight = g.parameter("weight", 0, (float) (1 / Math.sqrt(in)), out, in);
            String bias = g.parameter("bias", 0, 0.1f, out);
            String product = g.op(TORCH + ".aten_addmm", bias, rows, g.op(TORCH + ".aten_t", weight));
            return g.op(TORCH + ".aten_view", product, g.lengths(g.dim(x, 0), g.dim(x, 1), out));
        });
    }

    private String norm(String module, String x) {
        return g.in(
                module,
                () -> g.op(
                        TORCH + ".aten_layer_norm",
                        x,
                        g.parameter("weight", 1, 0.1f, WIDTH),
                        g.parameter("bias", 0, 0.1f, WIDTH)));
    }

    private String heads(String x) {
        String apart = g.op(TORCH + ".aten_view", x, g.lengths(g.dim(x, 0), g.dim(x, 1), HEADS, HEAD));
        return g.op(TORCH + ".aten_transpose", apart);
    }

    private String ids() {
        return g.input("l_input_ids_", INT64, Fill.below(WORDS), "batch_size", "sequence_length");
    }

    private String mask() {
        return g.paddingMask(
                g.input("l_attention_mask_", INT64, Fill.padding(), "batch_size", "sequence_length"), -Float.MAX_VALUE);
    }

    private GeneratedFile operators(String name) {
        library();
        String ids = ids();
        String mask = mask();
        String x = norm("embeddings/LayerNorm", g.embedding("embeddings/word_embeddings", ids, WORDS, WIDTH));
        for (int l = 0; l < LAYERS; l++) {
            String entry = x;
            x = g.in("encoder/layer." + l, () -> {
                String q = heads(linear("attention/self/query", entry, WIDTH, WIDTH));
                String k = heads(linear("attention/self/key", entry, WIDTH, WIDTH));
                String v = heads(linear("attention/self/value", entry, WIDTH, WIDTH));
                String attended = g.op(TORCH + ".aten_scaled_dot_product_attention", q, k, v, mask);
                String turned = g.op(TORCH + ".aten_transpose", attended);
                String context = g.op(TORCH + ".aten_view", turned, g.lengths(g.dim(entry, 0), g.dim(entry, 1), WIDTH));
                String first = norm(
                        "attention/output/LayerNorm",
                        g.add(linear("attention/output/dense", context, WIDTH, WIDTH), entry));
                String wide = g.op(TORCH + ".aten_gelu", linear("intermediate/dense", first, WIDTH, 2 * WIDTH));
                return norm("output/LayerNorm", g.add(linear("output/dense", wide, 2 * WIDTH, WIDTH), first));
            });
        }
        g.output(x, "last_hidden_state", FLOAT, "batch_size", "sequence_length", WIDTH);
        return GeneratedFile.of(name, g, LAYERS);
    }

    /** Each layer is a call of one function, with its weights as operands. */
    private GeneratedFile layers(String name) {
        library();
        List<String> weights = List.of("query", "key", "value", "dense", "wide", "narrow");
        List<String> operands = List.of(
                "x",
                "mask",
                "query",
                "key",
                "value",
                "dense",
                "wide",
                "narrow",
                "gain",
                "shift",
                "last_gain",
                "last_shift");
        g.function(MODULES, "transformers_models_bert_modeling_bert_BertLayer_encoder_layer_0_1", operands, f -> {
            String size = f.constant(tensor(new long[] {0, 0, HEADS, HEAD}, 4));
            String q = f.op(TORCH + ".aten_transpose", f.op("Reshape", f.op("MatMul", "x", "query"), size));
            String k = f.op(TORCH + ".aten_transpose", f.op("Reshape", f.op("MatMul", "x", "key"), size));
            String v = f.op(TORCH + ".aten_transpose", f.op("Reshape", f.op("MatMul", "x", "value"), size));
            String turned = f.op(
                    TORCH + ".aten_transpose", f.op(TORCH + ".aten_scaled_dot_product_attention", q, k, v, "mask"));
            String context = f.op("Reshape", turned, f.constant(tensor(new long[] {0, 0, WIDTH}, 3)));
            String first = f.op(
                    TORCH + ".aten_layer_norm", f.op("Add", f.op("MatMul", context, "dense"), "x"), "gain", "shift");
            String wide = f.op(TORCH + ".aten_gelu", f.op("MatMul", first, "wide"));
            return f.op(
                    TORCH + ".aten_layer_norm",
                    f.op("Add", f.op("MatMul", wide, "narrow"), first),
                    "last_gain",
                    "last_shift");
        });
        String x = norm("embeddings/LayerNorm", g.embedding("embeddings/word_embeddings", ids(), WORDS, WIDTH));
        String mask = mask();
        for (int l = 0; l < LAYERS; l++) {
            String entry = x;
            x = g.in("encoder/layer." + l, () -> {
                Object[] all = new Object[operands.size()];
                all[0] = entry;
                all[1] = mask;
                for (int i = 0; i < weights.size(); i++) {
                    int in = i == 5 ? 2 * WIDTH : WIDTH;
                    int out = i == 4 ? 2 * WIDTH : WIDTH;
                    all[2 + i] = g.parameter(weights.get(i) + ".weight", 0, (float) (1 / Math.sqrt(in)), in, out);
                }
                for (int i = 8; i < all.length; i++) {
                    all[i] = g.parameter(operands.get(i), i % 2 == 0 ? 1 : 0, 0.1f, WIDTH);
                }
                return g.op(MODULES + ".transformers_models_bert_modeling_bert_BertLayer_encoder_layer_0_1", all);
            });
        }
        g.output(x, "last_hidden_state", FLOAT, "batch_size", "sequence_length", WIDTH);
        return GeneratedFile.of(name, g, LAYERS);
    }
}
