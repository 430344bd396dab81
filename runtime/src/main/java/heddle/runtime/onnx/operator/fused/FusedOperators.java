package heddle.runtime.onnx.operator.fused;

import heddle.runtime.onnx.translate.OperatorTable;

/** Attention and its surroundings, as ONNX and ONNX Runtime have operators for them. */
public final class FusedOperators {
    private FusedOperators() {}

    public static void addTo(OperatorTable table) {
        PackedAttention.addTo(table);
        MultiHeadAttention.addTo(table);
        GroupQueryAttention.addTo(table);
        StandardAttention.addTo(table);
        RotaryEmbedding.addTo(table);
        SkippedNormalisations.addTo(table);
        FusedSteps.addTo(table);
    }
}
