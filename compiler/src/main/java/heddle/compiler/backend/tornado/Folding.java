package heddle.compiler.backend.tornado;

import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarMath;
import heddle.compiler.type.DType;

/**
 * The next step of a reduction, as Java.
 *
 * @param ignoresNaN whether a minimum or maximum may ignore NaN
 */
record Folding(Reduction kind, DType type, boolean ignoresNaN) {
    /** The value it starts from. */
    String neutral() {
        double start = ScalarMath.neutral(kind, type);
        return switch (Storage.of(type)) {
            case FLOAT -> Double.isInfinite(start) ? infinity("Float", start) : (float) start + "f";
            case DOUBLE -> Double.isInfinite(start) ? quotient(start) : String.valueOf(start);
            case LONG -> (long) start == Long.MIN_VALUE ? "Long.MIN_VALUE" : (long) start + "L";
            case INT -> (int) start == Integer.MIN_VALUE ? "Integer.MIN_VALUE" : String.valueOf((int) start);
            case BOOLEAN -> String.valueOf(kind == Reduction.MIN);
        };
    }

    /** TornadoVM makes floats of infinite constants, and then cannot compare them with doubles. */
    private static String quotient(double infinite) {
        return (infinite > 0 ? "1.0" : "-1.0") + " / (context.groupIdx >> 30)";
    }

    private static String infinity(String type, double value) {
        return type + (value > 0 ? ".POSITIVE_INFINITY" : ".NEGATIVE_INFINITY");
    }

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
