package heddle.runtime.onnx.operator.fused;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.runtime.onnx.operator.Terms;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Term.Call;
import heddle.runtime.onnx.source.Term.Index;
import heddle.runtime.onnx.source.Term.Subscript;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.Operand;
import heddle.runtime.onnx.translate.OperatorTable;
import heddle.runtime.onnx.translate.UnsupportedNode;
import java.util.List;
import java.util.Optional;

/**
 * ONNX Runtime's {@code GroupQueryAttention}: causal, with a past, fewer heads of keys than of queries, and perhaps rotary positions,
 * a window and a bound for scores.
 */
final class GroupQueryAttention {
    private static final int PAST_KEY = 3;
    private static final int PAST_VALUE = 4;
    private static final int TOTAL = 6;
    private static final int COS = 7;
    private static final int SIN = 8;
    private static final int POSITIONS = 9;
    private static final int BIAS = 10;
    private static final int SINK = 11;

    private GroupQueryAttention() {}

    static void addTo(OperatorTable table) {
        table.add("com.microsoft", "GroupQueryAttention", GroupQueryAttention::define);
    }

    private static void define(NodeContext node) {
        if (node.isRead(3) || node.has(12) || node.has(13)) {
            throw new UnsupportedNode("a cache of whole numbers, and somebody who reads its scores");
        }
        node.note(
                "The past of GroupQueryAttention is taken as full: all texts of a batch have as many keys in it as it is long.");
        long heads = node.attribute("num_heads", 0);
        long groups = node.attribute("kv_num_heads", heads);
        List<Operand> parts = parts(node, heads, groups);
        Operand q = parts.get(0);
        Operand k = parts.get(1);
        Operand v = parts.get(2);
        Dim past = node.has(PAST_KEY) ? Heads.positions(node.operand(PAST_KEY)) : Dim.ZERO;
        if (node.attribute("do_rotary", 0) != 0) {
            Optional<Operand> at = Optional.of(positions(node, q, past));
            Operand cos = RotaryEmbedding.angles(node, "cos", node.operand(COS), at, Heads.positions(q));
            Operand sin = RotaryEmbedding.angles(node, "sin", node.operand(SIN), at, Heads.positions(q));
            boolean interleaved = node.attribute("rotary_interleaved", 0) != 0;
            q = node.step("queries", RotaryEmbedding.turned(node, q, cos, sin, interleaved), q.type());
            k = node.step("turned", RotaryEmbedding.turned(node, k, cos, sin, interleaved), k.type());
        }
        if (node.has(PAST_KEY)) {
            k = Heads.behind(node, "keys", node.operand(PAST_KEY), k);
            v = Heads.behind(node, "values", node.operand(PAST_VALUE), v);
        }
        unifyWithTotal(node, Heads.positions(k));
        node.define(1, k);
        node.define(2, v);
        Scores scores = Scores.of(node, q, k, node.attribute("scale", 0.0)).capped(node.attribute("softcap", 0.0));
        if (node.has(BIAS)) {
            scores = scores.plus(Terms.tensor(node.operand(BIAS)));
        }
        // The window counts the query's own position.
        Scores visible = scores.causal(past, node.attribute("local_window_size", -1) - 1);
        Dim width = v.dims().getLast().times(heads);
        node.define(
                0,
                Heads.merged(visible.over(v, sink(node))),
                Terms.type(q.dtype(), List.of(q.dims().getFirst(), Heads.positions(q), width)));
    }

    /** Where the file works the number of keys out of the length of a mask, it is that of the past and what is new. */
    private static void unifyWithTotal(NodeContext node, Dim keys) {
        if (node.has(TOTAL) && node.operand(TOTAL).known().isPresent()) {
            node.unify(node.lengths(TOTAL, "the number of keys").getFirst(), keys);
        }
    }

    private static List<Operand> parts(NodeContext node, long heads, long groups) {
        Operand x = node.operand(0);
        if (node.has(1)) {
            return List.of(
                    Heads.split(node, "query", x, heads),
                    Heads.split(node, "key", node.operand(1), groups),
                    Heads.split(node, "value", node.operand(2), groups));
        }
        Dim width = x.dims()
                .getLast()
                .dividedExactlyBy(Dim.of(heads + 2 * groups))
                .orElseThrow(() -> new UnsupportedNode(x.dims().getLast() + " features for all heads"));
        Dim keys = width.times(heads);
        Dim values = keys.plus(width.times(groups));
        return List.of(
                part(node, "query", x, Dim.ZERO, keys, heads),
                part(node, "key", x, keys, values, groups),
                part(node, "value", x, values, x.dims().getLast(), groups));
    }

    private static Operand part(NodeContext node, String name, Operand x, Dim from, Dim to, long heads) {
        Term slice = Terms.slice(x.term(), 2, from, to);
        Operand part =
                new Operand(slice, Terms.type(x.dtype(), Terms.with(x.dims(), 2, to.minus(from))), Optional.empty());
        return Heads.split(node, name, part, heads);
    }

    /** Those that are given; else they go on behind the past. */
    private static Operand positions(NodeContext node, Operand q, Dim past) {
        if (node.has(POSITIONS)) {
            return node.operand(POSITIONS);
        }
        Term counted = Call.of("iota", Terms.length(Heads.positions(q)));
        Term all = past.isZero() ? counted : Terms.plus(counted, Terms.length(past));
        return new Operand(
                new Subscript(all, List.of(new Index.New(), Terms.all())),
                Terms.type(DType.I64, List.of(Dim.ONE, Heads.positions(q))),
                Optional.empty());
    }

    /** The score of attending to nothing, to stand beside scores. */
    private static Optional<Term> sink(NodeContext node) {
        if (node.has(SINK)) {
            return Optional.of(new Subscript(
                    Terms.tensor(node.operand(SINK)), List.of(Terms.all(), new Index.New(), new Index.New())));
        }
        return node.attribute("smooth_softmax", 0) > 0 ? Optional.of(Terms.number(0, DType.F32)) : Optional.empty();
    }
}
