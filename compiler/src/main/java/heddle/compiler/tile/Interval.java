package heddle.compiler.tile;

/**
 * The least and the greatest value something takes; for a bool, with false below true, whether it is true always and
 * whether it can be true at all.
 */
record Interval(ScalarExpr low, ScalarExpr high) {
    /** Nothing known of a bool. */
    static final Interval EITHER = new Interval(BlockMask.FALSE, BlockMask.TRUE);

    static Interval point(ScalarExpr value) {
        return new Interval(value, value);
    }

    boolean isPoint() {
        return low.equals(high);
    }

    static Interval not(Interval x) {
        return new Interval(not(x.high), not(x.low));
    }

    static Interval and(Interval x, Interval y) {
        return new Interval(and(x.low, y.low), and(x.high, y.high));
    }

    static Interval or(Interval x, Interval y) {
        return new Interval(or(x.low, y.low), or(x.high, y.high));
    }

    private static ScalarExpr not(ScalarExpr x) {
        if (x instanceof ScalarExpr.Literal l) {
            return l.value() != 0 ? BlockMask.FALSE : BlockMask.TRUE;
        }
        return x instanceof ScalarExpr.Apply a && a.fn() == ScalarFn.NOT
                ? a.args().getFirst()
                : ScalarExpr.apply(ScalarFn.NOT, x);
    }

    private static ScalarExpr and(ScalarExpr x, ScalarExpr y) {
        if (x.equals(BlockMask.FALSE) || y.equals(BlockMask.TRUE)) {
            return x;
        }
        return x.equals(BlockMask.TRUE) || y.equals(BlockMask.FALSE) ? y : ScalarExpr.apply(ScalarFn.AND, x, y);
    }

    private static ScalarExpr or(ScalarExpr x, ScalarExpr y) {
        if (x.equals(BlockMask.TRUE) || y.equals(BlockMask.FALSE)) {
            return x;
        }
        return x.equals(BlockMask.FALSE) || y.equals(BlockMask.TRUE) ? y : ScalarExpr.apply(ScalarFn.OR, x, y);
    }
}
