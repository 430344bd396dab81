package heddle.compiler.layout;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Pass;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.op.attention.AttentionDefinition;
import heddle.compiler.op.attention.AttentionResult;
import heddle.compiler.op.attention.FusedAttention;
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
        Map<Node, ResultLayout> layouts = new LinkedHashMap<>();
        for (Node node : graph.nodes()) {
            if (node.op() instanceof FusedAttention a) {
                layouts.put(node, ResultLayout.of(graph, node, a.results().getFirst()));
            }
        }
        return layouts.isEmpty() ? graph : folded(graph, layouts);
    }

    private static Graph folded(Graph graph, Map<Node, ResultLayout> layouts) {
        Map<Node, Node> roots = new HashMap<>();
        Set<Node> within = new HashSet<>();
        layouts.forEach((attention, layout) -> {
            if (layout.root() != attention) {
                roots.put(layout.root(), attention);
                within.addAll(layout.passed());
            }
        });
        Rewriter rewriter = new Rewriter(graph);
        for (Node node : graph.nodes()) {
            if (roots.containsKey(node)) {
                rewriter.replace(node, List.of(rewriter.get(roots.get(node).value())));
            } else if (layouts.containsKey(node)) {
                AttentionCall given = new AttentionCall((FusedAttention) node.op(), graph.operands(node));
                AttentionCall call = of(graph, given, layouts.get(node), v -> roots.containsKey(v.node()));
                List<Value> operands =
                        call.operands().stream().map(rewriter::get).toList();
                Node folded = rewriter.out().add(ScaledQuery.moved(call.op()), operands, node.origin());
                rewriter.replace(node, Rewriter.results(folded));
            } else if (!within.contains(node)) {
                rewriter.copy(node);
            }
        }
        return rewriter.finish();
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
        StoredElements elements = new StoredElements(graph, captures);
        AttentionDefinition folded = call.op()
                .definition()
                .map(program -> IndexSimplifier.simplify(ScalarExprs.transform(
                        program,
                        x -> x instanceof ScalarExpr.Read r
                                ? elements.of(call.operands().get(r.slot()), r.index(), stored)
                                : x)));
        List<AttentionResult> results = new ArrayList<>(call.op().results());
        results.set(0, layout.result());
        return captures.call(folded, results);
    }
}
