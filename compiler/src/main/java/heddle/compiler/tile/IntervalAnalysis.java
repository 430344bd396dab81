package heddle.compiler.tile;

import heddle.compiler.tile.ScalarExpr.Apply;
import heddle.compiler.tile.ScalarExpr.IntLiteral;
import heddle.compiler.type.DType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Interval arithmetic on scalar programs whose ends are programs again (Moore, Interval Analysis, 1966). Index
 * arithmetic is taken not to overflow.
 */
final class IntervalAnalysis {
    private final Map<Axis, BlockMask.Range> ranges;

    IntervalAnalysis(Map<Axis, BlockMask.Range> ranges) {
        this.ranges = ranges;
    }

    /** The truth of a bool program over the block. */
    Interval truth(ScalarExpr e) {
        if (isOneValue(e)) {
            return Interval.point(e);
        }
        if (!(e instanceof Apply a)) {
            return Interval.EITHER;
        }
        return switch (a.fn()) {
            case NOT -> Interval.not(truth(arg(a, 0)));
            case AND -> Interval.and(truth(arg(a, 0)), truth(arg(a, 1)));
            case OR -> Interval.or(truth(arg(a, 0)), truth(arg(a, 1)));
            case XOR -> different(truth(arg(a, 0)), truth(arg(a, 1)));
            case SELECT -> selected(truth(arg(a, 0)), truth(arg(a, 1)), truth(arg(a, 2)));
            case EQ, NE, LT, LE, GT, GE -> compared(a);
            case CAST -> nonZero(arg(a, 0));
            default -> Interval.EITHER;
        };
    }

    private static Interval different(Interval x, Interval y) {
        return Interval.or(Interval.and(x, Interval.not(y)), Interval.and(Interval.not(x), y));
    }

    private static Interval selected(Interval c, Interval x, Interval y) {
        return Interval.or(Interval.and(c, x), Interval.and(Interval.not(c), y));
    }

    private Interval compared(Apply a) {
        if (arg(a, 0).type() == DType.BOOL) {
            Interval x = truth(arg(a, 0));
            Interval y = truth(arg(a, 1));
            return switch (a.fn()) {
                case EQ -> Interval.not(different(x, y));
                case NE -> different(x, y);
                case LT -> Interval.and(Interval.not(x), y);
                case LE -> Interval.or(Interval.not(x), y);
                case GT -> Interval.and(x, Interval.not(y));
                default -> Interval.or(x, Interval.not(y));
            };
        }
        Optional<Interval> x = range(arg(a, 0));
        Optional<Interval> y = range(arg(a, 1));
        return x.isEmpty() || y.isEmpty() ? Interval.EITHER : compared(a.fn(), x.get(), y.get());
    }

    private static Interval compared(ScalarFn fn, Interval x, Interval y) {
        return switch (fn) {
            case LT, LE ->
                new Interval(ScalarExpr.apply(fn, x.high(), y.low()), ScalarExpr.apply(fn, x.low(), y.high()));
            case GT, GE ->
                new Interval(ScalarExpr.apply(fn, x.low(), y.high()), ScalarExpr.apply(fn, x.high(), y.low()));
            case NE -> Interval.not(compared(ScalarFn.EQ, x, y));
            default -> {
                Interval upper = compared(ScalarFn.LE, x, y);
                Interval lower = compared(ScalarFn.GE, x, y);
                yield Interval.and(upper, lower);
            }
        };
    }

    private Interval nonZero(ScalarExpr number) {
        if (number.type() == DType.BOOL) {
            return truth(number);
        }
        ScalarExpr zero =
                number.type().isInt() ? new IntLiteral(number.type(), 0) : new ScalarExpr.Literal(number.type(), 0);
        return range(number)
                .map(x -> compared(ScalarFn.NE, x, Interval.point(zero)))
                .orElse(Interval.EITHER);
    }

    /** The range of a number over the block, or empty when it has none that the indexes tell. */
    private Optional<Interval> range(ScalarExpr e) {
        if (e instanceof ScalarExpr.Index i && ranges.containsKey(i.axis())) {
            BlockMask.Range r = ranges.get(i.axis());
            return Optional.of(new Interval(r.first(), r.last()));
        }
        if (isOneValue(e) && (e.type().isInt() || isFinite(e))) {
            return Optional.of(Interval.point(e));
        }
        return e instanceof Apply a ? applied(a) : Optional.empty();
    }

    private static boolean isFinite(ScalarExpr e) {
        return e instanceof ScalarExpr.Literal l && Double.isFinite(l.value());
    }

    private Optional<Interval> applied(Apply a) {
        if (a.fn() == ScalarFn.SELECT) {
            return choice(a);
        }
        if (a.fn() == ScalarFn.CAST && arg(a, 0).type() == DType.BOOL) {
            Interval t = truth(arg(a, 0));
            return Optional.of(new Interval(ScalarExpr.cast(a.type(), t.low()), ScalarExpr.cast(a.type(), t.high())));
        }
        Optional<Interval> first = range(arg(a, 0));
        Optional<Interval> last = range(a.args().getLast());
        return first.isEmpty() || last.isEmpty() ? Optional.empty() : applied(a, first.get(), last.get());
    }

