package heddle.compiler.tile;

import heddle.compiler.tile.ScalarExpr.Apply;
import heddle.compiler.tile.ScalarExpr.IntLiteral;
import heddle.compiler.type.DType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the {@link Interval} of a scalar program over a block. Index arithmetic is taken not to overflow. */
final class IntervalAnalysis {
    private final Map<Axis, BlockMask.Range> ranges;
    private final Map<ScalarExpr, BlockTable> tables = new HashMap<>();
    private final boolean dataIsKnown;

    /** Of what may be told from indexes and from memory: elements that a block has one of, and tables. */
    IntervalAnalysis(Map<Axis, BlockMask.Range> ranges, List<BlockTable> tables) {
        this.ranges = ranges;
        this.dataIsKnown = true;
        tables.forEach(t -> this.tables.put(t.part(), t));
    }

    /** Of what the indexes alone tell: what is read from memory may be anything. */
    IntervalAnalysis(Map<Axis, BlockMask.Range> ranges) {
        this.ranges = ranges;
        this.dataIsKnown = false;
    }

    /** The truth of a bool program over the block. */
    Interval truth(ScalarExpr e) {
        if (tables.containsKey(e)) {
            return tables.get(e).over(ranges);
        }
        if (isOneValue(e)) {
            return Interval.point(e);
        }
        return e instanceof Apply a ? truth(a) : Interval.EITHER;
    }

    private Interval truth(Apply a) {
        return switch (a.fn()) {
            case NOT -> truth(arg(a, 0)).not();
            case AND -> truth(arg(a, 0)).and(truth(arg(a, 1)));
            case OR -> truth(arg(a, 0)).or(truth(arg(a, 1)));
            case XOR -> truth(arg(a, 0)).xor(truth(arg(a, 1)));
            case SELECT -> {
                Interval condition = truth(arg(a, 0));
                yield condition.and(truth(arg(a, 1))).or(condition.not().and(truth(arg(a, 2))));
            }
            case EQ, NE, LT, LE, GT, GE -> arg(a, 0).type() == DType.BOOL ? comparedBools(a) : compared(a);
            case CAST -> nonZero(arg(a, 0));
            default -> Interval.EITHER;
        };
    }

    private Interval compared(Apply a) {
        return operand(arg(a, 0))
                .flatMap(x -> operand(arg(a, 1)).map(y -> x.compared(a.fn(), y)))
                .orElse(Interval.EITHER);
    }

    /** The range of what is compared. Numbers from memory may be any, and the analysis never computes with them. */
    private Optional<Interval> operand(ScalarExpr number) {
        return tables.containsKey(number) ? Optional.of(tables.get(number).over(ranges)) : range(number);
    }

    private Interval comparedBools(Apply a) {
        Interval x = truth(arg(a, 0));
        Interval y = truth(arg(a, 1));
        return switch (a.fn()) {
            case EQ -> x.xor(y).not();
            case NE -> x.xor(y);
            case LT -> x.not().and(y);
            case LE -> x.not().or(y);
            case GT -> x.and(y.not());
            default -> x.or(y.not());
        };
    }

    private Interval nonZero(ScalarExpr number) {
        if (number.type() == DType.BOOL) {
            return truth(number);
        }
        ScalarExpr zero =
                number.type().isInt() ? new IntLiteral(number.type(), 0) : new ScalarExpr.Literal(number.type(), 0);
        return range(number)
                .map(x -> x.compared(ScalarFn.NE, Interval.point(zero)))
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
        return e instanceof Apply a ? range(a) : Optional.empty();
    }

    private static boolean isFinite(ScalarExpr e) {
        return e instanceof ScalarExpr.Literal l && Double.isFinite(l.value());
    }

    private Optional<Interval> range(Apply a) {
        ScalarExpr last = a.args().getLast();
        return switch (a.fn()) {
            case SELECT -> range(arg(a, 1)).flatMap(x -> range(last).map(x::hull));
            case CAST ->
                last.type() == DType.BOOL
                        ? Optional.of(truth(last).cast(a.type()))
                        : range(last).map(x -> x.cast(a.type()));
            case NEG -> range(last).map(Interval::negated);
            case ABS -> range(last).map(Interval::magnitude);
            case FLOOR, CEIL, ROUND -> range(last).map(x -> x.rising(a.fn()));
            case FLOOR_DIV -> isPositive(last) ? range(arg(a, 0)).map(x -> x.dividedBy(last)) : Optional.empty();
            case MOD -> isPositive(last) ? range(arg(a, 0)).map(x -> x.modulo(last)) : Optional.empty();
            default -> range(arg(a, 0)).flatMap(x -> range(last).flatMap(y -> range(a.fn(), x, y)));
        };
    }

    private static Optional<Interval> range(ScalarFn fn, Interval x, Interval y) {
        return switch (fn) {
            case ADD, MIN, MAX -> Optional.of(x.rising(fn, y));
            case SUB -> Optional.of(x.minus(y));
            case MUL -> Optional.of(x.times(y));
            default -> Optional.empty();
        };
    }

    private static boolean isPositive(ScalarExpr e) {
        return e.type().isInt() && (e instanceof IntLiteral i ? i.value() > 0 : e instanceof ScalarExpr.Length);
    }

    /** Whether {@code e} is the same all over the block; what a variable holds is not known here. */
    private boolean isOneValue(ScalarExpr e) {
        return switch (e) {
            case ScalarExpr.Index i -> !ranges.containsKey(i.axis());
            case ScalarExpr.Variable unknown -> false;
            case ScalarExpr.Element x -> dataIsKnown && isOneValue(x.address());
            default -> ScalarExprs.operands(e).stream().allMatch(this::isOneValue);
        };
    }

    private static ScalarExpr arg(Apply a, int slot) {
        return a.args().get(slot);
    }
}
