package heddle.compiler.attention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.RandomRun;
import heddle.compiler.frontend.Elaborated;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.op.attention.FusedAttention;
import heddle.compiler.pass.EliminateDeadCode;
import heddle.compiler.schedule.Lower;
import heddle.compiler.schedule.SchedulePolicy;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExposeAttentionTest {
    private static final String TWO_LAYERS = """
            dim B, N
            input ids: i64[B, N]
            input mask: bool[B, N]
            fn heads(x) = transpose(split_axis(x, -1, [2, 4]), 1, 2)
            fn layer(x, l) {
                let q = heads(x @ weight "{l}.q" : f32[8, 8])
                let k = heads(x @ weight "{l}.k" : f32[8, 8])
                let v = heads(x @ weight "{l}.v" : f32[8, 8])
                let p = softmax(where(mask[:, new, new, :], q @ transpose(k) / 2.0, -inf))
                return PROBABILITIES
            }
            let words = embed(ids, weight "words" : f32[30, 8])
            let x = words
            for l in 0 .. 2 { x = layer(x, l) }
            output last = x
            """;

    private static final String RESULT = "x + merge_axes(transpose(p @ v, 1, 2), -2, -1)";

    private static Graph fused(String source) {
        Graph graph = Elaborated.of(source).graph();
        return new EliminateDeadCode().run(new FuseAttention().run(graph));
    }

    @Test
    void showsWhatEachLayerLooksAtAndStaysFused() {
        String source = TWO_LAYERS.replace("PROBABILITIES", RESULT).replace("output last", "output result");
        Graph fused = fused(source);
        ExposeAttention.Exposed exposed = ExposeAttention.in(fused).orElseThrow();
        assertEquals(2, exposed.layers().size());
        assertEquals("embeddings", exposed.embeddings().orElseThrow());
        assertEquals(
                List.of(
                        "layer 0 input",
                        "layer 0 probabilities",
                        "layer 1 input",
                        "layer 1 probabilities",
                        "embeddings",
                        "last",
                        "result"),
                List.copyOf(exposed.graph().outputs().keySet()));
        assertEquals(2, count(exposed.graph()));
        // The first layer's probabilities are what the first softmax of the plain graph gives.
        String plain =
                source.replace("return x +", "return p").replace("p merge_axes(transpose(p @ v, 1, 2), -2, -1)", "p");
        Graph first = Elaborated.of(plain.replace("0 .. 2", "0 .. 1")).graph();
        for (Map<String, Long> lengths : List.of(Map.of("B", 2L, "N", 5L), Map.of("B", 1L, "N", 1L))) {
            RandomRun run = RandomRun.of(fused, 7, lengths);
            var all = run.run(exposed.graph());
            RandomRun.assertClose(run.run(fused), Map.of("result", all.get("result")), 1e-9, "result");
            RandomRun.assertClose(
                    run.run(first), Map.of("result", all.get("layer 0 probabilities")), 1e-6, "probabilities");
            RandomRun.assertClose(
                    all, run.run(Lower.fused(exposed.graph(), SchedulePolicy.PROCESSOR)), 1e-5, "kernels");
        }
    }

    @Test
    void hasNothingToShowWithoutAttention() {
        assertTrue(ExposeAttention.in(fused("dim N\ninput x: f32[N, 4]\noutput y = softmax(x)\n"))
                .isEmpty());
    }

    private static int count(Graph graph) {
        int n = 0;
        for (Node node : graph.nodes()) {
            n += node.op() instanceof FusedAttention ? 1 : 0;
        }
        return n;
    }
}
