package heddle.compiler.attention;

import heddle.compiler.ir.Decision;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Pass;
import heddle.compiler.ir.PassResult;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Cast;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Input;
import heddle.compiler.op.attention.AttentionResult.Kind;
import heddle.compiler.op.layout.Reshape;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.TensorType;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Replaces softmax attention, however it is written, with one operation that never stores the scores.
 *
 * <pre>
 * contract(q, k) → scale, bias, mask, … → softmax → … → contract(·, v) → permute, reshape
 *   becomes  attention(q, k, v, captured …)
 * </pre>
 *
 * Probabilities that meet several values become as many attentions. What the graph
 * computes of each row of the same scores, its maximum, sum or log-sum-exp, is one more result.
 */
public record FuseAttention() implements Pass {
    /** The pass' name. */
    public static final String NAME = "fuse-attention";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Graph run(Graph graph) {
        return apply(graph).graph();
    }

    /** The decisions are those of {@link #examine}, about nodes of the new graph where these stay. */
    @Override
    public PassResult apply(Graph graph) {
        FindAttention found = FindAttention.in(graph);
        Map<Node, AttentionMatch> replaced = found.replaced();
        if (replaced.isEmpty()) {
            return new PassResult(graph, found.decisions());
        }
        Rewriter rewriter = new Rewriter(graph);
        BitSet read = read(graph, replaced);
        Map<AttentionMatch, Node> attentions = new IdentityHashMap<>();
        for (Node node : graph.nodes()) {
            AttentionMatch match = replaced.get(node);
            if (!read.get(node.id()) || rewriter.has(node)) {
                continue; // What nothing reads is left out, so that the softmax leaves its path to the attention.
            }
            if (match == null) {
                rewriter.copy(node);
            } else {
                Node attention = attentions.computeIfAbsent(match, m -> attention(m, rewriter));
                rewriter.replace(
                        node,
                        List.of(
                                node == match.root()
                                        ? attention.value()
                                        : statistic(attention, match, node, rewriter)));
            }
        }
        List<Decision> decisions = found.decisions().stream()
                .map(d -> after(d, attentions, node -> read.get(node.id()) ? at(node, rewriter) : node))
                .toList();
        return new PassResult(rewriter.finish(), decisions);
    }

    /** A decision as it is after all were carried out. */
    private static Decision after(Decision d, Map<AttentionMatch, Node> attentions, UnaryOperator<Node> now) {
        return switch (d.outcome()) {
            case Outcome.Replaced r -> {
                List<Value> with = Rewriter.results(attentions.get((AttentionMatch) r.found()));
                yield new Decision(NAME, d.node(), new Outcome.Replaced(with, r.covered(), r.found()));
            }
            case Outcome.Declined o ->
                new Decision(
                        NAME, now.apply(d.node()), new Outcome.Declined(now.apply(o.at()), o.reason(), o.remedy()));
            case Outcome.NoMatch o -> d;
        };
    }

    private static Node at(Node node, Rewriter rewriter) {
        return rewriter.get(node.value()).node();
    }

    /** The operation. It comes from where the softmax comes from. */
    private static Node attention(AttentionMatch match, Rewriter rewriter) {
        List<Value> operands =
                match.fused().operands().stream().map(rewriter::getOrCopy).toList();
        return rewriter.out().add(match.fused().op(), operands, match.softmax().origin());
    }

    /** What an attention has for each row, as {@code written} has it. What stands for that has its path. */
    private static Value statistic(Node attention, AttentionMatch match, Node written, Rewriter rewriter) {
        Kind kind = match.statistics().get(written);
        Value value = result(attention, match, kind);
        TensorType type = written.type();
        if (kind == Kind.ROW_MAX) {
            value = orNaN(value, result(attention, match, Kind.ROW_SUM), written.origin(), rewriter.out());
        }
        boolean casts = value.type().dtype() != type.dtype();
        if (!value.type().shape().equals(type.shape())) {
            Reshape reshape = new Reshape(type.shape());
            Origin origin = casts ? written.origin().part(reshape.name()) : written.origin();
            value = rewriter.out().value(reshape, origin, value);
        }
        return casts ? rewriter.out().value(new Cast(type.dtype()), written.origin(), value) : value;
    }

    /** Greatest scores, which say nothing of a row with a NaN, or the sums of such rows. Infinity has a sum that is NaN, too. */
    private static Value orNaN(Value greatest, Value sums, Origin origin, Graph.Builder out) {
        Value infinity = out.part(Constant.scalar(greatest.type().dtype(), Double.POSITIVE_INFINITY), origin);
        Value isLess = out.part(new Elementwise(ScalarFn.NE), origin, greatest, infinity);
        Value isNotNumber = out.part(new Elementwise(ScalarFn.NE), origin, sums, sums);
        Value isNaN = out.part(new Elementwise(ScalarFn.AND), origin, isLess, isNotNumber);
        return out.part(new Elementwise(ScalarFn.SELECT), origin, isNaN, sums, greatest);
    }

    private static Value result(Node attention, AttentionMatch match, Kind kind) {
        return new Value(attention, match.fused().op().place(kind).orElseThrow());
    }

    /** The nodes that something reads when those that are replaced are attentions, and inputs. */
    private static BitSet read(Graph graph, Map<Node, AttentionMatch> replaced) {
        BitSet read = new BitSet();
        graph.outputs().values().forEach(v -> read.set(v.node().id()));
        for (Node node : graph.nodes().reversed()) {
            if (node.op() instanceof Input) {
                read.set(node.id());
            }
            if (read.get(node.id())) {
                AttentionMatch match = replaced.get(node);
                List<Value> operands =
                        match == null ? graph.operands(node) : match.fused().operands();
                operands.forEach(v -> read.set(v.node().id()));
            }
        }
        return read;
    }

    /**
     * What would be decided about each softmax of a graph, in graph order: which attentions are to be fused, with an {@link
     * AttentionMatch} each, and why one cannot be.
     */
    public static List<Decision> examine(Graph graph) {
        return FindAttention.in(graph).decisions();
    }

    /** Whether something is declined because it has one key. */
    public static boolean isOfOneKey(Outcome.Declined declined) {
        return declined.reason().equals(FindAttention.ONE_KEY);
    }

    /** Whether something is declined because its scores come from several products. */
    public static boolean isOfSeveralProducts(Outcome.Declined declined) {
        return declined.reason().equals(ScoreCone.SEVERAL_PRODUCTS);
    }
}
