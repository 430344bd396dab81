package heddle.runtime.onnx.operator.fused;

import heddle.compiler.type.Dim;
import heddle.runtime.onnx.operator.Terms;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Term.Index;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.Operand;
import heddle.runtime.onnx.translate.OperatorTable;
import heddle.runtime.onnx.translate.UnsupportedNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** ONNX Runtime's {@code MultiHeadAttention}, whose queries, keys and values come apart, in pairs, or by heads. */
final class MultiHeadAttention {
    private static final int BY_HEADS = 4;
    private static final int PACKED = 5;

    private MultiHeadAttention() {}

    static void addTo(OperatorTable table) {
        table.add("com.microsoft", "MultiHeadAttention", node -> define(node, new Places(3, 4, 5, 6, 7)));
        table.add("com.microsoft", "DecoderMaskedMultiHeadAttention", node -> {
            if (node.attribute("past_present_share_buffer", 0) != 0 || node.has(9)) {
                throw new UnsupportedNode("a cache that is written in place, and beams");
            }
            define(node, new Places(10, 3, 4, 5, 6));
        });
    }

    /** Where the operands behind queries, keys and values are. */
    private record Places(int bias, int mask, int scoresBias, int pastKey, int pastValue) {}

    private static void define(NodeContext node, Places places) {
        if (node.isRead(3)) {
            throw new UnsupportedNode("somebody reads its scores");
        }
        long heads = node.attribute("num_heads", 0);
        Operand q = query(node, places, heads);
        boolean isGiven = node.has(1) && node.operand(1).rank() == BY_HEADS;
        Operand k = key(node, places, heads, q);
        Operand v = value(node, places, heads, k);
        Dim past = Dim.ZERO;
        if (node.has(places.pastKey()) && !isGiven) {
            past = Heads.positions(node.operand(places.pastKey()));
            k = Heads.behind(node, "keys", node.operand(places.pastKey()), k);
            v = Heads.behind(node, "values", node.operand(places.pastValue()), v);
        }
        node.define(1, k);
        node.define(2, v);
        Scores scores = Scores.of(node, q, k, node.attribute("scale", 0.0));
        if (node.has(places.scoresBias())) {
            scores = scores.plus(Terms.tensor(node.operand(places.scoresBias())));
        }
        if (node.has(places.mask())) {
            scores = scores.plus(KeyMask.bias(node, node.operand(places.mask()), past, q, k));
        }
        if (node.attribute("unidirectional", 0) != 0) {
            scores = scores.causal(past, -1);
        }
        PackedAttention.define(node, scores, v);
    }

    private static Operand query(NodeContext node, Places places, long heads) {
        Operand x = node.operand(0);
        if (x.rank() == PACKED) {
            return unpacked(node, "query", x, 0);
        }
        return split(node, "query", x, places, Dim.ZERO, heads);
    }

    private static Operand key(NodeContext node, Places places, long heads, Operand q) {
        if (node.operand(0).rank() == PACKED) {
            return unpacked(node, "key", node.operand(0), 1);
        }
        Operand x = node.operand(1);
        return switch (x.rank()) {
            case BY_HEADS -> x;
            case PACKED -> unpacked(node, "key", x, 0);
            default -> split(node, "key", x, places, width(q), heads);
        };
    }

    private static Operand value(NodeContext node, Places places, long heads, Operand k) {
        if (node.operand(0).rank() == PACKED) {
            return unpacked(node, "value", node.operand(0), 2);
        }
        if (!node.has(2)) {
            return unpacked(node, "value", node.operand(1), 1);
        }
        Operand x = node.operand(2);
        return x.rank() == BY_HEADS ? x : split(node, "value", x, places, width(k).times(2), heads);
    }

    /** The width of all heads of queries or keys. */
    private static Dim width(Operand x) {
        return x.dims().get(1).times(x.dims().getLast());
    }

    /** With its part of the bias, which begins at {@code from}. */
    private static Operand split(NodeContext node, String name, Operand x, Places places, Dim from, long heads) {
        if (!node.has(places.bias())) {
            return Heads.split(node, name, x, heads);
        }
        Term bias = Terms.slice(
                node.operand(places.bias()).term(), 0, from, from.plus(x.dims().getLast()));
        Term sum = Terms.plus(Terms.tensor(x), bias);
        return Heads.split(node, name, new Operand(sum, x.type(), Optional.empty()), heads);
    }

    /** {@code [batch, positions, heads, parts, width]} to one part by heads. */
    private static Operand unpacked(NodeContext node, String name, Operand x, long part) {
        List<Index> indices = new ArrayList<>(Collections.nCopies(3, Terms.all()));
        indices.add(new Index.At(Terms.whole(part)));
        Term one = new Term.Subscript(x.term(), indices);
        return node.step(
                name,
                Term.Call.of("transpose", one, Terms.whole(1), Terms.whole(2)),
                Terms.type(
                        x.dtype(),
                        List.of(
                                x.dims().get(0),
                                x.dims().get(2),
                                x.dims().get(1),
                                x.dims().get(4))));
    }
}
