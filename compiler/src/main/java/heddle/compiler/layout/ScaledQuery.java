package heddle.compiler.layout;

import heddle.compiler.op.attention.AttentionDefinition;
import heddle.compiler.op.attention.FusedAttention;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.Scale;
import java.util.ArrayList;
import java.util.List;

/**
 * A constant scale of the scores that is moved to the queries, because there are fewer queries than scores. {@code (q ·
 * k) * c} and {@code (q * c) · k} differ only in rounding if the scale has moderate size.
 *
 * @param query the program of the queries
 * @param score the score program over their product
 */
record ScaledQuery(ScalarExpr query, ScalarExpr score) {
    /** An attention whose scale is moved when it can be. */
    static FusedAttention moved(FusedAttention op) {
        AttentionDefinition a = op.definition();
        ScaledQuery scaled = of(a);
        AttentionDefinition moved = new AttentionDefinition(
                a.batch(),
                a.i(),
                a.j(),
                a.d(),
                a.e(),
                scaled.query,
                a.k(),
                a.v(),
                a.zeros(),
                a.raw(),
                scaled.score,
                a.mask(),
                a.weight(),
                a.sink(),
                a.term(),
                a.guarded());
        return new FusedAttention(op.operands(), moved, op.results());
    }

    /** The attention's programs, changed when every use of the product is the same scaling of it. */
    static ScaledQuery of(AttentionDefinition attention) {
        ScalarExpr raw = attention.raw();
        List<ScalarExpr> uses = new ArrayList<>();
        ScalarExprs.visit(attention.score(), e -> {
            if (ScalarExprs.operands(e).contains(raw)) {
                uses.add(e);
            }
        });
        boolean same = !uses.isEmpty() && uses.stream().allMatch(uses.getFirst()::equals);
        if (!same || !(uses.getFirst() instanceof Apply scale) || !isScale(scale, raw)) {
            return new ScaledQuery(attention.q(), attention.score());
        }
        List<ScalarExpr> args = scale.args().stream()
                .map(arg -> arg.equals(raw) ? attention.q() : arg)
                .toList();
        return new ScaledQuery(
                new Apply(scale.fn(), scale.type(), args), unscaled(attention.score(), scale, attention.raw()));
    }

    /** Uses a separate name in between, so that a second, equal factor is not mistaken for the first. */
    private static ScalarExpr unscaled(ScalarExpr score, Apply scale, ScalarExpr.Variable raw) {
        ScalarExpr.Variable product = new ScalarExpr.Variable("scaled", raw.type());
        ScalarExpr marked = ScalarExprs.transform(score, e -> e.equals(scale) ? product : e);
        return ScalarExprs.transform(marked, e -> e.equals(product) ? raw : e);
    }

    private static boolean isScale(Apply e, ScalarExpr raw) {
        ScalarExpr first = e.args().getFirst();
        ScalarExpr last = e.args().getLast();
        return switch (e.fn()) {
            case MUL -> Scale.isModerate(first) && last.equals(raw) || first.equals(raw) && Scale.isModerate(last);
            case DIV -> first.equals(raw) && Scale.isModerate(last);
            default -> false;
        };
    }
}
