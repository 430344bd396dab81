package heddle.runtime.onnx.operator.fused;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** ONNX Runtime's {@code Attention}: one matrix makes queries, keys and values, which lie beside each other. */
public final class PackedAttention {
    private PackedAttention() {}

    static void addTo(OperatorTable table) {
        table.add("com.microsoft", "Attention", node -> {
            Operand x = node.operand(0);
            Term product = new Infix("@", Terms.tensor(x), Terms.tensor(node.operand(1)));
            Dim width = node.operand(1).dims().getLast();
            define(node, x, product, width, new Places(2, 3, 4, 5));
        });
    }

    /** Where the operands are. @param scoresBias -1 for an operator that has none */
    public record Places(int bias, int mask, int past, int scoresBias) {}

    /**
     * Defines the results.
     *
     * @param product queries, keys and values of {@code x}, without their bias
     * @param width   of all three together
     */
    public static void define(NodeContext node, Operand x, Term product, Dim width, Places places) {
        if (node.attribute("do_rotary", 0) != 0 || node.attribute("past_present_share_buffer", 0) != 0) {
            throw new UnsupportedNode("do_rotary and past_present_share_buffer are not known");
        }
        Term biased =
                node.has(places.bias()) ? Terms.plus(product, Terms.tensor(node.operand(places.bias()))) : product;
        Operand all = node.step("qkv", biased, Terms.type(x.dtype(), Terms.with(x.dims(), 2, width)));
        List<Dim> widths = widths(node, width);
        long heads = node.attribute("num_heads", 0);
        List<Operand> parts = new ArrayList<>();
        Dim from = Dim.ZERO;
        for (int i = 0; i < 3; i++) {
            Dim to = from.plus(widths.get(i));
            Term part = Terms.slice(all.term(), 2, from, to);
            Operand slice =
                    new Operand(part, Terms.type(x.dtype(), Terms.with(x.dims(), 2, widths.get(i))), Optional.empty());
            parts.add(Heads.split(node, List.of("query", "key", "value").get(i), slice, heads));
            from = to;
        }
        attend(node, parts, places);
    }

    private static List<Dim> widths(NodeContext node, Dim width) {
        return node.attributeInts("qkv_hidden_sizes")
                .map(sizes -> sizes.stream().map(Dim::of).toList())
                .orElseGet(() -> {
                    Dim third = width.dividedExactlyBy(Dim.of(3))
                            .orElseThrow(() -> new UnsupportedNode(width + " columns for queries, keys and values"));
                    return List.of(third, third, third);
                });
    }

    private static void attend(NodeContext node, List<Operand> parts, Places places) {
        Operand q = parts.get(0);
        Operand k = parts.get(1);
        Operand v = parts.get(2);
        Dim past = Dim.ZERO;
        if (node.has(places.past())) {
            Operand both = node.operand(places.past());
            past = both.dims().get(3);
            k = Heads.behind(node, "keys", half(both, 0), k);
            v = Heads.behind(node, "values", half(both, 1), v);
        }
        if (node.isRead(1)) {
            List<Dim> shape = new ArrayList<>(List.of(Dim.of(2)));
            shape.addAll(k.dims());
            Term present = Call.of("stack", new Term.Items(List.of(k.term(), v.term())));
            node.define(1, present, Terms.type(k.dtype(), shape));
        }
        Scores scores = Scores.of(node, q, k, node.attribute("scale", 0.0));
        if (places.scoresBias() >= 0 && node.has(places.scoresBias())) {
            scores = scores.plus(Terms.tensor(node.operand(places.scoresBias())));
        }
        if (node.has(places.mask())) {
            scores = scores.plus(KeyMask.bias(node, node.operand(places.mask()), past, q, k));
        }
        if (node.attribute("unidirectional", 0) != 0) {
            scores = scores.causal(past, -1);
        }
        define(node, scores, v);
    }

    /** The first result, with heads beside each other again. */
    static void define(NodeContext node, Scores scores, Operand v) {
        Operand q = scores.q();
        Dim width = v.dims().getLast().times(q.dims().get(1));
        node.define(
                0,
                Heads.merged(scores.over(v)),
                Terms.type(q.dtype(), List.of(q.dims().getFirst(), Heads.positions(q), width)));
    }

    /** {@code past[i]}. */
    private static Operand half(Operand past, long i) {
        Term term = new Subscript(past.term(), List.of(new Index.At(Terms.whole(i))));
        return new Operand(term, Terms.type(past.dtype(), past.dims().subList(1, past.rank())), Optional.empty());
    }
}
