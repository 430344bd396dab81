package heddle.compiler;

import heddle.compiler.attention.FuseAttention;
import heddle.compiler.decode.DecodeStep;
import heddle.compiler.explain.Explanation;
import heddle.compiler.gradient.Differentiate;
import heddle.compiler.ir.Decision;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.LengthCondition;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Pass;
import heddle.compiler.join.ContractSums;
import heddle.compiler.join.JoinProducts;
import heddle.compiler.join.NormaliseParts;
import heddle.compiler.join.SplitJoinedSoftmax;
import heddle.compiler.join.SplitProbabilities;
import heddle.compiler.layout.FoldLayout;
import heddle.compiler.op.MarkProbabilities;
import heddle.compiler.op.gradient.Gradient;
import heddle.compiler.pack.PackInputs;
import heddle.compiler.pack.PackSequences;
import heddle.compiler.pack.SplitPooling;
import heddle.compiler.pack.StoredPairs;
import heddle.compiler.pass.EliminateCommonSubexpressions;
import heddle.compiler.pass.EliminateDeadCode;
import heddle.compiler.pass.ExpandStored;
import heddle.compiler.pass.FoldConstants;
import heddle.compiler.pass.Pipeline;
import heddle.compiler.pass.RemoveIdentities;
import heddle.compiler.pass.RemoveTrainingMarks;
import heddle.compiler.pass.SplitLongJoins;
import heddle.compiler.recompute.LossOutputs;
import heddle.compiler.recompute.MemoryBudget;
import heddle.compiler.recompute.Recompute;
import heddle.compiler.report.FusionReport;
import heddle.compiler.report.WrittenAttention;
import heddle.compiler.rule.DeclinedException;
import heddle.compiler.schedule.Lower;
import heddle.compiler.schedule.MemoryPlan;
import heddle.compiler.schedule.Schedule;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.softmax.SoftmaxRules;
import heddle.compiler.sum.PlainSums;
import heddle.compiler.type.Dim;
import heddle.compiler.type.LengthFacts;
import heddle.dsl.DeepStack;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Compiles a model's graph into an execution plan: runs the passes in order, then lowers the graph to kernels. */
public final class Compiler {
    /** Whether operations become kernels together or one by one. */
    public enum Fusion {
        FUSED,
        UNFUSED
    }

    private static final List<Pass> SIMPLIFY = List.of(
            new RemoveTrainingMarks(),
            new RemoveIdentities(),
            new FoldConstants(),
            new ExpandStored(),
            new EliminateCommonSubexpressions(),
            new EliminateDeadCode());

    /** One spelling of each softmax; what is held in the weight file stays as it is. */
    private static final List<Pass> NORMALISE = List.of(
            new RemoveTrainingMarks(),
            new RemoveIdentities(),
            new FoldConstants(),
            new EliminateCommonSubexpressions(),
            PlainSums.RULES,
            SoftmaxRules.SPELL,
            new EliminateCommonSubexpressions(),
            SoftmaxRules.MASK,
            new EliminateCommonSubexpressions(),
            SoftmaxRules.RECOGNISE,
            SoftmaxRules.SHIFT);

    private static final List<Pass> RECOGNISE = List.of(
            PlainSums.RULES,
            SoftmaxRules.SPELL,
            new EliminateCommonSubexpressions(),
            SoftmaxRules.MASK,
            new EliminateCommonSubexpressions(),
            ContractSums.RULES,
            SoftmaxRules.RECOGNISE,
            SplitJoinedSoftmax.RULES,
            NormaliseParts.RULES,
            new EliminateCommonSubexpressions(),
            SoftmaxRules.SHIFT,
            JoinProducts.RULES,
            SplitProbabilities.RULES,
            new MarkProbabilities(),
            new EliminateDeadCode(),
            new FuseAttention(),
            new EliminateDeadCode());

    private static final List<Pass> DIFFERENTIATE = List.of(
            new Differentiate(),
            new RemoveTrainingMarks(),
            new RemoveIdentities(),
            new FoldConstants(),
            new EliminateCommonSubexpressions(),
            new MarkProbabilities(),
            new EliminateDeadCode());

    private static final List<Pass> LAST = List.of(new SplitLongJoins());

    private static final List<Pass> FOLD = List.of(new FoldLayout(), new EliminateDeadCode());

