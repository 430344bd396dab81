package heddle.compiler.index;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.type.Dim;
import java.util.Optional;
import java.util.Set;

/**
 * How an i64 expression moves along an axis: {@code start + step * axis}, where {@code start} does not depend on the
 * axis. This decides whether an access is a broadcast (step zero), contiguous (step one) or strided.
 */
public record Stride(ScalarExpr start, Dim step) {
    /** The stride of {@code e} along {@code axis}, or empty when it is not linear in it. */
    public static Optional<Stride> of(ScalarExpr e, Axis axis) {
        LinearForm form = IndexSimplifier.form(e);
        if (!form.isAffineIn(Set.of(axis))) {
            return Optional.empty();
        }
        Dim step = form.coefficient(axis);
        LinearForm moving = LinearForm.of(ScalarExpr.of(axis)).times(step);
        return Optional.of(new Stride(form.minus(moving).toExpr(), step));
    }

    public boolean isContiguous() {
        return step.is(1);
    }
}
