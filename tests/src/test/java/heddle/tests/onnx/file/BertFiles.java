package heddle.tests.onnx.file;

import static heddle.tests.onnx.file.GraphWriter.BOOL;
import static heddle.tests.onnx.file.GraphWriter.FLOAT;
import static heddle.tests.onnx.file.GraphWriter.INT32;
import static heddle.tests.onnx.file.GraphWriter.INT64;
import static heddle.tests.onnx.file.GraphWriter.attr;
import static heddle.tests.onnx.file.GraphWriter.tensor;

import ai.onnx.proto.OnnxMl.TensorProto;
import heddle.tests.onnx.file.ModelWriter.Scale;
import java.util.List;
import java.util.function.UnaryOperator;

/** BERT and its near relatives, by the exporters that wrote most files of them. */
final class BertFiles {
    private static final int LAYERS = 2;
    private static final int WIDTH = 32;
    private static final int HEADS = 4;
    private static final int HEAD = WIDTH / HEADS;
    private static final int WORDS = 97;
    private static final int POSITIONS = 64;
    private static final float LOWEST = -Float.MAX_VALUE;

    private final ModelWriter g;
    private Scale scale = Scale.DIVIDE;
    private UnaryOperator<String> activation;
    private float epsilon = 1e-12f;

    private BertFiles(Exporter exporter, int opset, long seed) {
        this.g = new ModelWriter(exporter, opset, seed);
        this.activation = g::gelu;
    }

    static List<GeneratedFile> all() {
        return List.of(
                new BertFiles(Exporter.TORCH_NUMBERED, 11, 101).pooled("bert-torch-1.7-opset-11", -10000f),
                new BertFiles(Exporter.TORCH_SCOPED, 13, 102).pooled("bert-torch-1.13-opset-13", LOWEST),
                new BertFiles(Exporter.TORCH_SCOPED, 14, 103).embedding("minilm-pooled-torch-2.0-opset-14"),
                new BertFiles(Exporter.TORCH_SCOPED, 17, 104).attendedAtOnce("bert-sdpa-torch-2.1-opset-17"),
                new BertFiles(Exporter.TORCH_DYNAMO, 18, 105).pooled("bert-dynamo-torch-2.6-opset-18", LOWEST),
                new BertFiles(Exporter.TORCH_DYNAMO, 20, 106).pooled("bert-dynamo-torch-2.8-opset-20", LOWEST),
                new BertFiles(Exporter.TF2ONNX, 12, 107).keras("bert-tf2onnx-opset-12"),
                new BertFiles(Exporter.TORCH_SCOPED, 14, 108).roberta("roberta-torch-2.0-opset-14"),
                new BertFiles(Exporter.TORCH_SCOPED, 11, 109).distilled("distilbert-torch-1.13-opset-11"),
                new BertFiles(Exporter.TORCH_SCOPED, 13, 110).shared("albert-torch-1.13-opset-13"),
                new BertFiles(Exporter.TORCH_SCOPED, 13, 111).answers("bert-answers-torch-1.13-opset-13"));
    }

    private String ids() {
        return g.input("input_ids", INT64, Fill.below(WORDS), "batch_size", "sequence_length");
    }

    private String mask() {
        return g.input("attention_mask", INT64, Fill.padding(), "batch_size", "sequence_length");
    }

    private String kinds() {
        return g.input("token_type_ids", INT64, Fill.below(2), "batch_size", "sequence_length");
    }

    /** Position ids are a buffer, cut to the length of the text. */
    private String embeddings(String ids, String kinds, int width) {
        return g.in("embeddings", () -> {
            String buffer = g.buffer("position_ids", ModelWriter.counting(POSITIONS));
            String length = g.unsqueeze(g.dim(ids, 1), 0);
            String positions = g.slice(buffer, 1, 0, length);
            String words = g.embedding("word_embeddings", ids, WORDS, width);
            String both = g.add(words, g.embedding("token_type_embeddings", kinds, 2, width));
            String sum = g.add(both, g.embedding("position_embeddings", positions, POSITIONS, width));
            return g.layerNorm("LayerNorm", sum, width, epsilon);
        });
    }

