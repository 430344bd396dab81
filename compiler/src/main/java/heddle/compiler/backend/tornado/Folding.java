package heddle.compiler.backend.tornado;

import heddle.compiler.scalar.Reduction;
import heddle.compiler.type.DType;

/**
 * The next step of a reduction, as Java.
 *
 * @param ignoresNaN whether a minimum or maximum may ignore NaN
 */
record Folding(Reduction kind, DType type, boolean ignoresNaN) {
    /** The value after {@code next}. Both are operands of any operator. */
    String of(String sofar, String next) {
        return switch (kind) {
            case SUM -> sofar + " + " + next;
            case PROD -> sofar + " * " + next;
            case MAX -> extreme("max", ">", sofar, next);
            case MIN -> extreme("min", "<", sofar, next);
        };
    }

    /** Of bools, false is below true. */
    private String extreme(String function, String better, String sofar, String next) {
        if (type == DType.BOOL) {
            return sofar + (kind == Reduction.MIN ? " & " : " | ") + next;
        }
        return ignoresNaN
                ? "TornadoMath." + function + "(" + sofar + ", " + next + ")"
                : ScalarFunctions.extreme(type, better, sofar, next);
    }

    /** Whether the next value is written down twice, and should be a variable. */
    boolean readsTwice() {
        return (kind == Reduction.MAX || kind == Reduction.MIN) && !ignoresNaN && type != DType.BOOL;
    }
}
