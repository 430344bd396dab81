package heddle.compiler.layout;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Op;
import heddle.compiler.ir.Pass;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.op.attention.AttentionDefinition;
import heddle.compiler.op.attention.AttentionResult;
import heddle.compiler.op.attention.FusedAttention;
import heddle.compiler.op.attention.GradientOp;
import heddle.compiler.op.attention.GradientResult;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Lets fused operations read what is stored and store what is read: views before an attention become indexes of its
 * operands, permutes and reshapes after it the index of its output. So no layout is copied. A constant scale of the scores
 * moves to the queries.
 *
 * <pre>
 * attention(permute(reshape(x)), …) with q = x0[b, h, i, d]  → attention(x, …) with q = x0[b, i, h * 64 + d]
 * reshape(permute(attention)) with o = [b, h, i, e]          → attention with o = [b, i, h * 64 + e]
 * score = score * 0.125                                      → q = x0[…] * 0.125, score = score
 * </pre>
 *
 * What is read are still tensors, with an index for each axis; addresses are made when a graph is lowered. The views are
 * left for dead code elimination.
 */
public record FoldLayout() implements Pass {
    /**
     * An attention whose layout is folded.
     *
     * @param call what it reads
     * @param root the node that its output stands for
     */
    public record Folded(AttentionCall call, Node root) {}

    /** The pass' name. */
    public static final String NAME = "fold-layout";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Graph run(Graph graph) {
        Map<Node, List<ResultLayout>> layouts = new LinkedHashMap<>();
        for (Node node : graph.nodes()) {
            if (node.op() instanceof FusedAttention a) {
                layouts.put(
                        node, List.of(ResultLayout.of(graph, node, a.results().getFirst())));
            } else if (node.op() instanceof GradientOp g) {
                List<ResultLayout> results = new ArrayList<>();
                for (GradientResult r : g.results()) {
                    results.add(ResultLayout.of(graph, new Value(node, results.size()), r.index()));
                }
                layouts.put(node, results);
            }
        }
        return layouts.isEmpty() ? graph : folded(graph, layouts);
    }

    private static Graph folded(Graph graph, Map<Node, List<ResultLayout>> layouts) {
        Map<Node, Value> roots = new HashMap<>();
        Set<Node> within = new HashSet<>();
        layouts.forEach((node, results) -> {
            for (int n = 0; n < results.size(); n++) {
                if (results.get(n).root() != node) {
                    roots.put(results.get(n).root(), new Value(node, n));
                    within.addAll(results.get(n).passed());
                }
            }
        });
        Predicate<Value> stored = v -> roots.containsKey(v.node());
        Rewriter rewriter = new Rewriter(graph);
        for (Node node : graph.nodes()) {
            if (roots.containsKey(node)) {
                rewriter.replace(node, List.of(rewriter.get(roots.get(node))));
            } else if (node.op() instanceof FusedAttention a) {
                AttentionCall given = new AttentionCall(a, graph.operands(node));
                AttentionCall call = of(graph, given, layouts.get(node).getFirst(), stored);
                replace(rewriter, node, ScaledQuery.moved(call.op()), call.operands());
            } else if (node.op() instanceof GradientOp g) {
                gradient(rewriter, graph, node, g, layouts.get(node), stored);
            } else if (!within.contains(node)) {
                rewriter.copy(node);
            }
        }
        return rewriter.finish();
    }

    private static void replace(Rewriter rewriter, Node node, Op folded, List<Value> operands) {
        List<Value> read = operands.stream().map(rewriter::get).toList();
        rewriter.replace(node, Rewriter.results(rewriter.out().add(folded, read, node.origin())));
    }

    /** A gradient reads as the attention does, so that its probabilities are computed in the same way. */
    private static void gradient(
            Rewriter rewriter,
            Graph graph,
            Node node,
            GradientOp op,
            List<ResultLayout> layouts,
            Predicate<Value> stored) {
        CapturedValues captures = new CapturedValues();
        List<GradientResult> results = new ArrayList<>();
        GradientOp scaled = ScaledQuery.moved(op);
        for (GradientResult r : scaled.results()) {
            ResultLayout layout = layouts.get(results.size());
            results.add(r.at(layout.type(), layout.index()));
        }
        GradientOp read =
                scaled.with(scaled.operands(), results, reading(graph, graph.operands(node), captures, stored));
        CapturedValues.Numbered numbered = captures.numbered(read.programs());
        GradientOp folded = read.with(numbered.types(), read.results(), numbered.change());
        replace(rewriter, node, folded, numbered.operands());
    }

    /**
     * One attention with its layout folded, as a graph without it has that; the scale stays where it is.
     *
     * @param product the node whose value the output is
     */
    public static Folded of(Graph graph, AttentionCall call, Node product) {
        ResultLayout layout =
                ResultLayout.of(graph, product, call.op().results().getFirst());
        return new Folded(of(graph, call, layout, v -> false), layout.root());
    }

    /** @param stored where operands are read even if they are views */
    private static AttentionCall of(Graph graph, AttentionCall call, ResultLayout layout, Predicate<Value> stored) {
        CapturedValues captures = new CapturedValues();
        AttentionDefinition folded = call.op().definition().map(reading(graph, call.operands(), captures, stored));
        List<AttentionResult> results = new ArrayList<>(call.op().results());
        results.set(0, layout.output());
        return captures.call(folded, results);
    }

    /** Makes programs of operands read what is stored. */
    private static UnaryOperator<ScalarExpr> reading(
            Graph graph, List<Value> operands, CapturedValues captures, Predicate<Value> stored) {
        StoredElements elements = new StoredElements(graph, captures);
        return program -> IndexSimplifier.simplify(ScalarExprs.transform(
                program,
                x -> x instanceof ScalarExpr.Read r ? elements.of(operands.get(r.slot()), r.index(), stored) : x));
    }
}