    private String encoder(String hidden, String mask) {
        String x = hidden;
        for (int l = 0; l < LAYERS; l++) {
            String entry = x;
            x = g.in("encoder/layer." + l, () -> layer(entry, mask));
        }
        return x;
    }

    private String layer(String x, String mask) {
        String attended = g.in("attention", () -> {
            String context = g.in("self", () -> selfAttention(x, mask));
            return g.in("output", () -> {
                String dense = g.linear("dense", context, WIDTH, WIDTH);
                return g.layerNorm("LayerNorm", g.add(dense, x), WIDTH, epsilon);
            });
        });
        String wide = g.in("intermediate", () -> {
            String dense = g.linear("dense", attended, WIDTH, 2 * WIDTH);
            return g.in("intermediate_act_fn", () -> activation.apply(dense));
        });
        return g.in("output", () -> {
            String dense = g.linear("dense", wide, 2 * WIDTH, WIDTH);
            return g.layerNorm("LayerNorm", g.add(dense, attended), WIDTH, epsilon);
        });
    }

    private String selfAttention(String x, String mask) {
        String q = g.linear("query", x, WIDTH, WIDTH);
        String k = g.heads(g.linear("key", x, WIDTH, WIDTH), HEADS, HEAD);
        String v = g.heads(g.linear("value", x, WIDTH, WIDTH), HEADS, HEAD);
        return g.merge(g.attend(g.heads(q, HEADS, HEAD), k, v, HEAD, scale, mask), WIDTH);
    }

    private void hidden(String x) {
        g.output(x, "last_hidden_state", FLOAT, "batch_size", "sequence_length", WIDTH);
    }

    /** With the first token's vector through a layer of its own behind it. */
    private GeneratedFile pooled(String name, float low) {
        if (g.exporter == Exporter.TORCH_DYNAMO) {
            scale = Scale.BOTH;
        }
        String ids = ids();
        String mask = g.paddingMask(mask(), low);
        String x = encoder(embeddings(ids, kinds(), WIDTH), mask);
        String pooled = g.in("pooler", () -> {
            String first = g.gather(x, g.scalar(0), 1);
            return g.in(
                    "dense",
                    () -> g.op(
                            "Tanh",
                            g.op(
                                    "Gemm",
                                    first,
                                    g.parameter("weight", 0, 0.2f, WIDTH, WIDTH),
                                    g.parameter("bias", 0, 0.1f, WIDTH),
                                    attr("transB", 1))));
        });
        hidden(x);
        g.output(pooled, "pooler_output", FLOAT, "batch_size", WIDTH);
        return GeneratedFile.of(name, g, LAYERS);
    }

    /** Sentence vectors: the mean of what is not padding, brought to length one. */
    private GeneratedFile embedding(String name) {
        String ids = ids();
        String mask = mask();
        String x = encoder(embeddings(ids, kinds(), WIDTH), g.paddingMask(mask, LOWEST));
        String wide = g.cast(g.expand(g.unsqueeze(mask, -1), g.dim(x, 0), g.dim(x, 1), WIDTH), FLOAT);
        String sum = g.reduce("ReduceSum", g.mul(x, wide), false, 1);
        String count = g.op("Clip", g.reduce("ReduceSum", wide, false, 1), g.constant(1e-9f));
        String mean = g.op("Div", sum, count);
        String norm = g.op("Clip", g.reduce("ReduceL2", mean, true, 1), g.constant(1e-12f));
        String unit = g.op("Div", mean, g.op("Expand", norm, g.op("Shape", mean)));
        hidden(x);
        g.output(unit, "sentence_embedding", FLOAT, "batch_size", WIDTH);
        return GeneratedFile.of(name, g, LAYERS);
    }

