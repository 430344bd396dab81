package heddle.compiler.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compiler;
import heddle.compiler.frontend.Elaborated;
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
    void scoresOfTwoSetsOfKeys() {
        assertDeclines(HEADS + """
                input r: f32[B, 4, M, 8]
                let s = concat([q @ transpose(k), q @ transpose(r)], axis = -1)
                output o = softmax(s, axis = -1) @ concat([v, v], axis = 2)
                """, "puts other elements beside the scores");
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
        assertTrue(report.fused().getFirst().attention().body().mask().isEmpty());
    }
}
