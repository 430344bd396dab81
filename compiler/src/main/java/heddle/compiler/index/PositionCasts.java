package heddle.compiler.index;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import java.util.List;
import java.util.Optional;

/** Casts of positions, which are i64, to floats, in forms that vectors along an axis can compute. */
public final class PositionCasts {
    /** Steps up to this many leave room for the lanes of a vector within the 24 bits of an f32. */
    private static final long MOST_STEP = 1 << 16;

    private PositionCasts() {}

    /** How the position in a cast moves along an axis, when that is a number: all its values are one float plus steps. */
    public static Optional<Stride> stride(Apply cast, Axis axis) {
        return Stride.of(cast.args().getFirst(), axis)
                .filter(s -> s.step().isKnown() && Math.abs(s.step().value()) <= MOST_STEP);
    }

    /**
     * The same value, to the bit, as a function of casts. Rounding keeps the order, so the largest of some numbers is rounded to the
     * largest of the rounded ones. Empty for other functions.
     */
    public static Optional<ScalarExpr> inward(Apply cast) {
        if (!(cast.args().getFirst() instanceof Apply a)) {
            return Optional.empty();
        }
        List<ScalarExpr> args = a.args();
        return switch (a.fn()) {
            case MIN, MAX -> Optional.of(apply(a.fn(), cast, args.getFirst(), args.getLast()));
            // Also for the least i64, whose negative is itself.
            case ABS ->
                Optional.of(apply(
                        ScalarFn.MAX,
                        cast,
                        args.getFirst(),
                        ScalarExpr.apply(ScalarFn.SUB, ScalarExpr.of(0), args.getFirst())));
            case SELECT ->
                Optional.of(new Apply(
                        ScalarFn.SELECT,
                        cast.type(),
                        List.of(args.getFirst(), of(cast, args.get(1)), of(cast, args.get(2)))));
            default -> Optional.empty();
        };
    }

    private static ScalarExpr apply(ScalarFn fn, Apply cast, ScalarExpr x, ScalarExpr y) {
        return new Apply(fn, cast.type(), List.of(of(cast, x), of(cast, y)));
    }

    private static ScalarExpr of(Apply cast, ScalarExpr e) {
        return new Apply(ScalarFn.CAST, cast.type(), List.of(e));
    }

    /** Whether a function casts a position to a float. */
    public static boolean isPositionCast(Apply a) {
        return a.fn() == ScalarFn.CAST && a.args().getFirst().type() == DType.I64;
    }
}