    private Compiler() {}

    /** The passes for a graph, in order. Gradients are taken of what was recognised, and have layout to fold themselves. */
    public static Pipeline pipeline(Graph graph, Fusion fusion) {
        return pipeline(graph, fusion, Optional.empty());
    }

    private static Pipeline pipeline(Graph graph, Fusion fusion, Optional<Recompute> recompute) {
        List<Pass> passes = new ArrayList<>(SIMPLIFY);
        if (fusion == Fusion.FUSED) {
            passes.addAll(RECOGNISE);
        }
        if (Differentiate.isAsked(graph)) {
            recompute.ifPresent(r -> passes.add(new LossOutputs()));
            passes.addAll(DIFFERENTIATE);
        }
        recompute.ifPresent(passes::add);
        if (fusion == Fusion.FUSED) {
            passes.addAll(FOLD);
        }
        passes.addAll(LAST);
        return new Pipeline(passes);
    }

    /** Compiles a graph for processors with vector registers. */
    public static Compilation compile(Graph graph, Fusion fusion) {
        return compile(graph, fusion, SchedulePolicy.PROCESSOR, Set.of());
    }

    /**
     * Compiles a graph.
     *
     * @param policy   makes schedules, as the target needs them
     * @param disabled names of passes to leave out
     */
    public static Compilation compile(Graph graph, Fusion fusion, SchedulePolicy policy, Set<String> disabled) {
        return compile(graph, fusion, policy, disabled, Optional.empty());
    }

    /**
     * Compiles a graph.
     *
     * @param budget of memory, for a graph that asks for gradients and whose lengths are known, or have typical values
     */
    public static Compilation compile(
            Graph graph, Fusion fusion, SchedulePolicy policy, Set<String> disabled, Optional<MemoryBudget> budget) {
        return DeepStack.call(() -> compiled(graph, fusion, policy, disabled, budget));
    }

    /**
     * The graph for texts end to end, where it can be shown that it means the same and costs no more: no kernel of it stores
     * something for each pair of tokens in a row.
     *
     * @param graph gives something for each token of a text in each of its outputs
     */
    public static PackSequences.Result pack(Graph graph, PackInputs inputs) {
        return DeepStack.call(() -> packed(graph, inputs));
    }

    private static PackSequences.Result packed(Graph graph, PackInputs inputs) {
        Graph normal = new Pipeline(NORMALISE)
                .run(PackSequences.withoutPadding(graph, inputs))
                .graph();
        PackSequences.Result result = PackSequences.pack(normal, inputs);
        return result.graph()
                .flatMap(packed -> pairs(packed, inputs))
                .map(PackSequences.Result::declined)
                .orElse(result);
    }

    /**
     * The graph for the first tokens of a text, or for one token behind {@code past} others whose keys and values are in caches, where it
     * can be shown that this means the same.
     *
     * @param graph  gives something for each token in each of its outputs
     * @param tokens the input of token numbers
     */
    public static DecodeStep.Result decode(Graph graph, String tokens, Optional<Dim> past) {
        return DeepStack.call(() -> {
            Graph normal = new EliminateDeadCode()
                    .run(new Pipeline(NORMALISE).run(graph).graph());
            return past.map(p -> DecodeStep.next(normal, tokens, p)).orElseGet(() -> DecodeStep.first(normal, tokens));
        });
    }

    /**
     * What {@link #pack} gives for the tokens of a graph, and what is computed of whole texts afterwards.
     *
     * @param tokens     the graph for texts end to end, or why there is none
     * @param afterwards reads outputs of it, text by text: see {@link SplitPooling}; absent without such a graph
     */
    public record PackedParts(PackSequences.Result tokens, Optional<Graph> afterwards) {}

    /** Packs a graph that has something for each text, such as a mean, in some of its outputs. */
    public static PackedParts packPooled(Graph graph, PackInputs inputs) {
        return DeepStack.call(() -> {
            try {
                Graph normal = new Pipeline(NORMALISE)
                        .run(PackSequences.withoutPadding(graph, inputs))
                        .graph();
                SplitPooling.Parts parts = SplitPooling.of(normal, inputs);
                return new PackedParts(packed(parts.tokens(), inputs), Optional.of(parts.afterwards()));
            } catch (DeclinedException e) {
                return new PackedParts(PackSequences.Result.declined(e.outcome()), Optional.empty());
            }
        });
    }