    /** The mask is expanded to queries by keys, made a bool, and fills; the scale is computed from a shape. */
    private GeneratedFile attendedAtOnce(String name) {
        scale = Scale.BOTH;
        String ids = ids();
        String mask = mask();
        String length = g.dim(ids, 1);
        String wide = g.cast(g.expand(g.unsqueeze(g.unsqueeze(mask, 1), 2), g.dim(mask, 0), 1, length, length), FLOAT);
        String turned = g.op("Sub", g.constant(1f), wide);
        String filled = g.op("Where", g.cast(turned, BOOL), g.constant(LOWEST), turned);
        hidden(encoder(embeddings(ids, kinds(), WIDTH), filled));
        return GeneratedFile.of(name, g, LAYERS);
    }

    /** TensorFlow's: i32 ids, contractions as products of two axes, the normalisation by a factor and a shift. */
    private GeneratedFile keras(String name) {
        String ids = g.input("input_ids", INT32, Fill.intsBelow(WORDS), "batch_size", "sequence_length");
        String mask = g.input("attention_mask", INT32, Fill.intPadding(), "batch_size", "sequence_length");
        String kinds = g.input("token_type_ids", INT32, Fill.intsBelow(2), "batch_size", "sequence_length");
        String x = g.in("bert/embeddings", () -> {
            String length = g.dim(ids, 1);
            String zero = g.constant(tensor(INT32, new int[] {0}));
            String one = g.constant(tensor(INT32, new int[] {1}));
            String positions = g.unsqueeze(g.op("Range", zero, length, one), 0);
            String words = g.embedding("word_embeddings", ids, WORDS, WIDTH);
            String places = g.embedding("position_embeddings", positions, POSITIONS, WIDTH);
            String sum = g.add(g.add(words, places), g.embedding("token_type_embeddings", kinds, 2, WIDTH));
            return g.layerNorm("LayerNorm", sum, WIDTH, epsilon);
        });
        String added = g.in("bert", () -> {
            String four = g.reshape(mask, g.dim(mask, 0), 1, 1, g.dim(mask, 1));
            return g.mul(g.op("Sub", g.constant(1f), g.cast(four, FLOAT)), g.constant(-10000f));
        });
        String last = g.in("bert", () -> encoder(x, added));
        hidden(last);
        return GeneratedFile.of(name, g, LAYERS);
    }

    /** Positions count what is not padding. */
    private GeneratedFile roberta(String name) {
        epsilon = 1e-5f;
        String ids = ids();
        String mask = mask();
        String x = g.in("roberta/embeddings", () -> {
            String real = g.cast(g.op("Not", g.op("Equal", ids, g.scalar(1))), INT32);
            String counted = g.mul(g.op("CumSum", real, g.scalar(1)), real);
            String positions = g.add(g.cast(counted, INT64), g.scalar(1));
            String kinds = g.op("ConstantOfShape", g.op("Shape", ids), attr("value", tensor(new long[] {0}, 1)));
            String words = g.embedding("word_embeddings", ids, WORDS, WIDTH);
            String both = g.add(words, g.embedding("token_type_embeddings", kinds, 1, WIDTH));
            String sum = g.add(both, g.embedding("position_embeddings", positions, POSITIONS, WIDTH));
            return g.layerNorm("LayerNorm", sum, WIDTH, epsilon);
        });
        hidden(g.in("roberta", () -> encoder(x, g.paddingMask(mask, LOWEST))));
        return GeneratedFile.of(name, g, LAYERS);
    }

