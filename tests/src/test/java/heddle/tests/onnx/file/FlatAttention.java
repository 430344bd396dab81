package heddle.tests.onnx.file;

/** Attention as in fairseq's models: queries are scaled, and batch and heads are one axis, as {@code torch.bmm} needs it. */
final class FlatAttention {
    private final ModelWriter g;
    private final int width;
    private final int heads;
    private final boolean biasedKeys;

    FlatAttention(ModelWriter g, int width, int heads, boolean biasedKeys) {
        this.g = g;
        this.width = width;
        this.heads = heads;
        this.biasedKeys = biasedKeys;
    }

    /** @param mask [batch, 1, queries, keys] or null */
    String write(String x, String memory, String mask) {
        String scaled = g.mul(g.linear("q_proj", x, width, width), g.constant((float) Math.pow(width / heads, -0.5)));
        String k = heads(keys(memory));
        String v = heads(g.linear("v_proj", memory, width, width));
        return attend(x, scaled, k, v, mask);
    }

    /** Whisper's have no bias. */
    String keys(String x) {
        return biasedKeys ? g.linear("k_proj", x, width, width) : g.linearWithoutBias("k_proj", x, width, width);
    }

    /** [batch, heads, length, width of a head]. */
    String heads(String x) {
        return g.heads(x, heads, width / heads);
    }

    String attend(String x, String scaled, String k, String v, String mask) {
        int head = width / heads;
        String q = g.op("Reshape", heads(scaled), together(x));
        String keys = g.op("Reshape", k, together(x));
        String values = g.op("Reshape", v, together(x));
        String scores = g.matmul(q, g.transpose(keys, 0, 2, 1));
        if (mask != null) {
            String apart = g.reshape(scores, g.dim(x, 0), heads, g.dim(x, 1), g.dim(keys, 1));
            String masked = g.add(apart, mask);
            scores = g.reshape(masked, g.mul(g.dim(x, 0), g.scalar(heads)), g.dim(x, 1), g.dim(keys, 1));
        }
        String context = g.matmul(g.softmax(scores, -1), values);
        String apart = g.reshape(context, g.dim(x, 0), heads, g.dim(x, 1), head);
        String turned = g.transpose(apart, 0, 2, 1, 3);
        return g.linear("out_proj", g.reshape(turned, g.dim(x, 0), g.dim(x, 1), width), width, width);
    }

    private String together(String x) {
        return g.lengths(g.mul(g.dim(x, 0), g.scalar(heads)), -1, width / heads);
    }
}
