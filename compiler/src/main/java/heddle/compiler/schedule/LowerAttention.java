package heddle.compiler.schedule;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.FusedAttention;
import heddle.compiler.tile.Buffer;
import heddle.compiler.tile.ScalarExpr;
import heddle.compiler.tile.ScalarExprs;
import heddle.compiler.tile.family.Attention;
import java.util.HashMap;
import java.util.Map;

/** Lowers fused attention: its body is an attention kernel already, over the buffers that its operands lie in. */
final class LowerAttention {
    private final Map<Buffer, Buffer> actual = new HashMap<>();

    private LowerAttention() {}

    static Attention of(Graph graph, Region region, Buffers buffers) {
        Node node = region.root();
        FusedAttention op = (FusedAttention) node.op();
        LowerAttention lower = new LowerAttention();
        for (int slot = 0; slot < op.operands().size(); slot++) {
            Buffer formal = FusedAttention.operand(slot, op.operands().get(slot));
            lower.actual.put(formal, buffers.of(graph.operand(node, slot)).orElseThrow());
        }
        return lower.attention(op.body(), node, buffers);
    }

    private Attention attention(Attention a, Node node, Buffers buffers) {
        return new Attention(
                a.batch(),
                a.i(),
                a.j(),
                a.d(),
                a.e(),
                program(a.q()),
                program(a.k()),
                program(a.v()),
                a.raw(),
                program(a.score()),
                a.mask().map(this::program),
                a.weight().map(this::program),
                a.acc(),
                program(a.epilogue()),
                buffers.of(node.value()).orElseThrow(),
                a.address(),
                a.logSumExp()
                        .map(l -> new Attention.LogSumExp(
                                buffers.of(new Value(node, 1)).orElseThrow(), l.address())));
    }

    private ScalarExpr program(ScalarExpr e) {
        return ScalarExprs.transform(
                e,
                x -> x instanceof ScalarExpr.Element element
                        ? new ScalarExpr.Element(actual.get(element.buffer()), element.address())
                        : x);
    }
}