    /** Queries are scaled, and padding filled with -inf by a mask that is expanded to the shape of the scores. */
    private GeneratedFile distilled(String name) {
        String ids = ids();
        String mask = mask();
        String x = g.in("distilbert/embeddings", () -> {
            String buffer = g.buffer("position_ids", ModelWriter.counting(POSITIONS));
            String positions = g.slice(buffer, 1, 0, g.unsqueeze(g.dim(ids, 1), 0));
            String words = g.embedding("word_embeddings", ids, WORDS, WIDTH);
            String sum = g.add(words, g.embedding("position_embeddings", positions, POSITIONS, WIDTH));
            return g.layerNorm("LayerNorm", sum, WIDTH, epsilon);
        });
        for (int l = 0; l < LAYERS; l++) {
            String entry = x;
            x = g.in("distilbert/transformer/layer." + l, () -> {
                String context = g.in("attention", () -> distilledAttention(entry, mask));
                String first = g.layerNorm("sa_layer_norm", g.add(context, entry), WIDTH, epsilon);
                String second = g.in("ffn", () -> {
                    String wide = g.in("activation", () -> g.gelu(g.linear("lin1", first, WIDTH, 2 * WIDTH)));
                    return g.linear("lin2", wide, 2 * WIDTH, WIDTH);
                });
                return g.layerNorm("output_layer_norm", g.add(second, first), WIDTH, epsilon);
            });
        }
        hidden(x);
        return GeneratedFile.of(name, g, LAYERS);
    }

    private String distilledAttention(String x, String mask) {
        String q = g.heads(g.linear("q_lin", x, WIDTH, WIDTH), HEADS, HEAD);
        String k = g.heads(g.linear("k_lin", x, WIDTH, WIDTH), HEADS, HEAD);
        String v = g.heads(g.linear("v_lin", x, WIDTH, WIDTH), HEADS, HEAD);
        String scores = g.matmul(g.op("Div", q, g.constant((float) Math.sqrt(HEAD))), g.transpose(k, 0, 1, 3, 2));
        String padded = g.reshape(g.op("Equal", mask, g.scalar(0)), g.dim(x, 0), 1, 1, g.dim(x, 1));
        String fill = g.cast(g.op("Expand", padded, g.op("Shape", scores)), BOOL);
        String low = g.constant(Float.NEGATIVE_INFINITY);
        String context = g.matmul(g.softmax(g.op("Where", fill, low, scores), -1), v);
        return g.linear("out_lin", g.merge(context, WIDTH), WIDTH, WIDTH);
    }

    /** Narrow embeddings, and one layer's weights for all layers. */
    private GeneratedFile shared(String name) {
        String ids = ids();
        String mask = g.paddingMask(mask(), LOWEST);
        String narrow = embeddings(ids, kinds(), WIDTH / 2);
        String x = g.in("encoder", () -> g.linear("embedding_hidden_mapping_in", narrow, WIDTH / 2, WIDTH));
        AlbertLayer layer = new AlbertLayer(g, WIDTH, HEADS);
        for (int l = 0; l < LAYERS + 1; l++) {
            x = layer.write(x, mask);
        }
        hidden(x);
        return GeneratedFile.of(name, g, LAYERS + 1);
    }

    /** Where answers begin and end: two columns that are split, and squeezed if they have length one. */
    private GeneratedFile answers(String name) {
        String ids = ids();
        String x = encoder(embeddings(ids, kinds(), WIDTH), g.paddingMask(mask(), LOWEST));
        List<String> columns = g.split(g.linear("qa_outputs", x, WIDTH, 2), 2, 1, 1);
        List<String> names = List.of("start_logits", "end_logits");
        for (int i = 0; i < 2; i++) {
            String column = columns.get(i);
            TensorProto last = tensor(new long[] {-1}, 1);
            String one = g.op("Equal", g.op("Gather", g.op("Shape", column), g.list(-1L)), g.list(1L));
            String squeezed = g.op(
                    "If",
                    g.squeeze(one, 0),
                    attr("then_branch", g.branch("then" + i, b -> b.op("Squeeze", column, b.constant(last)))),
                    attr("else_branch", g.branch("else" + i, b -> b.op("Identity", column))));
            g.output(squeezed, names.get(i), FLOAT, "batch_size", "sequence_length");
        }
        return GeneratedFile.of(name, g, LAYERS);
    }
}
