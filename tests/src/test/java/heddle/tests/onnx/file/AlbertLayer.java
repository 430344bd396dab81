package heddle.tests.onnx.file;

import heddle.tests.onnx.file.ModelWriter.Scale;

/** A layer whose weights are declared once and read at each use: nodes have the same scope, and a number behind it. */
final class AlbertLayer {
    private static final String SCOPE = "encoder/albert_layer_groups.0/albert_layers.0";

    private final ModelWriter g;
    private final int width;
    private final int heads;
    private final String[] matrices = new String[6];
    private final String[] biases = new String[6];
    private final String[] gains = new String[2];
    private final String[] shifts = new String[2];

    AlbertLayer(ModelWriter g, int width, int heads) {
        this.g = g;
        this.width = width;
        this.heads = heads;
        String[] modules = {
            "attention/query", "attention/key", "attention/value", "attention/dense", "ffn", "ffn_output"
        };
        for (int i = 0; i < modules.length; i++) {
            int in = i == 5 ? 2 * width : width;
            int out = i == 4 ? 2 * width : width;
            matrices[i] = g.in(SCOPE + "/" + modules[i], () -> g.matrix(in, out));
            biases[i] = g.in(SCOPE + "/" + modules[i], () -> g.parameter("bias", 0, 0.1f, out));
        }
        String[] norms = {"attention/LayerNorm", "full_layer_layer_norm"};
        for (int i = 0; i < norms.length; i++) {
            gains[i] = g.in(SCOPE + "/" + norms[i], () -> g.parameter("weight", 1, 0.1f, width));
            shifts[i] = g.in(SCOPE + "/" + norms[i], () -> g.parameter("bias", 0, 0.1f, width));
        }
    }

    String write(String x, String mask) {
        return g.in(SCOPE, () -> {
            String context = g.in("attention", () -> {
                String q = g.heads(linear(0, x), heads, width / heads);
                String k = g.heads(linear(1, x), heads, width / heads);
                String v = g.heads(linear(2, x), heads, width / heads);
                return g.merge(g.attend(q, k, v, width / heads, Scale.DIVIDE, mask), width);
            });
            String first = norm(0, g.add(x, linear(3, context)));
            return norm(1, g.add(linear(5, g.geluNew(linear(4, first))), first));
        });
    }

    private String linear(int slot, String x) {
        return g.add(biases[slot], g.matmul(x, matrices[slot]));
    }

    private String norm(int slot, String x) {
        String centred = g.op("Sub", x, g.reduce("ReduceMean", x, true, -1));
        String variance = g.reduce("ReduceMean", g.op("Pow", centred, g.constant(2f)), true, -1);
        String ratio = g.op("Div", centred, g.op("Sqrt", g.add(variance, g.constant(1e-12f))));
        return g.add(g.mul(ratio, gains[slot]), shifts[slot]);
    }
}
