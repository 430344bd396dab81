package heddle.compiler.schedule;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.attention.AttentionDefinition;
import heddle.compiler.op.attention.AttentionDelta;
import heddle.compiler.op.attention.AttentionKeyValueGradient;
import heddle.compiler.op.attention.AttentionProbabilities;
import heddle.compiler.op.attention.AttentionQueryGradient;
import heddle.compiler.op.attention.AttentionResult;
import heddle.compiler.op.attention.FusedAttention;
import heddle.compiler.op.attention.GradientOp;
import heddle.compiler.op.attention.GradientResult;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.schedule.partition.Region;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.tile.family.AttentionGradients;
import heddle.compiler.tile.family.Contraction;
import heddle.compiler.tile.family.Family;
import heddle.compiler.tile.family.RowFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Lowers fused attention, and probabilities computed from it. What they read of operands becomes elements of buffers, each at
 * its address.
 */
final class LowerAttention {
    private final List<Value> operands;
    private final Buffers buffers;

    private LowerAttention(List<Value> operands, Buffers buffers) {
        this.operands = operands;
        this.buffers = buffers;
    }

    static Attention of(Graph graph, Region region, Buffers buffers) {
        Node node = region.root();
        FusedAttention op = (FusedAttention) node.op();
        LowerAttention lower = new LowerAttention(graph.operands(node), buffers);
        List<Attention.Store> stores = new ArrayList<>();
        for (AttentionResult result : op.results()) {
            Value value = new Value(node, stores.size());
            stores.add(new Attention.Store(result.kind(), buffers.of(value).orElseThrow(), result.address()));
        }
        return new Attention(op.definition().map(lower::program), stores);
    }

    /** The product that {@link AttentionProbabilities} is. */
    static Contraction probabilities(Graph graph, Region region, Buffers buffers) {
        Node node = region.root();
        AttentionProbabilities op = (AttentionProbabilities) node.op();
        AttentionDefinition a = op.attention().definition();
        LowerAttention lower = new LowerAttention(graph.operands(node), buffers);
        return new Contraction(
                a.batch(),
                a.i(),
                a.j(),
                a.d(),
                lower.program(a.q()),
                lower.program(a.k()),
                a.zeros(),
                a.raw(),
                lower.program(op.probability()),
                buffers.of(node.value()).orElseThrow(),
                IndexSimplifier.address(
                        node.type().shape(),
                        op.axes().stream().map(ScalarExpr::of).toList()));
    }

    /** The rows that {@link AttentionDelta} sums, or a kernel of gradients. */
    static Family gradient(Graph graph, Region region, Buffers buffers) {
        Node node = region.root();
        LowerAttention lower = new LowerAttention(graph.operands(node), buffers);
        return switch ((GradientOp) node.op()) {
            case AttentionDelta d -> lower.delta(d, node);
            case AttentionKeyValueGradient g ->
                new AttentionGradients(
                        g.backward().map(lower::program),
                        AttentionGradients.Side.KEYS,
                        lower.stores(g.results(), node));
            case AttentionQueryGradient g ->
                new AttentionGradients(
                        g.backward().map(lower::program),
                        AttentionGradients.Side.QUERIES,
                        lower.stores(g.results(), node));
        };
    }

    private List<AttentionGradients.Store> stores(List<GradientResult> results, Node node) {
        List<AttentionGradients.Store> stores = new ArrayList<>();
        for (GradientResult r : results) {
            stores.add(new AttentionGradients.Store(
                    r.map(this::program),
                    buffers.of(new Value(node, stores.size())).orElseThrow(),
                    r.address()));
        }
        return stores;
    }

    private RowFamily delta(AttentionDelta d, Node node) {
        List<RowFamily.Write> writes = new ArrayList<>();
        for (GradientResult r : d.results()) {
            writes.add(new RowFamily.Write(
                    buffers.of(new Value(node, writes.size())).orElseThrow(), false, r.address(), program(d.value(r))));
        }
        RowFamily.Step sum = new RowFamily.Step(d.sum(), Optional.of(Reduction.SUM), program(d.term()));
        return new RowFamily(d.forward().rows(), d.forward().e(), List.of(sum), writes);
    }

    private ScalarExpr program(ScalarExpr e) {
        return IndexSimplifier.simplify(ScalarExprs.transform(
                e,
                x -> x instanceof ScalarExpr.Read r
                        ? buffers.element(operands.get(r.slot()), r.index()).orElseThrow()
                        : x));
    }
}
