package heddle.tests.gradient;

import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.ir.Graph;
import heddle.compiler.report.FusionReport;
import heddle.runtime.Heddle;
import heddle.runtime.ModelSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Why attention that would be fused otherwise is not where gradients are taken. */
class TrainedReasonsTest {
    private static List<FusionReport.Declined> declined(String model) {
        Graph graph = Heddle.model(ModelSource.text("model", model), Map.of())
                .declaration()
                .graph();
        return Compiler.compile(graph, Fusion.FUSED).report().declined(FusionReport.Kind.IN_THE_WAY);
    }

    @Test
    void blocksThatTheModelMerges() {
        String model = """
                input q: f32[5, 8]
                input k: f32[8, 8]
                input v: f32[8, 6]
                let m = q[..., 0:1] * 0 - inf
                let l = q[..., 0:1] * 0
                let o = q[..., 0:6] * 0
                for t in 0 .. 2 {
                    let s = q @ transpose(k[4 * t : 4 * t + 4, :]) / 3.0
                    let top = max(m, max(s, axis = -1, keepdims = true))
                    let p = exp(s - top)
                    let c = exp(m - top)
                    l = l * c + sum(p, axis = -1, keepdims = true)
                    o = o * c + p @ v[4 * t : 4 * t + 4, :]
                    m = top
                }
                output o = o / l
                """;
        assertEquals(List.of(), declined(model));
        List<FusionReport.Declined> trained = declined(model + "output slope = grad(sum(o / l), k)\n");
        assertEquals(2, trained.size());
        trained.forEach(d -> {
            assertEquals(
                    "`exp(s - top)` is summed apart from the values, which is fused only in models that take no gradients:"
                            + " those of a row's maximum and sum need its scores",
                    d.reason());
            assertEquals("where gradients are taken, take one softmax of all scores that a sum is of", d.remedy());
        });
    }

    @Test
    void queriesThatAreLookedUp() {
        String model = """
                input rows: i64[5]
                input q: f32[5, 8]
                input k: f32[8, 8]
                input v: f32[8, 6]
                let o = softmax((q @ transpose(k))[rows], axis = -1) @ v
                output o = o
                """;
        assertEquals(List.of(), declined(model));
        List<FusionReport.Declined> trained = declined(model + "output slope = grad(sum(o), q)\n");
        assertEquals(1, trained.size());
        assertEquals(
                "a gradient is taken through it, and queries, keys, values or a sink of attention read f32[5, 8] at places"
                        + " that are looked up or overlap: [max(0, min(x0[i], 4)), d]",
                trained.getFirst().reason());
    }
}
