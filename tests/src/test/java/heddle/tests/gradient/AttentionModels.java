package heddle.tests.gradient;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.text.GraphReader;
import heddle.compiler.op.GraphCatalogue;
import heddle.compiler.op.attention.FusedAttention;
import heddle.dsl.source.SourceFile;
import java.util.LinkedHashMap;
import java.util.Map;

/** Attentions of every kind, over lengths {@code B}, {@code N} and {@code M}, with heads of D = 16 and Dv = 24 unless the name says more. */
public final class AttentionModels {
    private static final String LENGTHS = "batch = [\"b\", \"h\"], lengths = [B, 2, N, M, 16, 24], ";
    private static final String OPERANDS = "q = \"x0[b, h, i, d]\", k = \"x1[b, h, j, d]\", v = \"x2[b, h, j, e]\", ";
    private static final String SCALED = "score = \"score * 0.25\", ";
    private static final String RESULT = "o = [\"b\", \"h\", \"i\", \"e\"]";

    /** The attributes of each, by name; then the types of captured operands. */
    private static final Map<String, String[]> ALL = new LinkedHashMap<>();

    static {
        plain("full", SCALED);
        plain("causal", SCALED + "mask = \"j <= i\", ");
        plain("windowed", SCALED + "mask = \"j <= i and i - j < 20\", ");
        plain("cross-causal", SCALED + "mask = \"j <= i + 7\", ");
        plain("all-masked", SCALED + "mask = \"j < i - 2000\", ");
        plain("later-keys", SCALED + "mask = \"j <= i - 40\", ");
        plain("capped", "score = \"30 * tanh(score / 60)\", mask = \"j <= i\", ");
        plain("slope", "score = \"score * 0.25 + x3[h] * f32(j - i)\", mask = \"j <= i\", ", "f32[2]");
        plain("temperature", "score = \"score * x3[b, h, i]\", ", "f32[B, 2, N]");
        plain("dense-bias", "score = \"score * 0.25 + x3[h, i, j]\", ", "f32[2, N, M]");
        plain("dense-bias-masked", "score = \"score * 0.25 + x3[b, h, i, j]\", mask = \"j <= i\", ", "f32[B, 2, N, M]");
        plain("one-bias", "score = \"score * 0.25 + x3[i, j]\", mask = \"j <= i\", ", "f32[N, M]");
        plain("key-bias", "score = \"score * 0.25 + x3[b, j]\", mask = \"j <= i\", ", "f32[B, M]");
        plain("query-bias", "score = \"tanh(score * 0.25 + x3[i, h])\", ", "f32[N, 2]");
        plain("sink", SCALED + "mask = \"j <= i - 1\", sink = \"x3[h]\", ", "f32[2]");
        plain("weight", SCALED + "mask = \"j <= i\", weight = \"x3[b, h, j]\", ", "f32[B, 2, M]");
        plain("boolean", SCALED + "mask = \"x3[b, j]\", ", "bool[B, M]");
        plain(
                "table",
                "score = \"score * 0.25 + x3[h, min(max(j - i, -4), 4) + 4]\", mask = \"j <= i + 2\", ",
                "f32[2, 9]");
        plain("weight-table", SCALED + "weight = \"x3[min(abs(j - i), 6)]\", ", "f32[7]");
        ALL.put(
                "grouped",
                attributes(
                        "batch = [\"b\", \"h\", \"g\"], lengths = [B, 2, 3, N, M, 16, 24], ",
                        "q = \"x0[b, h*3 + g, i, d]\", k = \"x1[b, h, j, d]\", v = \"x2[b, h, j, e]\", ",
                        SCALED + "mask = \"j <= i\", ",
                        "o = [\"b\", \"h*3 + g\", \"i\", \"e\"]",
                        "f32[B, 6, N, 16], f32[B, 2, M, 16], f32[B, 2, M, 24]",
                        "f32[B, 6, N, 24]"));
        ALL.put(
                "grouped-apart",
                attributes(
                        "batch = [\"b\", \"h\", \"g\"], lengths = [B, 2, 3, N, M, 16, 24], ",
                        "q = \"x0[h, g, i, d]\", k = \"x1[b, h, j, d]\", v = \"x2[b, g, j, e]\", ",
                        SCALED,
                        "o = [\"b\", \"h*3 + g\", \"i\", \"e\"]",
                        "f32[2, 3, N, 16], f32[B, 2, M, 16], f32[B, 3, M, 24]",
                        "f32[B, 6, N, 24]"));
        ALL.put(
                "heads-last",
                attributes(
                        LENGTHS,
                        "q = \"x0[b, i, h*16 + d]\", k = \"x1[b, j, h*16 + d]\", v = \"x2[b, j, h*24 + e]\", ",
                        SCALED + "mask = \"j <= i\", ",
                        "o = [\"b\", \"i\", \"h*24 + e\"]",
                        "f32[B, N, 32], f32[B, M, 32], f32[B, M, 48]",
                        "f32[B, N, 48]"));
        ALL.put(
                "one-tensor",
                attributes(
                        "batch = [\"b\"], lengths = [B, N, M, 16, 16], ",
                        "q = \"x0[b, i, d]\", k = \"x1[b, j, d]\", v = \"x1[b, j, e]\", ",
                        SCALED,
                        "o = [\"b\", \"i\", \"e\"]",
                        "f32[B, N, 16], f32[B, M, 16]",
                        "f32[B, N, 16]"));
    }

    private AttentionModels() {}

    private static void plain(String name, String parts, String... captured) {
        String types = "f32[B, 2, N, 16], f32[B, 2, M, 16], f32[B, 2, M, 24]"
                + (captured.length == 0 ? "" : ", " + captured[0]);
        ALL.put(name, attributes(LENGTHS, OPERANDS, parts, RESULT, types, "f32[B, 2, N, 24]"));
    }

    private static String[] attributes(
            String lengths, String operands, String parts, String result, String types, String type) {
        return new String[] {lengths + operands + parts + result, types, type};
    }

    /** The names of all. */
    public static java.util.List<String> names() {
        return java.util.List.copyOf(ALL.keySet());
    }

    /** The attention of a name. */
    public static FusedAttention of(String name) {
        String[] parts = ALL.get(name);
        return read(parts[0], parts[1], parts[2]);
    }

    /**
     * An attention.
     *
     * @param attributes in the text form
     * @param operands   their types
     * @param results    their types
     */
    public static FusedAttention read(String attributes, String operands, String results) {
        StringBuilder text = new StringBuilder("graph attention {\n");
        String[] types = operands.split(", (?=[fbi])");
        StringBuilder read = new StringBuilder();
        for (int slot = 0; slot < types.length; slot++) {
            text.append("  %" + slot + " = input {name = \"x" + slot + "\"} : " + types[slot] + "\n");
            read.append(slot == 0 ? "" : ", ").append("%" + slot);
        }
        text.append("  %" + types.length + " = attention(" + read + ") {" + attributes + "} : " + results + "\n");
        text.append("  output o = %" + types.length + "\n}\n");
        Graph graph = GraphReader.read(new SourceFile("attention.graph", text.toString()), GraphCatalogue.PRIMITIVES);
        return (FusedAttention) graph.nodes().getLast().op();
    }
}
