package heddle.compiler.scheduled;

import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import java.util.EnumSet;
import java.util.Set;

/** Functions that take tens of instructions in vectors. They hide the latency of sums, and their code is long. */
final class CostlyFunctions {
    private static final Set<ScalarFn> FUNCTIONS = EnumSet.of(
            ScalarFn.EXP,
            ScalarFn.LOG,
            ScalarFn.TANH,
            ScalarFn.ERF,
            ScalarFn.SIGMOID,
            ScalarFn.SIN,
            ScalarFn.COS,
            ScalarFn.FLOOR,
            ScalarFn.CEIL,
            ScalarFn.ROUND);

    private CostlyFunctions() {}

    /** Whether a program calls one. */
    static boolean isCalled(ScalarExpr e) {
        boolean[] found = {false};
        ScalarExprs.visit(e, x -> found[0] |= x instanceof ScalarExpr.Apply a && FUNCTIONS.contains(a.fn()));
        return found[0];
    }
}
