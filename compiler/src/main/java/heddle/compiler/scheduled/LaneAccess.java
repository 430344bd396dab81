package heddle.compiler.scheduled;

import heddle.compiler.index.PositionCasts;
import heddle.compiler.index.Stride;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Memo;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarExpr.Element;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import java.util.List;

/**
 * Decides which programs can be computed in vectors along an axis directly, because they load only neighbouring
 * elements.
 */
final class LaneAccess {
    private final Axis lane;
    private final Level.Lanes lanes;
    private final Memo<Boolean> reads = new Memo<>(this::computeReads);
    private final Memo<Boolean> natives = new Memo<>(this::computeNative);

    LaneAccess(Axis lane, DType element) {
        this.lane = lane;
        this.lanes = new Level.Lanes(element, 1);
    }

    Axis lane() {
        return lane;
    }

    boolean isNative(ScalarExpr e) {
        return natives.of(e);
    }

    private boolean computeReads(ScalarExpr e) {
        return e.equals(ScalarExpr.of(lane)) || ScalarExprs.operands(e).stream().anyMatch(reads::of);
    }

    private boolean computeNative(ScalarExpr e) {
        if (!reads.of(e)) {
            return true;
        }
        return switch (e) {
            case Element x -> isContiguous(x.address());
            case Apply a -> isNative(a);
            default -> false;
        };
    }

    boolean isContiguous(ScalarExpr address) {
        return Stride.of(address, lane).filter(Stride::isContiguous).isPresent();
    }

    private boolean isNative(Apply a) {
        return switch (a.fn()) {
            case EQ, NE, LT, LE, GT, GE ->
                a.args().getFirst().type() == DType.I64
                        ? movesByOne(a)
                                || lanes.element() == DType.F32
                                        && a.args().stream().allMatch(this::isLoaded)
                        : areNative(a.args());
            case CAST -> {
                DType from = a.args().getFirst().type();
                if (PositionCasts.isPositionCast(a) && lanes.hold(a.type())) {
                    yield isPosition(a);
                }
                yield (from == DType.BOOL || lanes.hold(from)) && areNative(a.args());
            }
            default -> (a.type() == DType.BOOL || lanes.hold(a.type())) && areNative(a.args());
        };
    }

    private boolean isPosition(Apply cast) {
        return PositionCasts.stride(cast, lane).isPresent()
                || PositionCasts.inward(cast).filter(this::isNative).isPresent();
    }

    private boolean areNative(List<ScalarExpr> args) {
        return args.stream().allMatch(this::isNative);
    }

    /** Neighbours in memory, or one number in all lanes. */
    private boolean isLoaded(ScalarExpr e) {
        return !reads.of(e) || e instanceof Element x && !x.buffer().stored().isPacked() && isContiguous(x.address());
    }

    /** Comparisons of indexes become comparisons of lane numbers. */
    private boolean movesByOne(Apply a) {
        ScalarExpr difference =
                ScalarExpr.apply(ScalarFn.SUB, a.args().getFirst(), a.args().getLast());
        return lanes.element() == DType.F32
                && Stride.of(difference, lane)
                        .filter(s -> s.step().is(1) || s.step().is(-1))
                        .isPresent();
    }
}
