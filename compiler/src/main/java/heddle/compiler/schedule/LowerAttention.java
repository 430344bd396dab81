package heddle.compiler.schedule;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.AttentionProbabilities;
import heddle.compiler.op.FusedAttention;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.tile.family.Contraction;
import java.util.HashMap;
import java.util.Map;

/**
 * Lowers fused attention, and probabilities computed from it. Their bodies are kernels already, over the buffers of the
 * operands.
 */
final class LowerAttention {
    private final Map<Buffer, Buffer> actual = new HashMap<>();

    private LowerAttention(Graph graph, Node node, Buffers buffers) {
        for (Value operand : graph.operands(node)) {
            Buffer formal = FusedAttention.operand(actual.size(), operand.type());
            actual.put(formal, buffers.of(operand).orElseThrow());
        }
    }

    static Attention of(Graph graph, Region region, Buffers buffers) {
        Node node = region.root();
        FusedAttention op = (FusedAttention) node.op();
        return new LowerAttention(graph, node, buffers).attention(op.body(), node, buffers);
    }

    /** The product that {@link AttentionProbabilities} is. */
    static Contraction probabilities(Graph graph, Region region, Buffers buffers) {
        Node node = region.root();
        Contraction c = ((AttentionProbabilities) node.op()).body();
        LowerAttention lower = new LowerAttention(graph, node, buffers);
        return new Contraction(
                c.batch(),
                c.m(),
                c.n(),
                c.k(),
                lower.program(c.a()),
                lower.program(c.b()),
                c.zeros(),
                c.acc(),
                lower.program(c.epilogue()),
                buffers.of(node.value()).orElseThrow(),
                c.address());
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
                a.sink().map(this::program),
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
