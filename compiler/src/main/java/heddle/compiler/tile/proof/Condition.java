package heddle.compiler.tile.proof;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.index.LinearForm;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;

/**
 * A bool that is known to be true, or not to be.
 *
 * @param truth no conjunction
 * @param holds whether it is true
 */
record Condition(ScalarExpr truth, boolean holds) {
    private static final ScalarExpr TRUE = new ScalarExpr.Literal(DType.BOOL, 1);
    private static final ScalarExpr FALSE = new ScalarExpr.Literal(DType.BOOL, 0);

    /** What holds, one by one, when {@code truth} is true, or when it is false. */
    static SequencedSet<Condition> of(ScalarExpr truth, boolean holds) {
        SequencedSet<Condition> all = new LinkedHashSet<>();
        collect(truth, holds, all);
        return all;
    }

    private static void collect(ScalarExpr truth, boolean holds, SequencedSet<Condition> all) {
        if (truth instanceof Apply a) {
            List<ScalarExpr> args = a.args();
            switch (a.fn()) {
                case NOT -> {
                    collect(args.getFirst(), !holds, all);
                    return;
                }
                case AND, OR -> {
                    if (holds == (a.fn() == ScalarFn.AND)) {
                        args.forEach(x -> collect(x, holds, all));
                        return;
                    }
                }
                case SELECT -> {
                    ScalarExpr never = holds ? FALSE : TRUE;
                    if (args.get(1).equals(never) || args.get(2).equals(never)) {
                        boolean second = args.get(1).equals(never);
                        collect(args.getFirst(), !second, all);
                        collect(args.get(second ? 2 : 1), holds, all);
                        return;
                    }
                }
                default -> {}
            }
        }
        all.add(new Condition(truth, holds));
    }

    /** What is true. */
    ScalarExpr asTruth() {
        return holds ? truth : ScalarExpr.apply(ScalarFn.NOT, truth);
    }

    /** What it says of indexes: sums that are not negative. */
    List<LinearForm> forms() {
        if (!(truth instanceof Apply a)
                || a.fn().rule() != ScalarFn.Rule.COMPARE
                || a.args().getFirst().type() != DType.I64) {
            return List.of();
        }
        LinearForm x = IndexSimplifier.form(a.args().getFirst());
        LinearForm y = IndexSimplifier.form(a.args().getLast());
        LinearForm one = LinearForm.of(Dim.ONE);
        return switch (holds ? a.fn() : opposite(a.fn())) {
            case LT -> List.of(y.minus(x).minus(one));
            case LE -> List.of(y.minus(x));
            case GT -> List.of(x.minus(y).minus(one));
            case GE -> List.of(x.minus(y));
            case EQ -> List.of(x.minus(y), y.minus(x));
            default -> List.of();
        };
    }

    private static ScalarFn opposite(ScalarFn fn) {
        return switch (fn) {
            case LT -> ScalarFn.GE;
            case LE -> ScalarFn.GT;
            case GT -> ScalarFn.LE;
            case GE -> ScalarFn.LT;
            case EQ -> ScalarFn.NE;
            default -> ScalarFn.EQ;
        };
    }
}
