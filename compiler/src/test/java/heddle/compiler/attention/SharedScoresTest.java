package heddle.compiler.attention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.frontend.Elaborated;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.text.GraphReader;
import heddle.compiler.ir.text.GraphText;
import heddle.compiler.op.GraphCatalogue;
import heddle.compiler.report.CapturedPart;
import heddle.compiler.report.FusionReport;
import heddle.dsl.source.SourceFile;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Scores that something beside one attention reads: their log-sum-exp, and other attentions. */
class SharedScoresTest {
    private static final String SCORES = """
            dim B, N, M
            input q: f32[B, 4, N, 8]
            input k: f32[B, 4, M, 8]
            input v: f32[B, 4, M, 6]
            let s = q @ transpose(k) * 0.25
            """;

    private static Graph fused(String source) {
        return Compiler.compile(Elaborated.of(source).graph(), Fusion.FUSED).graph();
    }

    private static FusionReport report(String source) {
        return FusionReport.of(fused(source));
    }

    private static void assertScoresAreReadElsewhere(FusionReport report) {
        assertEquals("fused 0/1 attention", report.summary());
        String reason = report.declined().getFirst().reason();
        assertTrue(reason.contains("also read by"), reason);
    }

    @Test
    void theLogSumExpIsASecondResult() {
        Graph graph = fused(SCORES + """
                let m = max(s, axis = -1)
                output lse = m + log(sum(exp(s - m[..., new]), axis = -1))
                output o = softmax(s, axis = -1) @ v
                """);
        FusionReport report = FusionReport.of(graph);
        assertEquals("fused 1/1 attention", report.summary());
        assertEquals(2, report.fused().getFirst().node().results().size());
        assertEquals(4, graph.nodes().size(), () -> GraphText.print(graph));
        String text = GraphText.print(graph);
        assertEquals(
                text,
                GraphText.print(GraphReader.read(new SourceFile("fused.graph", text), GraphCatalogue.PRIMITIVES)));
    }

    /** That equal expressions become one does not keep an attention from computing its own scores. */
    @Test
    void scoresThatAreWrittenTwiceAreComputedTwice() {
        FusionReport report = report("""
                dim N
                input q: f32[N, 8]
                input k: f32[N, 8]
                output a = softmax(q @ transpose(k)) @ k
                output b = sigmoid(q @ transpose(k)) @ k
                output c = softmax(q @ transpose(k), axis = -2) @ k
                """);
        assertEquals(1, report.fused().size(), report.summary());
        FusionReport once = report("""
                dim N
                input q: f32[N, 8]
                input k: f32[N, 8]
                let s = q @ transpose(k)
                output a = softmax(s) @ k
                output b = sigmoid(s) @ k
                """);
        assertEquals("fused 0/1 attention, 1 without softmax", once.summary());
    }

    /** Equal masks are one node; each attention shows its own. */
    @Test
    void eachAttentionShowsWhereItIsWritten() {
        String source = """
                dim N
                input x: f32[N, 8]
                fn causal(q) {
                  let n = size(q, 0)
                  return softmax(where(iota(n) <= iota(n)[:, new], q @ transpose(q), -inf)) @ q
                }
                output a = causal(x)
                let i = iota(N)[:, new]
                output b = softmax(where(iota(N) <= i, x @ transpose(x) / 3.0, -inf)) @ x
                output c = softmax(where(iota(N) <= i, x @ transpose(x) / 5.0, -inf)) @ x
                """;
        List<String> masks =
                Compiler.compile(Elaborated.of(source).graph(), Fusion.FUSED).explain(Map.of()).fused().stream()
                        .flatMap(fused -> fused.parts().stream())
                        .filter(part -> part.role() == CapturedPart.Role.MASK)
                        .map(part -> part.span().orElseThrow())
                        .map(span -> span.text() + " at " + span.start())
                        .toList();
        int first = source.indexOf("iota(N) <= i,");
        assertEquals(
                List.of(
                        "iota(n) <= iota(n)[:, new] at " + source.indexOf("iota(n) <="),
                        "iota(N) <= i at " + first,
                        "iota(N) <= i at " + source.indexOf("iota(N) <= i,", first + 1)),
                masks);
    }

    @Test
    void theLogSumExpOfOtherScoresIsNone() {
        assertScoresAreReadElsewhere(report(SCORES + """
                output lse = log(sum(exp(s + 1.0), axis = -1))
                output o = softmax(s, axis = -1) @ v
                """));
    }

    /** The logarithm is none of the attention's, whose rows lie otherwise; its maximum and sum are. */
    @Test
    void rowsInAnotherOrderAreComputedFromMaximumAndSum() {
        FusionReport report = report(SCORES + """
                output lse = log(transpose(sum(exp(s), axis = -1)))
                output o = softmax(s, axis = -1) @ v
                """);
        assertEquals("fused 1/1 attention", report.summary());
    }

    @Test
    void valuesMadeOfTheLogSumExpComeTooLate() {
        assertScoresAreReadElsewhere(report(SCORES + """
                let lse = log(sum(exp(s), axis = -1))
                output o = softmax(s, axis = -1) @ (v + mean(lse, axis = -1)[..., new, new])
                """));
    }

    @Test
    void scoresOfAnEarlierLayerAreNamed() {
        FusionReport report = report(SCORES + """
                input w: f32[B, 4, N, M]
                let next = (q * q) @ transpose(k) + s * w
                output o = softmax(s, axis = -1) @ v + softmax(next, axis = -1) @ v
                """);
        assertEquals("fused 0/2 attention", report.summary());
        assertEquals(
                "`(q * q) @ transpose(k) + s * w` adds scores that another attention has, too, so they must be stored",
                report.declined().getLast().reason());
    }
}
