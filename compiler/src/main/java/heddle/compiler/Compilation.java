package heddle.compiler;

import heddle.compiler.ir.Graph;
import heddle.compiler.pass.Pipeline;
import heddle.compiler.rewrite.FusionReport;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.Schedule;

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

    /** The graph that was lowered. */
    public Graph graph() {
        return passes.graph();
    }

    /** The attention in the graph: what is fused, and what is not and why. */
    public FusionReport report() {
        return FusionReport.of(graph());
    }
}
