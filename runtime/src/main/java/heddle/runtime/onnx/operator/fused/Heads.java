package heddle.runtime.onnx.operator.fused;

import heddle.compiler.type.Dim;
import heddle.runtime.onnx.operator.Terms;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Term.Call;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.Operand;
import heddle.runtime.onnx.translate.UnsupportedNode;
import java.util.List;

/** Tensors by heads: {@code [batch, heads, positions, width]}. */
final class Heads {
    private static final int POSITIONS = 2;

    private Heads() {}

    /** {@code [batch, positions, heads * width]} by heads. */
    static Operand split(NodeContext node, String name, Operand x, long heads) {
        Dim width = width(x.dims().getLast(), heads);
        Term parts =
                Call.of("split_axis", Terms.tensor(x), Terms.whole(-1), Terms.lengths(List.of(Dim.of(heads), width)));
        return node.step(
                name,
                Call.of("transpose", parts, Terms.whole(1), Terms.whole(POSITIONS)),
                Terms.type(
                        x.dtype(),
                        List.of(x.dims().get(0), Dim.of(heads), x.dims().get(1), width)));
    }

    private static Dim width(Dim all, long heads) {
        if (heads <= 0) {
            throw new UnsupportedNode("it does not say how many heads it has");
        }
        return all.dividedExactlyBy(Dim.of(heads))
                .orElseThrow(() -> new UnsupportedNode(all + " features do not make " + heads + " heads"));
    }

    /** The opposite of {@link #split}. */
    static Term merged(Term x) {
        Term turned = Call.of("transpose", x, Terms.whole(1), Terms.whole(POSITIONS));
        return Call.of("merge_axes", turned, Terms.whole(-2), Terms.whole(-1));
    }

    /** Positions of the past before those of {@code x}. */
    static Operand behind(NodeContext node, String name, Operand past, Operand x) {
        List<Dim> shape = Terms.with(
                x.dims(), POSITIONS, past.dims().get(POSITIONS).plus(x.dims().get(POSITIONS)));
        Term all = Terms.call(
                "concat", new Term.Items(List.of(Terms.tensor(past), Terms.tensor(x))), "axis", Terms.whole(POSITIONS));
        return node.step(name, all, Terms.type(x.dtype(), shape));
    }

    /** A head for each of several query heads that share one. */
    static Term shared(Operand x, Dim heads) {
        Dim own = x.dims().get(1);
        if (own.equals(heads)) {
            return Terms.tensor(x);
        }
        Dim times = heads.dividedExactlyBy(own)
                .orElseThrow(() -> new UnsupportedNode(heads + " heads of queries for " + own + " of keys"));
        return Terms.call("repeat", List.of(x.term(), Terms.length(times)), "axis", Terms.whole(1));
    }

    /** How many positions there are. */
    static Dim positions(Operand x) {
        return x.dims().get(POSITIONS);
    }
}
