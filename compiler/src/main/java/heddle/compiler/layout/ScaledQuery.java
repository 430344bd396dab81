package heddle.compiler.layout;

import heddle.compiler.op.attention.AttentionBackward;
import heddle.compiler.op.attention.AttentionDefinition;
import heddle.compiler.op.attention.AttentionDelta;
import heddle.compiler.op.attention.FusedAttention;
import heddle.compiler.op.attention.GradientOp;
import heddle.compiler.op.attention.GradientResult;
import heddle.compiler.op.attention.SummedGradient;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.Scale;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
        return new FusedAttention(op.operands(), moved(op.definition()), op.results());
    }

    private static AttentionDefinition moved(AttentionDefinition a) {
        ScaledQuery scaled = of(a);
        return new AttentionDefinition(
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
    }

    /** The same for a gradient, whose queries take the scale at the end of their sum. */
    static GradientOp moved(GradientOp op) {
        return switch (op) {
            case AttentionDelta d -> d;
            case SummedGradient g -> of(g).orElse(g);
        };
    }

    /** Empty when nothing is moved: factors of results may read the product only where it is scaled too. */
    private static Optional<SummedGradient> of(SummedGradient op) {
        AttentionDefinition a = op.forward();
        AttentionBackward b = op.backward();
        Optional<Apply> scale = scale(a);
        if (scale.isEmpty()
                || !AttentionBackward.of(a, b.cotangent(), b.rowMax(), b.rowSum(), b.delta())
                        .equals(b)) {
            return Optional.empty();
        }
        AttentionDefinition moved = moved(a);
        List<GradientResult> changed = new ArrayList<>();
        for (GradientResult r : op.results()) {
            changed.add(
                    r.kind() == GradientResult.Kind.QUERY
                            ? r.map(f -> with(scale.get(), a.raw(), f))
                            : r.map(f -> unscaled(f, scale.get(), a.raw())));
            boolean left = ScalarExprs.contains(
                    ScalarExprs.transform(r.factor(), e -> e.equals(scale.get()) ? ScalarExpr.of(0) : e), a.raw());
            if (left) {
                return Optional.empty();
            }
        }
        AttentionBackward scaled = AttentionBackward.of(moved, b.cotangent(), b.rowMax(), b.rowSum(), b.delta());
        return Optional.of(op.of(op.operands(), scaled, changed));
    }

    private static ScalarExpr with(Apply scale, ScalarExpr raw, ScalarExpr instead) {
        return new Apply(
                scale.fn(),
                scale.type(),
                scale.args().stream()
                        .map(arg -> arg.equals(raw) ? instead : arg)
                        .toList());
    }

    /** The attention's programs, changed when every use of the product is the same scaling of it. */
    static ScaledQuery of(AttentionDefinition attention) {
        return scale(attention)
                .map(scale -> new ScaledQuery(
                        with(scale, attention.raw(), attention.q()),
                        unscaled(attention.score(), scale, attention.raw())))
                .orElseGet(() -> new ScaledQuery(attention.q(), attention.score()));
    }

    /** The one scaling of the product that a score reads it through. */
    private static Optional<Apply> scale(AttentionDefinition attention) {
        ScalarExpr raw = attention.raw();
        List<ScalarExpr> uses = new ArrayList<>();
        ScalarExprs.visit(attention.score(), e -> {
            if (ScalarExprs.operands(e).contains(raw)) {
                uses.add(e);
            }
        });
        boolean same = !uses.isEmpty() && uses.stream().allMatch(uses.getFirst()::equals);
        return same && uses.getFirst() instanceof Apply scale && isScale(scale, raw)
                ? Optional.of(scale)
                : Optional.empty();
    }

    /** Uses a separate name in between, so that a second, equal factor is not mistaken for the first. */
    private static ScalarExpr unscaled(ScalarExpr program, Apply scale, ScalarExpr.Variable raw) {
        ScalarExpr.Variable product = new ScalarExpr.Variable("scaled", raw.type());
        ScalarExpr marked = ScalarExprs.transform(program, e -> e.equals(scale) ? product : e);
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
