package heddle.compiler;

import heddle.compiler.attention.FuseAttention;
import heddle.compiler.explain.Explanation;
import heddle.compiler.explain.GradientExplanation;
import heddle.compiler.gradient.Differentiate;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.pass.Pipeline;
import heddle.compiler.recompute.Recomputation;
import heddle.compiler.report.FusionReport;
import heddle.compiler.report.WrittenAttention;
import heddle.compiler.schedule.Lower;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.Schedule;
import heddle.compiler.tile.proof.AddressCounts;
import heddle.dsl.DeepStack;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The results of compiling a graph, stage by stage. */
public final class Compilation {
    private final Pipeline.Result passes;
    private final Supplier<Graph> unfused;
    private final Schedule schedule;
    private final Schedule.Proved proved;
    private final Optional<Recomputation> recomputation;
    private FusionReport report;
    private Plan unfusedPlan;

    /** @param unfused the graph as it is when nothing is fused */
    Compilation(
            Pipeline.Result passes, Supplier<Graph> unfused, Schedule schedule, Optional<Recomputation> recomputation) {
        this.recomputation = recomputation;
        this.passes = passes;
        this.unfused = unfused;
        this.schedule = schedule;
        this.proved = schedule.proved();
    }

    /** The graph after each pass. */
    public Pipeline.Result passes() {
        return passes;
    }

    /** The kernels, before they are cut into tiles. */
    public Schedule schedule() {
        return schedule;
    }

    /** The same as tile programs. */
    public Plan plan() {
        return proved.plan();
    }

    /** Of how many addresses of the plan it was shown that they lie in their buffers, and by what. */
    public AddressCounts addresses() {
        return proved.addresses();
    }

    /** What is kept for the backward pass and what is computed again; empty without a memory budget. */
    public Optional<Recomputation> recomputation() {
        return recomputation;
    }

    /** The same model with a kernel for each operation, for the same target. It is lowered once. */
    public synchronized Plan unfused() {
        if (unfusedPlan == null) {
            unfusedPlan = DeepStack.call(
                    () -> Lower.unfused(unfused.get(), schedule.policy().usual(), schedule.facts())
                            .plan());
        }
        return unfusedPlan;
    }

    /**
     * Explains each attention and its cost: as formulas, or as numbers where lengths are known.
     *
     * @param lengths of symbols, as far as they are known
     */
    public Explanation explain(Map<String, Long> lengths) {
        return DeepStack.call(() -> explained(lengths));
    }

    private Explanation explained(Map<String, Long> lengths) {
        Map<Node, WrittenAttention> written = passes.before(FuseAttention.NAME)
                .map(before -> WrittenAttention.in(before, recognised(), passes.decisions(FuseAttention.NAME)))
                .orElse(Map.of());
        return Explanation.of(report(), written, schedule.policy(), schedule.facts(), lengths);
    }

    /**
     * What gradients add to a run: as formulas, or as numbers where lengths are known. Empty where none are asked for.
     *
     * @param lengths of symbols, as far as they are known
     */
    public Optional<GradientExplanation> explainGradients(Map<String, Long> lengths) {
        return Differentiate.isAsked(passes.given())
                ? Optional.of(DeepStack.call(
                        () -> GradientExplanation.of(passes.given(), report(), plan(), unfused(), lengths)))
                : Optional.empty();
    }

    /** The graph that was lowered. */
    public Graph graph() {
        return passes.graph();
    }

    /** The graph in which attention was recognised and its layout not yet folded; the last one when it was not looked for. */
    private Graph recognised() {
        return passes.after(FuseAttention.NAME).orElseGet(this::graph);
    }

    /** The attention in the graph: what is fused, and what is not and why. It is looked for once. */
    public synchronized FusionReport report() {
        if (report == null) {
            report = DeepStack.call(this::reported);
        }
        return report;
    }

    /** From what the fusion decided, unless there was none. */
    private FusionReport reported() {
        return passes.after(FuseAttention.NAME)
                .map(graph -> FusionReport.of(graph, passes.decisions(FuseAttention.NAME)))
                .orElseGet(() -> FusionReport.of(graph()));
    }
}
