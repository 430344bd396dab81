package heddle.compiler.index;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Memo;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarExpr.IntLiteral;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the {@link Interval} of a scalar program over a block.
 *
 * <p>Integers are computed in 64 bits, where index arithmetic is assumed not to overflow. Where the program computes in
 * 32 bits, a comparison counts as decided only on blocks whose results all fit. In other blocks they may have wrapped.
 */
final class IntervalAnalysis {
    private final Map<Axis, BlockMask.Range> ranges;
    private final Map<ScalarExpr, BlockTable> tables = new HashMap<>();
    private final boolean dataIsKnown;
    private final Memo<Interval> truths = new Memo<>(this::findTruth);
    private final Memo<Boolean> oneValues = new Memo<>(this::findOneValue);

    /** An analysis that uses indices and memory: elements that are constant in a block, and tables. */
    IntervalAnalysis(Map<Axis, BlockMask.Range> ranges, List<BlockTable> tables) {
        this.ranges = ranges;
        this.dataIsKnown = true;
        tables.forEach(t -> this.tables.put(t.part(), t));
    }

    /** An analysis that uses only indices: values read from memory may be anything. */
    IntervalAnalysis(Map<Axis, BlockMask.Range> ranges) {
        this.ranges = ranges;
        this.dataIsKnown = false;
    }

    /** The truth of a bool program over the block. */
    Interval truth(ScalarExpr e) {
        return truths.of(e);
    }

