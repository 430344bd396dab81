package heddle.runtime.train;

import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.gradient.Differentiate;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Input;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.Weight;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.type.DType;
import heddle.dsl.source.Span;
import heddle.runtime.jvm.JvmOptions;
import heddle.runtime.jvm.JvmProgram;
import heddle.runtime.tensor.Tensor;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Finds where a graph first computes something that is not finite. Each operation runs by itself, and says the worst of
 * its elements. Minus infinity counts least, because masks are made of it.
 *
 * @param what is not finite there, in a sentence
 * @param span where the model says so, where it does
 * @param remedy what to look at
 */
record FirstNonFinite(String what, Optional<Span> span, String remedy) {
    /** Against numbers that grow from step to step. */
    static final String SMALLER = "take a smaller learning rate, a longer warm-up, or a smaller norm to clip to";

    private static final String OUTPUT = "worst.";
    private static final List<String> WORST = List.of("", "-Infinity", "Infinity", "NaN");

    /**
     * The first operation whose result is worse than what it reads; empty when all is finite where nothing is fused.
     *
     * @param graph  with gradients, which are written out
     * @param frozen weights that the graph does not take as inputs
     */
    static Optional<FirstNonFinite> of(
            Graph graph,
            Map<String, Tensor> inputs,
            Map<String, Long> lengths,
            Map<String, Tensor> frozen,
            JvmOptions jvm) {
        Graph written = Differentiate.meaning(graph);
        Plan plan = Compiler.compile(watched(written), Fusion.UNFUSED, SchedulePolicy.of(jvm.target()), Set.of())
                .plan();
        Map<String, Tensor> worst = JvmProgram.load(plan, frozen, jvm).run(inputs, lengths);
        return written.nodes().stream()
                .filter(n -> worst(n, worst) > read(written, n, worst))
                .max(Comparator.comparing((Node n) -> Math.min(worst(n, worst), 2))
                        .thenComparing(Node::id, Comparator.reverseOrder()))
                .map(n -> found(n, worst(n, worst)));
    }

    private static FirstNonFinite found(Node node, int level) {
        Optional<Span> span = node.origin().spans().stream().findFirst();
        String worst = WORST.get(level);
        return switch (node.op()) {
            case Input i ->
                i.key().startsWith(TrainingGraph.WEIGHT)
                        ? weight(i.key().substring(TrainingGraph.WEIGHT.length()), worst, span)
                        : new FirstNonFinite(
                                "what is not finite first is the batch, whose input " + i.key() + " has " + worst,
                                span,
                                "look at the data that the batch was made of");
            case Weight w -> weight(w.key(), worst, span);
            default ->
                new FirstNonFinite(
                        "the first operation that is not finite: `" + node.op().name() + "` (" + node.path()
                                + ") gives " + worst,
                        span,
                        SMALLER);
        };
    }

    private static FirstNonFinite weight(String name, String worst, Optional<Span> span) {
        return new FirstNonFinite(
                "what is not finite first is the weight " + name + ", which has " + worst + " before the step",
                span,
                "look at what the training began with; if that is finite, take a smaller learning rate");
    }

    private static int worst(Node node, Map<String, Tensor> worst) {
        Tensor level = worst.get(OUTPUT + node.id());
        return level == null ? 0 : (int) level.element(0);
    }

    private static int read(Graph graph, Node node, Map<String, Tensor> worst) {
        return graph.operands(node).stream()
                .mapToInt(v -> worst(v.node(), worst))
                .max()
                .orElse(0);
    }

    /** The graph with the worst element of each node of floats as its outputs. */
    private static Graph watched(Graph graph) {
        Rewriter copy = new Rewriter(graph);
        for (Node node : graph.nodes()) {
            copy.copy(node);
            if (node.results().size() == 1 && node.type().dtype().isFloat()) {
                copy.out().output(OUTPUT + node.id(), level(copy.out(), copy.get(node.value()), node));
            }
        }
        return copy.out().build();
    }

    private static Value level(Graph.Builder out, Value x, Node node) {
        Value levels = number(out, node, 0);
        DType dtype = x.type().dtype();
        Value low = constant(out, node, dtype, Double.NEGATIVE_INFINITY);
        Value high = constant(out, node, dtype, Double.POSITIVE_INFINITY);
        levels = select(out, node, ScalarFn.EQ, x, low, 1, levels);
        levels = select(out, node, ScalarFn.EQ, x, high, 2, levels);
        levels = select(out, node, ScalarFn.NE, x, x, 3, levels);
        List<Integer> all = IntStream.range(0, x.type().rank()).boxed().toList();
        return out.part(new Reduce(Reduction.MAX, all, false), node.origin(), levels);
    }

    private static Value select(
            Graph.Builder out, Node node, ScalarFn fn, Value x, Value y, int level, Value otherwise) {
        Value is = out.part(new Elementwise(fn), node.origin(), x, y);
        return out.part(new Elementwise(ScalarFn.SELECT), node.origin(), is, number(out, node, level), otherwise);
    }

    private static Value number(Graph.Builder out, Node node, double value) {
        return constant(out, node, DType.F32, value);
    }

    private static Value constant(Graph.Builder out, Node node, DType dtype, double value) {
        return out.part(Constant.scalar(dtype, value), node.origin());
    }
}