    private Optional<Interval> applied(Apply a, Interval x, Interval y) {
        return switch (a.fn()) {
            case ADD, MIN, MAX -> both(a.fn(), x.low(), y.low(), x.high(), y.high());
            case SUB -> both(a.fn(), x.low(), y.high(), x.high(), y.low());
            case NEG ->
                Optional.of(new Interval(
                        ScalarExpr.apply(ScalarFn.NEG, x.high()), ScalarExpr.apply(ScalarFn.NEG, x.low())));
            case MUL -> Optional.of(product(x, y));
            case ABS -> Optional.of(magnitude(x));
            case FLOOR_DIV ->
                isPositive(arg(a, 1)) ? both(a.fn(), x.low(), y.low(), x.high(), y.low()) : Optional.empty();
            case MOD -> isPositive(arg(a, 1)) ? Optional.of(remainder(x, arg(a, 1))) : Optional.empty();
            case FLOOR, CEIL, ROUND ->
                Optional.of(new Interval(ScalarExpr.apply(a.fn(), x.low()), ScalarExpr.apply(a.fn(), x.high())));
            case CAST ->
                Optional.of(new Interval(ScalarExpr.cast(a.type(), x.low()), ScalarExpr.cast(a.type(), x.high())));
            default -> Optional.empty();
        };
    }

    private static Optional<Interval> both(
            ScalarFn fn, ScalarExpr low1, ScalarExpr low2, ScalarExpr high1, ScalarExpr high2) {
        return Optional.of(new Interval(ScalarExpr.apply(fn, low1, low2), ScalarExpr.apply(fn, high1, high2)));
    }

    private static Interval product(Interval x, Interval y) {
        List<ScalarExpr> corners = x.isPoint()
                ? List.of(times(x.low(), y.low()), times(x.low(), y.high()))
                : y.isPoint()
                        ? List.of(times(x.low(), y.low()), times(x.high(), y.low()))
                        : List.of(
                                times(x.low(), y.low()),
                                times(x.low(), y.high()),
                                times(x.high(), y.low()),
                                times(x.high(), y.high()));
        return new Interval(extreme(ScalarFn.MIN, corners), extreme(ScalarFn.MAX, corners));
    }

    private static ScalarExpr times(ScalarExpr x, ScalarExpr y) {
        return ScalarExpr.apply(ScalarFn.MUL, x, y);
    }

    private static ScalarExpr extreme(ScalarFn fn, List<ScalarExpr> values) {
        return values.stream().reduce((x, y) -> ScalarExpr.apply(fn, x, y)).orElseThrow();
    }

    private static Interval magnitude(Interval x) {
        ScalarExpr below = ScalarExpr.apply(ScalarFn.NEG, x.high());
        ScalarExpr distance = ScalarExpr.apply(ScalarFn.MAX, x.low(), below);
        ScalarExpr zero = x.low().type().isInt()
                ? new IntLiteral(x.low().type(), 0)
                : new ScalarExpr.Literal(x.low().type(), 0);
        return new Interval(
                ScalarExpr.apply(ScalarFn.MAX, distance, zero),
                ScalarExpr.apply(ScalarFn.MAX, ScalarExpr.apply(ScalarFn.NEG, x.low()), x.high()));
    }

    /** Exact when no multiple of the divisor lies within, otherwise everything from zero to below the divisor. */
    private static Interval remainder(Interval x, ScalarExpr divisor) {
        ScalarExpr same = ScalarExpr.apply(
                ScalarFn.EQ,
                ScalarExpr.apply(ScalarFn.FLOOR_DIV, x.low(), divisor),
                ScalarExpr.apply(ScalarFn.FLOOR_DIV, x.high(), divisor));
        ScalarExpr zero = new IntLiteral(divisor.type(), 0);
        ScalarExpr most = ScalarExpr.apply(ScalarFn.SUB, divisor, new IntLiteral(divisor.type(), 1));
        return new Interval(
                ScalarExpr.apply(ScalarFn.SELECT, same, ScalarExpr.apply(ScalarFn.MOD, x.low(), divisor), zero),
                ScalarExpr.apply(ScalarFn.SELECT, same, ScalarExpr.apply(ScalarFn.MOD, x.high(), divisor), most));
    }

    private Optional<Interval> choice(Apply a) {
        Optional<Interval> x = range(arg(a, 1));
        Optional<Interval> y = range(arg(a, 2));
        if (x.isEmpty() || y.isEmpty()) {
            return Optional.empty();
        }
        return both(
                        ScalarFn.MIN,
                        x.get().low(),
                        y.get().low(),
                        x.get().high(),
                        y.get().high())
                .map(Interval::low)
                .map(low -> new Interval(
                        low,
                        ScalarExpr.apply(ScalarFn.MAX, x.get().high(), y.get().high())));
    }

    private static boolean isPositive(ScalarExpr e) {
        return e.type().isInt() && (e instanceof IntLiteral i ? i.value() > 0 : e instanceof ScalarExpr.Length);
    }

    /** Whether {@code e} is the same all over the block; what a variable holds is not known here. */
    private boolean isOneValue(ScalarExpr e) {
        return switch (e) {
            case ScalarExpr.Index i -> !ranges.containsKey(i.axis());
            case ScalarExpr.Variable unknown -> false;
            default -> ScalarExprs.operands(e).stream().allMatch(this::isOneValue);
        };
    }

    private static ScalarExpr arg(Apply a, int slot) {
        return a.args().get(slot);
    }
}
