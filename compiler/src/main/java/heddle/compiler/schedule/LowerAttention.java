package heddle.compiler.schedule;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.attention.AttentionDefinition;
import heddle.compiler.op.attention.AttentionProbabilities;
import heddle.compiler.op.attention.AttentionResult;
import heddle.compiler.op.attention.FusedAttention;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.schedule.partition.Region;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.tile.family.Contraction;
import java.util.ArrayList;
import java.util.List;

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

    private ScalarExpr program(ScalarExpr e) {
        return IndexSimplifier.simplify(ScalarExprs.transform(
                e,
                x -> x instanceof ScalarExpr.Read r
                        ? buffers.element(operands.get(r.slot()), r.index()).orElseThrow()
                        : x));
    }
}
