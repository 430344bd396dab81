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
import heddle.runtime.onnx.translate.UnsupportedNode;
import java.util.List;

/** The masks of ONNX Runtime's attention: lengths of texts, or ones and zeros. Masked scores get a number added. */
final class KeyMask {
    private static final double FILTER = -10000;

    private KeyMask() {}

    /** What is added to scores: 0 where the mask says that a key counts, {@code mask_filter_value} elsewhere. */
    static Term bias(NodeContext node, Operand mask, Dim past, Operand q, Operand k) {
        Term filter = Terms.number(node.attribute("mask_filter_value", FILTER), q.dtype());
        Term bias = Terms.where(visible(mask, past, q, k), Terms.number(0, q.dtype()), filter);
        return node.step("mask", bias, Terms.type(q.dtype(), shape(mask, q, k))).term();
    }

    private static List<Dim> shape(Operand mask, Operand q, Operand k) {
        Dim batch = q.dims().getFirst();
        Dim queries = mask.rank() < 3 ? Dim.ONE : Heads.positions(q);
        return List.of(batch, Dim.ONE, queries, Heads.positions(k));
    }

    private static Term visible(Operand mask, Dim past, Operand q, Operand k) {
        return switch (mask.rank()) {
            case 1 -> byLength(mask, q, k);
            case 2 ->
                nonzero(new Subscript(
                        mask.term(), List.of(Terms.all(), new Index.New(), new Index.New(), Terms.all())));
            case 3 -> nonzero(new Subscript(mask.term(), List.of(Terms.all(), new Index.New())));
            case 4 ->
                nonzero(Terms.slice(
                        Terms.slice(mask.term(), 2, past, past.plus(Heads.positions(q))),
                        3,
                        Dim.ZERO,
                        Heads.positions(k)));
            default -> throw new UnsupportedNode("a mask of " + mask.rank() + " axes");
        };
    }

    private static Term nonzero(Term mask) {
        return new Infix(">", mask, Terms.whole(0));
    }

    /** How many keys count, for each text; or the end of those that count, and then the start. */
    private static Term byLength(Operand mask, Operand q, Operand k) {
        Dim batch = q.dims().getFirst();
        Dim length = mask.dims().getFirst();
        Term key = Terms.cast(Call.of("iota", Terms.length(Heads.positions(k))), DType.I32);
        if (length.equals(batch)) {
            return new Infix("<", key, everywhere(mask.term()));
        }
        if (!length.equals(batch.times(2))) {
            throw new UnsupportedNode("a mask of " + length + " numbers for " + batch + " texts");
        }
        Term end = everywhere(Terms.slice(mask.term(), 0, Dim.ZERO, batch));
        Term start = everywhere(Terms.slice(mask.term(), 0, batch, length));
        return new Infix("and", new Infix("<", key, end), new Infix(">=", key, start));
    }

    private static Term everywhere(Term ofTexts) {
        return new Subscript(ofTexts, List.of(Terms.all(), new Index.New(), new Index.New(), new Index.New()));
    }
}
