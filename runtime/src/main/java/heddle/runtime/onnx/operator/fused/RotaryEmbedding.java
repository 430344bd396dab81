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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Pairs of features turned by angles that grow with the position. Cosines and sines of all positions are given as tables. */
final class RotaryEmbedding {
    private static final int BY_HEADS = 4;

    private RotaryEmbedding() {}

    static void addTo(OperatorTable table) {
        table.add("", "RotaryEmbedding", node -> {
            Optional<Operand> positions = node.has(3) ? Optional.of(node.operand(3)) : Optional.empty();
            define(node, node.operand(1), node.operand(2), positions);
        });
        table.add("com.microsoft", "RotaryEmbedding", node -> {
            if (node.attribute("is_packed_batching", 0) != 0 || node.attribute("scale", 1.0) != 1) {
                throw new UnsupportedNode("packed batches and scales are not known");
            }
            define(node, node.operand(2), node.operand(3), Optional.of(node.operand(1)));
        });
    }

    private static void define(NodeContext node, Operand cos, Operand sin, Optional<Operand> positions) {
        Operand x = node.operand(0);
        boolean isSplit = x.rank() == BY_HEADS;
        Operand heads = isSplit ? x : Heads.split(node, "heads", x, heads(node, x, cos));
        Operand c = angles(node, "cos", cos, positions, Heads.positions(heads));
        Operand s = angles(node, "sin", sin, positions, Heads.positions(heads));
        Term turned = turned(node, heads, c, s, node.attribute("interleaved", 0) != 0);
        node.define(0, isSplit ? turned : Heads.merged(turned), x.type());
    }

    /** As many as is said; else the tables are for whole heads. */
    private static long heads(NodeContext node, Operand x, Operand cos) {
        long said = node.attribute("num_heads", 0);
        Dim width = cos.dims().getLast().times(2);
        return said > 0
                ? said
                : x.dims()
                        .getLast()
                        .dividedExactlyBy(width)
                        .filter(Dim::isKnown)
                        .orElseThrow(() -> new UnsupportedNode("it does not say how many heads it has"))
                        .value();
    }

    /** The rows of a table for all positions, to stand beside {@code [batch, heads, positions, width / 2]}. */
    static Operand angles(NodeContext node, String name, Operand table, Optional<Operand> positions, Dim length) {
        Dim width = table.dims().getLast();
        if (positions.isEmpty()) {
            return node.step(
                    name,
                    ofAllHeads(table.term()),
                    Terms.type(table.dtype(), List.of(table.dims().getFirst(), Dim.ONE, length, width)));
        }
        Operand at = positions.get();
        if (at.rank() == 1) {
            Term counted = Call.of("iota", Terms.length(length));
            Term all = Terms.plus(counted, Terms.cast(Terms.tensor(at), DType.I64));
            return node.step(
                    name,
                    Call.of("gather", Terms.tensor(table), all),
                    Terms.type(table.dtype(), List.of(length, width)));
        }
        return node.step(
                name,
                ofAllHeads(Call.of("gather", Terms.tensor(table), at.term())),
                Terms.type(table.dtype(), List.of(at.dims().getFirst(), Dim.ONE, length, width)));
    }

    private static Term ofAllHeads(Term ofTexts) {
        return new Subscript(ofTexts, List.of(Terms.all(), new Index.New()));
    }

    /** Pairs are the halves of what the tables are for, or neighbours. What lies behind is not turned. */
    static Term turned(NodeContext node, Operand x, Operand cos, Operand sin, boolean interleaved) {
        Dim half = cos.dims().getLast();
        Dim turned = half.times(2);
        Dim width = x.dims().getLast();
        boolean isWhole = turned.equals(width);
        Term front = isWhole ? x.term() : Terms.slice(x.term(), 3, Dim.ZERO, turned);
        Term a;
        Term b;
        if (interleaved) {
            Term pairs = Call.of("split_axis", front, Terms.whole(-1), Terms.lengths(List.of(half, Dim.of(2))));
            List<Dim> shape = new ArrayList<>(Terms.with(x.dims(), 3, half));
            shape.add(Dim.of(2));
            Operand both = node.step("pairs", pairs, Terms.type(x.dtype(), shape));
            a = last(both.term(), 0);
            b = last(both.term(), 1);
        } else {
            a = Terms.slice(x.term(), 3, Dim.ZERO, half);
            b = Terms.slice(x.term(), 3, half, turned);
        }
        Term real = Terms.minus(Terms.times(a, cos.term()), Terms.times(b, sin.term()));
        Term imaginary = Terms.plus(Terms.times(b, cos.term()), Terms.times(a, sin.term()));
        Term parts = new Term.Items(List.of(real, imaginary));
        Term all = interleaved
                ? Call.of(
                        "merge_axes",
                        Terms.call("stack", parts, "axis", Terms.whole(-1)),
                        Terms.whole(-2),
                        Terms.whole(-1))
                : Terms.call("concat", parts, "axis", Terms.whole(-1));
        return isWhole
                ? all
                : Terms.call(
                        "concat",
                        new Term.Items(List.of(all, Terms.slice(x.term(), 3, turned, width))),
                        "axis",
                        Terms.whole(-1));
    }

    private static Term last(Term pairs, long i) {
        return new Subscript(pairs, List.of(new Index.Rest(), new Index.At(Terms.whole(i))));
    }
}
