package heddle.compiler.index;

import static heddle.compiler.scalar.ScalarExpr.apply;

import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import java.util.List;

/**
 * The smallest and the largest value that a number takes, with interval arithmetic (Moore, Interval Analysis, 1966).
 * For a bool, where false is less than true, the interval says whether it is always true and whether it can be true.
 */
record Interval(ScalarExpr low, ScalarExpr high) {
    /** Nothing known of a bool. */
    static final Interval EITHER = new Interval(BlockMask.FALSE, BlockMask.TRUE);

    static Interval point(ScalarExpr value) {
        return new Interval(value, value);
    }

    private boolean isPoint() {
        return low.equals(high);
    }

    // ---- bools

    Interval not() {
        return new Interval(not(high), not(low));
    }

    Interval and(Interval other) {
        return new Interval(and(low, other.low), and(high, other.high));
    }

    Interval or(Interval other) {
        return new Interval(or(low, other.low), or(high, other.high));
    }

    Interval xor(Interval other) {
        return and(other.not()).or(not().and(other));
    }

    /** This and another bool, whose elements may be read only where this is true. */
    Interval where(Interval other) {
        return new Interval(guarded(low, other.low), guarded(high, other.high));
    }

    private static ScalarExpr guarded(ScalarExpr condition, ScalarExpr x) {
        return ScalarExprs.readsMemory(x) && !condition.equals(BlockMask.TRUE)
                ? apply(ScalarFn.SELECT, condition, x, BlockMask.FALSE)
                : and(condition, x);
    }

    /** A bool of which this is known only where {@code condition} is true; elsewhere it may be either. */
    Interval onlyWhere(ScalarExpr condition) {
        return new Interval(and(low, condition), or(high, not(condition)));
    }

    /** {@code fn} of two numbers, one of the comparisons. */
    Interval compared(ScalarFn fn, Interval other) {
        return switch (fn) {
            case LT, LE -> new Interval(apply(fn, high, other.low), apply(fn, low, other.high));
            case GT, GE -> new Interval(apply(fn, low, other.high), apply(fn, high, other.low));
            case NE -> compared(ScalarFn.EQ, other).not();
            default -> compared(ScalarFn.LE, other).and(compared(ScalarFn.GE, other));
        };
    }

    private static ScalarExpr not(ScalarExpr x) {
        if (x instanceof ScalarExpr.Literal l) {
            return l.value() != 0 ? BlockMask.FALSE : BlockMask.TRUE;
        }
        return x instanceof ScalarExpr.Apply a && a.fn() == ScalarFn.NOT
                ? a.args().getFirst()
                : apply(ScalarFn.NOT, x);
    }

    private static ScalarExpr and(ScalarExpr x, ScalarExpr y) {
        if (x.equals(BlockMask.FALSE) || y.equals(BlockMask.TRUE)) {
            return x;
        }
        return x.equals(BlockMask.TRUE) || y.equals(BlockMask.FALSE) ? y : apply(ScalarFn.AND, x, y);
    }

    private static ScalarExpr or(ScalarExpr x, ScalarExpr y) {
        if (x.equals(BlockMask.TRUE) || y.equals(BlockMask.FALSE)) {
            return x;
        }
        return x.equals(BlockMask.FALSE) || y.equals(BlockMask.TRUE) ? y : apply(ScalarFn.OR, x, y);
    }

    // ---- numbers

    /** {@code fn}, which does not fall when an argument rises, of both. */
    Interval rising(ScalarFn fn, Interval other) {
        return new Interval(apply(fn, low, other.low), apply(fn, high, other.high));
    }

    /** {@code fn}, which does not fall when its argument rises. */
    Interval rising(ScalarFn fn) {
        return new Interval(apply(fn, low), apply(fn, high));
    }

    /** Whether all of a range of integers lies between two numbers, which are part of it. */
    ScalarExpr isWithin(long least, long greatest) {
        return and(apply(ScalarFn.GE, low, ScalarExpr.of(least)), apply(ScalarFn.LE, high, ScalarExpr.of(greatest)));
    }

    Interval cast(DType type) {
        return new Interval(ScalarExpr.cast(type, low), ScalarExpr.cast(type, high));
    }

    Interval negated() {
        return new Interval(apply(ScalarFn.NEG, high), apply(ScalarFn.NEG, low));
    }

    Interval minus(Interval other) {
        return new Interval(apply(ScalarFn.SUB, low, other.high), apply(ScalarFn.SUB, high, other.low));
    }

    Interval times(Interval other) {
        List<Interval> corners = isPoint()
                ? List.of(times(low, other))
                : other.isPoint() ? List.of(times(other.low, this)) : List.of(times(low, other), times(high, other));
        return corners.stream().reduce(Interval::hull).orElseThrow();
    }

    private static Interval times(ScalarExpr factor, Interval x) {
        return point(apply(ScalarFn.MUL, factor, x.low)).hull(point(apply(ScalarFn.MUL, factor, x.high)));
    }

    /** The least interval that holds both. */
    Interval hull(Interval other) {
        return new Interval(apply(ScalarFn.MIN, low, other.low), apply(ScalarFn.MAX, high, other.high));
    }

    /**
     * One of two numbers, the first where this bool is true: elements of {@code x} are read only where it can be, those of {@code y} only
     * where it need not be.
     */
    Interval choose(Interval x, Interval y) {
        return x.equals(y) ? x : select(low, x, select(high, x.hull(y), y));
    }

    private static Interval select(ScalarExpr condition, Interval x, Interval y) {
        return new Interval(
                apply(ScalarFn.SELECT, condition, x.low, y.low), apply(ScalarFn.SELECT, condition, x.high, y.high));
    }

    Interval magnitude() {
        ScalarExpr zero =
                low.type().isInt() ? new ScalarExpr.IntLiteral(low.type(), 0) : new ScalarExpr.Literal(low.type(), 0);
        ScalarExpr distance = apply(ScalarFn.MAX, low, apply(ScalarFn.NEG, high));
        return new Interval(apply(ScalarFn.MAX, distance, zero), apply(ScalarFn.MAX, apply(ScalarFn.NEG, low), high));
    }

    /** The quotient by a positive number, rounded down. */
    Interval dividedBy(ScalarExpr divisor) {
        return rising(ScalarFn.FLOOR_DIV, point(divisor));
    }

    /** The remainder: exact when no multiple of the positive divisor lies within, else from zero to below the divisor. */
    Interval modulo(ScalarExpr divisor) {
        Interval quotient = dividedBy(divisor);
        ScalarExpr same = apply(ScalarFn.EQ, quotient.low, quotient.high);
        Interval exact = rising(ScalarFn.MOD, point(divisor));
        ScalarExpr most = apply(ScalarFn.SUB, divisor, new ScalarExpr.IntLiteral(divisor.type(), 1));
        return new Interval(
                apply(ScalarFn.SELECT, same, exact.low, new ScalarExpr.IntLiteral(divisor.type(), 0)),
                apply(ScalarFn.SELECT, same, exact.high, most));
    }
}