    /** What of a packed graph is stored for pairs of tokens, and why that is not fused. */
    private static Optional<Outcome.Declined> pairs(Graph packed, PackInputs inputs) {
        Pipeline.Result passes = new Pipeline(
                        Stream.concat(SIMPLIFY.stream(), RECOGNISE.stream()).toList())
                .run(packed);
        return StoredPairs.find(passes.graph(), inputs)
                .map(stored -> FusionReport.of(passes.graph(), passes.decisions(FuseAttention.NAME))
                        .declined(FusionReport.Kind.IN_THE_WAY)
                        .stream()
                        .findFirst()
                        .map(d -> new Outcome.Declined(
                                d.at(), stored.reason() + ", since attention is not fused: " + d.reason(), d.remedy()))
                        .orElse(stored));
    }

    /**
     * What becomes of each attention, as {@link Compilation#explain} says it, when the rest of the model is of no interest and
     * not lowered.
     *
     * @param lengths of symbols, as far as they are known
     * @param next    called before each step; what it throws ends the work
     */
    public static Explanation explain(Graph graph, Map<String, Long> lengths, Runnable next) {
        return DeepStack.call(() -> explained(graph, lengths, next));
    }

    private static Explanation explained(Graph graph, Map<String, Long> lengths, Runnable next) {
        Pipeline.Result passes = new Pipeline(
                        Stream.concat(SIMPLIFY.stream(), RECOGNISE.stream()).toList())
                .run(graph, next);
        List<Decision> decisions = passes.decisions(FuseAttention.NAME);
        Graph fused = passes.after(FuseAttention.NAME).orElseThrow();
        Map<Node, WrittenAttention> written =
                WrittenAttention.in(passes.before(FuseAttention.NAME).orElseThrow(), fused, decisions);
        return Explanation.of(
                FusionReport.of(fused, decisions),
                written,
                SchedulePolicy.PROCESSOR,
                LengthCondition.facts(graph),
                lengths,
                next);
    }

    private static Compilation compiled(
            Graph graph, Fusion fusion, SchedulePolicy policy, Set<String> disabled, Optional<MemoryBudget> budget) {
        LengthFacts facts = LengthCondition.facts(graph);
        Optional<Recompute> recompute = budget.map(b -> recompute(graph, fusion, policy, facts, b));
        Pipeline.Result passes =
                pipeline(graph, fusion, recompute).without(disabled).run(graph);
        return new Compilation(
                passes,
                () -> unfused(passes, disabled),
                lowered(passes.graph(), fusion, policy, facts),
                recompute.flatMap(Recompute::decided));
    }

    private static Schedule lowered(Graph graph, Fusion fusion, SchedulePolicy policy, LengthFacts facts) {
        return fusion == Fusion.FUSED ? Lower.fused(graph, policy, facts) : Lower.unfused(graph, policy, facts);
    }

    /** The pass that keeps a run within a budget, which counts neither inputs nor weights nor gradients. */
    private static Recompute recompute(
            Graph given, Fusion fusion, SchedulePolicy policy, LengthFacts facts, MemoryBudget budget) {
        Set<String> gradients = new HashSet<>();
        given.outputs().forEach((name, value) -> {
            if (value.node().op() instanceof Gradient) {
                gradients.add(name);
            }
        });
        return new Recompute(budget, given, joint -> {
            Graph folded =
                    fusion == Fusion.FUSED ? new Pipeline(FOLD).run(joint).graph() : joint;
            Schedule schedule = lowered(folded, fusion, policy, facts);
            return MemoryPlan.bytes(schedule, budget.typical(), output -> !gradients.contains(output));
        });
    }

    /** The graph as it is when nothing is fused. */
    private static Graph unfused(Pipeline.Result passes, Set<String> disabled) {
        Graph given = passes.given();
        if (Differentiate.isAsked(given)) {
            return pipeline(given, Fusion.UNFUSED).without(disabled).run(given).graph();
        }
        // All pipelines begin alike, so that this much was done already.
        int alike = new Pipeline(SIMPLIFY).without(disabled).passes().size();
        Graph simple = alike == 0 ? given : passes.steps().get(alike - 1).graph();
        return new Pipeline(LAST).without(disabled).run(simple).graph();
    }
}