    private Interval findTruth(ScalarExpr e) {
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
                yield condition.where(truth(arg(a, 1))).or(condition.not().where(truth(arg(a, 2))));
            }
            case EQ, NE, LT, LE, GT, GE -> arg(a, 0).type() == DType.BOOL ? comparedBools(a) : compared(a);
            case CAST -> nonZero(arg(a, 0));
            default -> Interval.EITHER;
        };
    }

    private Interval compared(Apply a) {
        Ranges numbers = new Ranges();
        return numbers.operand(arg(a, 0))
                .flatMap(x -> numbers.operand(arg(a, 1)).map(y -> x.compared(a.fn(), y)))
                .map(numbers::unlessWrapped)
                .orElse(Interval.EITHER);
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
        ScalarExpr zero = number.type().isInt() ? ScalarExpr.of(0) : new ScalarExpr.Literal(number.type(), 0);
        Ranges numbers = new Ranges();
        return numbers.range(number)
                .map(x -> x.compared(ScalarFn.NE, Interval.point(zero)))
                .map(numbers::unlessWrapped)
                .orElse(Interval.EITHER);
    }

    /** The ranges of numbers that are compared, and the conditions under which they are right. */
    private final class Ranges {
        private final List<Interval> narrow = new ArrayList<>();
        private final Memo<Optional<Interval>> found = new Memo<>(this::find);

        /** The answer {@code truth}, unless a 32-bit result may have wrapped. */
        Interval unlessWrapped(Interval truth) {
            Interval known = truth;
            for (Interval x : narrow) {
                known = known.onlyWhere(x.isWithin(Integer.MIN_VALUE, Integer.MAX_VALUE));
            }
            return known;
        }

        /** The range of a compared value. Numbers from memory may be anything; it never computes with them. */
        Optional<Interval> operand(ScalarExpr number) {
            return tables.containsKey(number)
                    ? Optional.of(wide(tables.get(number).over(ranges)))
                    : range(number);
        }

        /** The range of a number over the block, or empty when it has none that the indexes tell. */
        Optional<Interval> range(ScalarExpr e) {
            return found.of(e);
        }

        private Optional<Interval> find(ScalarExpr e) {
            if (e instanceof ScalarExpr.Index i && ranges.containsKey(i.axis())) {
                BlockMask.Range r = ranges.get(i.axis());
                return Optional.of(new Interval(r.first(), r.last()));
            }
            if (isOneValue(e) && (e.type().isInt() || isFinite(e))) {
                return Optional.of(Interval.point(wide(e)));
            }
            return e instanceof Apply a ? range(a) : Optional.empty();
        }

        private Optional<Interval> range(Apply a) {
            ScalarExpr last = a.args().getLast();
            return switch (a.fn()) {
                case SELECT ->
                    range(arg(a, 1))
                            .flatMap(x -> range(last).map(y -> truth(arg(a, 0)).choose(x, y)));
                case CAST -> cast(last, a.type());
                case NEG -> range(last).map(Interval::negated).map(x -> result(a, x));
                case ABS -> range(last).map(Interval::magnitude).map(x -> result(a, x));
                case FLOOR, CEIL, ROUND, SIGN -> range(last).map(x -> x.rising(a.fn()));
                case DIV ->
                    ScalarExprs.isPowerOfTwo(last)
                            ? range(arg(a, 0)).map(x -> x.rising(a.fn(), Interval.point(last)))
                            : Optional.empty();
                case FLOOR_DIV ->
                    isPositive(last) ? range(arg(a, 0)).map(x -> x.dividedBy(wide(last))) : Optional.empty();
                case MOD -> isPositive(last) ? range(arg(a, 0)).map(x -> x.modulo(wide(last))) : Optional.empty();
                default ->
                    range(arg(a, 0))
                            .flatMap(x -> range(last).flatMap(y -> combined(a.fn(), x, y)))
                            .map(x -> result(a, x));
            };
        }

        private Optional<Interval> cast(ScalarExpr from, DType to) {
            if (from.type() == DType.BOOL) {
                return Optional.of(wide(truth(from).cast(to)));
            }
            Optional<Interval> range = range(from);
            if (!from.type().isInt()) {
                return range.map(x -> wide(x.cast(to)));
            }
            boolean always = from instanceof ScalarExpr.Index || from instanceof ScalarExpr.Length;
            return to.isInt() ? range.map(x -> to == DType.I32 && !always ? narrow(x) : x) : range.map(x -> x.cast(to));
        }

        /** The range of the result of {@code a}, if nothing wraps. */
        private Interval result(Apply a, Interval exact) {
            boolean mayWrap = a.type() == DType.I32 && a.fn() != ScalarFn.MIN && a.fn() != ScalarFn.MAX;
            return mayWrap ? narrow(exact) : exact;
        }

        private Interval narrow(Interval exact) {
            narrow.add(exact);
            return exact;
        }
    }

    private static boolean isFinite(ScalarExpr e) {
        return e instanceof ScalarExpr.Literal l && Double.isFinite(l.value());
    }

    private static Interval wide(Interval x) {
        return new Interval(wide(x.low()), wide(x.high()));
    }

    /** Integers in 64 bits, other numbers as they are. */
    private static ScalarExpr wide(ScalarExpr e) {
        return e instanceof IntLiteral i
                ? ScalarExpr.of(i.value())
                : e.type() == DType.I32 ? ScalarExpr.cast(DType.I64, e) : e;
    }

    private static Optional<Interval> combined(ScalarFn fn, Interval x, Interval y) {
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

    /** Whether {@code e} is constant in the block. The values of variables are not known here. */
    private boolean isOneValue(ScalarExpr e) {
        return oneValues.of(e);
    }

    private boolean findOneValue(ScalarExpr e) {
        return switch (e) {
            case ScalarExpr.Index i -> !ranges.containsKey(i.axis());
            case ScalarExpr.Variable unknown -> false;
            case ScalarExpr.Element x -> dataIsKnown && isOneValue(x.address());
            case ScalarExpr.Read r -> dataIsKnown && r.index().stream().allMatch(this::isOneValue);
            default -> ScalarExprs.operands(e).stream().allMatch(this::isOneValue);
        };
    }

    private static ScalarExpr arg(Apply a, int slot) {
        return a.args().get(slot);
    }
}
