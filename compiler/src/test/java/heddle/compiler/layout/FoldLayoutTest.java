package heddle.compiler.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compilation;
import heddle.compiler.Compiler;
import heddle.compiler.RandomRun;
import heddle.compiler.frontend.Elaborated;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.text.GraphText;
import heddle.compiler.op.attention.AttentionDefinition;
import heddle.compiler.op.attention.AttentionResult;
import heddle.compiler.op.attention.FusedAttention;
import heddle.compiler.op.layout.Permute;
import heddle.compiler.op.layout.Reshape;
import heddle.compiler.pass.Pipeline;
import heddle.compiler.scalar.ScalarText;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The two stages of attention: over the tensors that products read, then over what is stored. */
class FoldLayoutTest {
    private static final String HEADS = """
            dim B, N, M
            fn heads(x) = transpose(split_axis(x, -1, [4, 8]), 1, 2)
            fn merged(x) = merge_axes(transpose(x, 1, 2), -2, -1)
            input x: f32[B, N, 32]
            input y: f32[B, M, 32]
            """;

    private static final List<Map<String, Long>> SHAPES =
            List.of(Map.of("B", 1L, "N", 1L, "M", 1L), Map.of("B", 2L, "N", 7L, "M", 33L));

    /** The graphs of the two stages; both mean what the model says. */
    private record Stages(Graph recognised, Graph folded) {
        static Stages of(String source) {
            Compilation compilation = Compiler.compile(Elaborated.of(source).graph(), Compiler.Fusion.FUSED);
            Pipeline.Result passes = compilation.passes();
            Graph recognised = passes.before(FoldLayout.NAME).orElseThrow();
            for (Map<String, Long> lengths : SHAPES) {
                RandomRun run = RandomRun.of(passes.given(), lengths.hashCode(), lengths);
                for (Graph stage : List.of(recognised, passes.graph())) {
                    String place = lengths + "\n" + GraphText.print(stage);
                    RandomRun.assertClose(run.run(passes.given()), run.run(stage), 1e-6, place);
                }
            }
            return new Stages(recognised, passes.graph());
        }
    }

    private static List<FusedAttention> attentions(Graph graph) {
        return graph.nodes().stream()
                .map(Node::op)
                .filter(FusedAttention.class::isInstance)
                .map(FusedAttention.class::cast)
                .toList();
    }

    private static AttentionDefinition one(Graph graph) {
        assertEquals(1, attentions(graph).size(), () -> GraphText.print(graph));
        return attentions(graph).getFirst().definition();
    }

    private static long views(Graph graph) {
        return graph.nodes().stream()
                .filter(n -> n.op() instanceof Permute || n.op() instanceof Reshape)
                .count();
    }

    private static List<String> output(Graph graph) {
        return attentions(graph).getFirst().results().getFirst().index().stream()
                .map(ScalarText::of)
                .toList();
    }

    @Test
    void viewsBeforeAndAfterAreFolded() {
        Stages s = Stages.of(
                HEADS + "output o = merged(softmax(heads(x) @ transpose(heads(y)) * 0.25, axis = -1) @ heads(y))");
        assertEquals("x0[b, h, i, d]", ScalarText.of(one(s.recognised).q()));
        assertEquals("score * 0.25", ScalarText.of(one(s.recognised).score()));
        assertEquals(List.of("b", "h", "i", "e"), output(s.recognised));
        assertEquals("x0[b, i, h * 8 + d] * 0.25", ScalarText.of(one(s.folded).q()));
        assertEquals("score", ScalarText.of(one(s.folded).score()));
        assertEquals(List.of("b", "i", "h * 8 + e"), output(s.folded));
        assertEquals(0, views(s.folded), () -> GraphText.print(s.folded));
    }

    @Test
    void anOutputThatIsReadTwiceKeepsItsViews() {
        Stages s = Stages.of(HEADS + """
                let a = softmax(heads(x) @ transpose(heads(y)), axis = -1) @ heads(y)
                output o = merged(a)
                output p = a
                """);
        assertEquals(List.of("b", "h", "i", "e"), output(s.folded));
        assertEquals(2, views(s.folded), () -> GraphText.print(s.folded));
    }

    @Test
    void whatIsBelowARepeatOrAFactorIsRead() {
        Stages s = Stages.of("""
                dim B, N, M
                input q: f32[B, N, 4, 8]
                input k: f32[B, M, 2, 8]
                fn heads(x) = transpose(x, 1, 2)
                let keys = repeat(heads(k), 2, 1)
                output o = softmax((heads(q) * 0.5) @ transpose(keys), axis = -1) @ keys
                """);
        AttentionDefinition a = one(s.recognised);
        assertEquals(2, attentions(s.recognised).getFirst().operands().size());
        assertEquals("x0[b, h * 2 + g, i, d]", ScalarText.of(a.q()));
        assertEquals("score * 0.5", ScalarText.of(a.score()));
        assertEquals("x1[b, h, 0, j, d]", ScalarText.of(a.k()));
        assertEquals("x1[b, j, h, d]", ScalarText.of(one(s.folded).k()));
    }

    @Test
    void partsOfOneTensorAreOneOperand() {
        Stages s = Stages.of("""
                dim B, N
                input x: f32[B, N, 3, 4, 8]
                fn part(n) = permute(x[:, :, n], [0, 2, 1, 3])
                output o = softmax(part(0) @ transpose(part(1)) / 2.0, axis = -1) @ part(2)
                """);
        assertEquals(3, attentions(s.recognised).getFirst().operands().size());
        assertEquals(1, attentions(s.folded).getFirst().operands().size());
    }

    @Test
    void anAttentionReadsAnotherThroughViewsOfItsOutput() {
        Stages s = Stages.of(HEADS + """
                let a = softmax(heads(x) @ transpose(heads(y)), axis = -1) @ heads(y)
                let again = heads(merged(a))
                output o = softmax(again @ transpose(heads(y)), axis = -1) @ heads(y)
                """);
        assertEquals(2, attentions(s.folded).size(), () -> GraphText.print(s.folded));
        assertEquals(0, views(s.folded), () -> GraphText.print(s.folded));
    }

    @Test
    void viewsThatComeAfterTheLogSumExpAreCopiedBeforeIt() {
        Stages s = Stages.of(HEADS + """
                let s = heads(x) @ transpose(heads(y))
                let m = max(s, axis = -1)
                output lse = m + log(sum(exp(s - m[..., new]), axis = -1))
                output o = merged(softmax(s, axis = -1) @ heads(y)[:, :, :, 0:3])
                """);
        FusedAttention a = attentions(s.folded).getFirst();
        assertTrue(a.result(AttentionResult.Kind.LOG_SUM_EXP).isPresent(), () -> GraphText.print(s.folded));
        assertEquals(List.of("b", "i", "h * 3 + e"), output(s.folded));
        assertEquals(0, views(s.folded), () -> GraphText.print(s.folded));
    }
}
