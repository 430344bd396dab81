package heddle.compiler.attention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compiler;
import heddle.compiler.frontend.Elaborated;
import heddle.compiler.report.FusionReport;
import org.junit.jupiter.api.Test;

class DeclineAttentionTest {
    private static final String HEADS = """
            dim B, N, M
            input q: f32[B, 4, N, 8]
            input k: f32[B, 4, M, 8]
            input v: f32[B, 4, M, 8]
            """;

    private static FusionReport report(String source) {
        return Compiler.compile(Elaborated.of(source).graph(), Compiler.Fusion.FUSED)
                .report();
    }

    private static void assertDeclines(String source, String reason) {
        FusionReport report = report(source);
        assertEquals(0, report.fused().size());
        assertTrue(report.declined().getFirst().reason().contains(reason), report.toString());
    }

    @Test
    void scoresShiftedAlongTheKeys() {
        assertDeclines(HEADS + """
                output o = softmax(pad(q @ transpose(k), [1, 0], axis = 3)[..., 0:M], axis = -1) @ v
                """, "puts other elements beside the scores");
    }

    @Test
    void probabilitiesOfTheQueryBefore() {
        assertDeclines(HEADS + """
                let p = softmax(q @ transpose(k), axis = -1)
                output o = pad(p, [1, 0], axis = 2)[:, :, 0:N] @ v
                """, "puts other elements beside the scores or probabilities");
    }

    @Test
    void aFillThatReadsTheScoreIsNoMask() {
        FusionReport report = report(HEADS + """
                let s = q @ transpose(k)
                output o = softmax(where(s > -2.0, s, -inf), axis = -1) @ v
                """);
        assertTrue(report.fused().getFirst().attention().definition().mask().isEmpty());
    }

    private static void assertSeesNone(String source) {
        FusionReport report = report(source);
        assertEquals(0, report.total(), report.toString());
    }

    void theRemedyAndThePlaceAreThoseOfWhatIsInTheWay() {
        FusionReport.Declined declined = report(HEADS + """
                let p = softmax(q @ transpose(k), axis = -1)
                output o = (p / sum(p, axis = -1, keepdims = true)) @ v
                """).declined().getFirst();
        assertEquals(
                "`sum(p, axis = -1, keepdims = true)` combines the probabilities of several keys", declined.reason());
        assertEquals("mask or scale the scores instead: the softmax normalises what is left", declined.remedy());
        assertEquals("reduce_sum", declined.at().op().name());
        assertEquals("softmax", declined.normaliser().op().name());
    }

    void aFunctionInThePlaceOfTheSoftmax() {
        assertDeclines(HEADS + "output o = sigmoid(q @ transpose(k)) @ v", "stands where attention has its softmax");
    }

    void aFunctionBetweenProductsWithWeightsIsALayer() {
        assertSeesNone("""
                dim B, N
                input x: f32[B, N, 8]
                let h = relu(x @ weight "w1" : f32[8, 32])
                output o = softmax(h @ weight "w2" : f32[32, 8], axis = -1)
                """);
    }

    void aSoftmaxOverExpertsIsNoAttention() {
        assertSeesNone("""
                dim B, N
                input x: f32[B, N, 8]
                let gate = softmax(x @ weight "gate" : f32[8, 4], axis = -1)
                output o = einsum("bne,bnef->bnf", gate, einsum("bnd,edf->bnef", x, weight "experts" : f32[4, 8, 6]))
                """);
    }
}
