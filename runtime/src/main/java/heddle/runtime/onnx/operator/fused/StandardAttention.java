package heddle.runtime.onnx.operator.fused;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.runtime.onnx.operator.Terms;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Term.Call;
import heddle.runtime.onnx.source.Term.Index;
import heddle.runtime.onnx.source.Term.Infix;
import heddle.runtime.onnx.source.Term.Subscript;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.Operand;
import heddle.runtime.onnx.translate.OperatorTable;
import heddle.runtime.onnx.translate.UnsupportedNode;
import java.util.List;

/** ONNX's own {@code Attention}, of opset 23 and later. A query that sees no key gets zeros, as in the language. */
final class StandardAttention {
    private static final int MASK = 3;
    private static final int PAST_KEY = 4;
    private static final int PAST_VALUE = 5;
    private static final int KEYS_THAT_COUNT = 6;
    private static final int SCORES = 3;

    private StandardAttention() {}

    static void addTo(OperatorTable table) {
        table.add("", "Attention", StandardAttention::define);
    }

    private static void define(NodeContext node) {
        boolean isSplit = node.operand(0).rank() == 4;
        Operand q = isSplit
                ? node.operand(0)
                : Heads.split(node, "query", node.operand(0), node.attribute("q_num_heads", 0));
        long groups = node.attribute("kv_num_heads", 0);
        Operand k = isSplit ? node.operand(1) : Heads.split(node, "key", node.operand(1), groups);
        Operand v = isSplit ? node.operand(2) : Heads.split(node, "value", node.operand(2), groups);
        Dim past = Dim.ZERO;
        if (node.has(PAST_KEY)) {
            past = Heads.positions(node.operand(PAST_KEY));
            k = Heads.behind(node, "keys", node.operand(PAST_KEY), k);
            v = Heads.behind(node, "values", node.operand(PAST_VALUE), v);
        }
        node.define(1, k);
        node.define(2, v);
        Scores raw = Scores.of(node, q, k, node.attribute("scale", 0.0));
        Scores capped = raw.capped(node.attribute("softcap", 0.0));
        Scores masked = visible(node, masked(node, capped), past);
        scores(node, raw, capped, masked);
        if (isSplit) {
            node.define(
                    0,
                    masked.over(v),
                    Terms.type(q.dtype(), Terms.with(q.dims(), 3, v.dims().getLast())));
        } else {
            PackedAttention.define(node, masked, v);
        }
    }

    /** With the mask, whose last axis may end before the keys do. */
    private static Scores masked(NodeContext node, Scores scores) {
        if (!node.has(MASK)) {
            return scores;
        }
        Operand mask = node.operand(MASK);
        Term term = Terms.tensor(mask);
        Dim missing = Heads.positions(scores.k()).minus(mask.dims().getLast());
        boolean isBool = mask.dtype() == DType.BOOL;
        if (!missing.isZero() && !mask.dims().getLast().is(1)) {
            Term value = isBool ? Terms.truth(false) : Terms.number(Double.NEGATIVE_INFINITY, mask.dtype());
            term = Terms.call(
                    "pad",
                    List.of(term, new Term.Items(List.of(Terms.whole(0), Terms.length(missing)))),
                    "value",
                    value,
                    "axis",
                    Terms.whole(-1));
        }
        return isBool ? scores.where(term) : scores.plus(term);
    }

    private static Scores visible(NodeContext node, Scores scores, Dim past) {
        Scores result = scores;
        boolean hasWindow = node.attribute("left_window_size", -1) >= 0 || node.attribute("right_window_size", -1) >= 0;
        boolean isCausal = node.attribute("is_causal", 0) != 0;
        if (hasWindow) {
            throw new UnsupportedNode("left_window_size and right_window_size are not known");
        }
        if (node.has(KEYS_THAT_COUNT)) {
            Term count = new Subscript(
                    node.operand(KEYS_THAT_COUNT).term(),
                    List.of(Terms.all(), new Index.New(), new Index.New(), new Index.New()));
            Term key = Call.of("iota", Terms.length(Heads.positions(scores.k())));
            result = result.where(new Infix("<", key, count));
            if (isCausal) {
                Dim queries = Heads.positions(scores.q());
                Term query =
                        new Subscript(Call.of("iota", Terms.length(queries)), List.of(Terms.all(), new Index.New()));
                Term last = Terms.minus(Terms.plus(query, count), Terms.length(queries));
                return result.where(new Infix("<=", key, last));
            }
        }
        return isCausal ? result.causal(past, -1) : result;
    }

    /** The scores themselves, as far as the node is asked for. */
    private static void scores(NodeContext node, Scores raw, Scores capped, Scores masked) {
        if (!node.isRead(SCORES)) {
            return;
        }
        Term term = switch ((int) node.attribute("qk_matmul_output_mode", 0)) {
            case 0 -> raw.term();
            case 1 -> capped.term();
            case 2 -> masked.term();
            case 3 -> masked.weights();
            default -> throw new UnsupportedNode("its qk_matmul_output_mode is not known");
        };
        node.define(SCORES, term, raw.type());
    }
}
