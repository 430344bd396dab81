package heddle.runtime.onnx.operator.fused;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.TensorType;
import heddle.runtime.onnx.operator.Terms;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Term.Call;
import heddle.runtime.onnx.source.Term.Index;
import heddle.runtime.onnx.source.Term.Infix;
import heddle.runtime.onnx.source.Term.Subscript;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.Operand;
import java.util.List;
import java.util.Optional;

/**
 * The scores of attention, one step after the other, and what follows from them. The steps are those that the compiler recognises.
 *
 * @param term of {@code [batch, heads, queries, keys]}
 */
record Scores(NodeContext node, Operand q, Operand k, Term term) {
    /** {@code q @ transpose(k) * scale}. @param scale 0 for {@code 1 / sqrt(width)} */
    static Scores of(NodeContext node, Operand q, Operand k, double scale) {
        Term product = new Infix(
                "@",
                Terms.tensor(q),
                Call.of("transpose", Heads.shared(k, q.dims().get(1))));
        Term scaled = scale == 0
                ? Terms.over(product, Call.of("sqrt", Terms.length(q.dims().getLast())))
                : scale == 1 ? product : Terms.times(product, Terms.number(scale, q.dtype()));
        return new Scores(node, q, k, scaled);
    }

    private Scores with(Term next) {
        return new Scores(node, q, k, next);
    }

    /** Scores between {@code -cap} and {@code cap}; as they are for 0. */
    Scores capped(double cap) {
        Term bound = Terms.number(cap, q.dtype());
        return cap == 0 ? this : with(Terms.times(bound, Call.of("tanh", Terms.over(term, bound))));
    }

    Scores plus(Term bias) {
        return with(Terms.plus(term, bias));
    }

    /** Only where {@code visible} is true. */
    Scores where(Term visible) {
        return with(Terms.where(visible, term, Terms.number(Double.NEGATIVE_INFINITY, q.dtype())));
    }

    /**
     * No query sees keys behind its own position. The first query stands behind {@code past} keys.
     *
     * @param window how many keys before its own position it sees; all where it is negative
     */
    Scores causal(Dim past, long window) {
        Term query = column(past);
        Term key = row();
        Term visible = new Infix("<=", key, query);
        return where(
                window < 0
                        ? visible
                        : new Infix("and", visible, new Infix(">=", key, Terms.minus(query, Terms.whole(window)))));
    }

    /** The positions of queries, the first one {@code from}. */
    private Term column(Dim from) {
        Term column =
                new Subscript(Call.of("iota", Terms.length(Heads.positions(q))), List.of(Terms.all(), new Index.New()));
        return from.isZero() ? column : Terms.plus(column, Terms.length(from));
    }

    private Term row() {
        return new Subscript(Call.of("iota", Terms.length(Heads.positions(k))), List.of(new Index.New(), Terms.all()));
    }

    Term weights() {
        return Terms.call("softmax", term, "axis", Terms.whole(-1));
    }

    /** {@code softmax(scores) @ v}. */
    Term over(Operand v) {
        return new Infix("@", weights(), Heads.shared(v, q.dims().get(1)));
    }

    /** The same, where a query may also attend to nothing. @param sink the score of that, for each head or for all */
    Term over(Operand v, Optional<Term> sink) {
        if (sink.isEmpty()) {
            return over(v);
        }
        Operand scores = node.step("scores", term, type(Heads.positions(k)));
        Term greatest = Terms.call("max", scores.term(), "axis", Terms.whole(-1), "keepdims", Terms.truth(true));
        Operand highest = node.step("highest", Call.of("max", greatest, sink.get()), type(Dim.ONE));
        Operand e = node.step(
                "powers", Call.of("exp", Terms.minus(scores.term(), highest.term())), type(Heads.positions(k)));
        Term sum = Terms.call("sum", e.term(), "axis", Terms.whole(-1), "keepdims", Terms.truth(true));
        Term nothing = Call.of("exp", Terms.minus(sink.get(), highest.term()));
        return new Infix(
                "@",
                Terms.over(e.term(), Terms.plus(sum, nothing)),
                Heads.shared(v, q.dims().get(1)));
    }

    private TensorType type(Dim last) {
        return Terms.type(q.dtype(), List.of(q.dims().get(0), q.dims().get(1), Heads.positions(q), last));
    }

    /** What the scores are of. */
    TensorType type() {
        return type(Heads.positions(k));
    }

    DType dtype() {
        return q.dtype();
    }
}
