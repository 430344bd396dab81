package heddle.compiler;

import heddle.compiler.explain.Explanation;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.pass.Pipeline;
import heddle.compiler.rewrite.FuseAttention;
import heddle.compiler.rewrite.FusionReport;
import heddle.compiler.rewrite.WrittenAttention;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.Schedule;
import java.util.Map;

/**
 * What the compiler made of a graph, stage by stage.
 *
 * @param passes   the graph after each pass
 * @param schedule the kernels, before they are cut into tiles
 * @param plan     the same as tile programs
 */
public record Compilation(Pipeline.Result passes, Schedule schedule, Plan plan) {
    Compilation(Pipeline.Result passes, Schedule schedule) {
        this(passes, schedule, schedule.plan());
    }

    /**
     * What became of each attention, with what it costs: formulas, and numbers where lengths are known.
     *
     * @param lengths of symbols, as far as they are known
     */
    public Explanation explain(Map<String, Long> lengths) {
        Map<Node, WrittenAttention> written = passes.before(FuseAttention.NAME)
                .map(before -> WrittenAttention.in(before, graph()))
                .orElse(Map.of());
        return Explanation.of(report(), written, schedule.tiling(), lengths);
    }

    /** The graph that was lowered. */
    public Graph graph() {
        return passes.graph();
    }

    /** The attention in the graph: what is fused, and what is not and why. */
    public FusionReport report() {
        return FusionReport.of(graph());
    }
}
