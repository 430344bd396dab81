package heddle.compiler.backend.jvm.text;

import heddle.compiler.scalar.Reduction;
import heddle.compiler.type.DType;
import heddle.compiler.type.Precision;
import java.util.Locale;

/** A {@link Reduction} of values of one type, as Java. */
public record Fold(Reduction kind, DType type) {
    /** The Java expression that accumulation starts at. */
    public String neutral() {
        return switch (kind) {
            case SUM -> type == DType.BOOL ? "false" : "0";
            case PROD -> type == DType.BOOL ? "true" : "1";
            case MAX -> extreme("NEGATIVE_INFINITY", "MIN_VALUE", "false");
            case MIN -> extreme("POSITIVE_INFINITY", "MAX_VALUE", "true");
        };
    }

    private String extreme(String ofFloats, String ofIntegers, String ofBools) {
        return switch (Precision.computed(type)) {
            case F32 -> "Float." + ofFloats;
            case F64 -> "Double." + ofFloats;
            case I64 -> "Long." + ofIntegers;
            case I32 -> "Integer." + ofIntegers;
            case BOOL -> ofBools;
            case F16, BF16 -> throw new AssertionError(type);
        };
    }

    /** Two scalars as one. */
    public String scalars(String a, String b) {
        boolean bool = type == DType.BOOL;
        return switch (kind) {
            case SUM -> a + (bool ? " | " : " + ") + b;
            case PROD -> a + (bool ? " & " : " * ") + b;
            case MAX -> bool ? a + " | " + b : "Math.max(" + a + ", " + b + ")";
            case MIN -> bool ? a + " & " + b : "Math.min(" + a + ", " + b + ")";
        };
    }

    /**
     * Two vectors as one.
     *
     * @param ignoresNaN whether an extreme may pass NaN in {@code b} over, which takes half as many instructions
     */
    public String vectors(String a, String b, boolean ignoresNaN) {
        boolean extreme = kind == Reduction.MAX || kind == Reduction.MIN;
        String comparison = kind == Reduction.MAX ? "LT" : "GT";
        return ignoresNaN && extreme
                ? a + ".blend(" + b + ", " + a + ".compare(VectorOperators." + comparison + ", " + b + "))"
                : a + "." + method() + "(" + b + ")";
    }

    /** Whether rounding makes the result depend on the order in which values are folded. */
    public boolean dependsOnOrder() {
        return type.isFloat() && (kind == Reduction.SUM || kind == Reduction.PROD);
    }

    /** The function's name among the methods of vectors. */
    public String method() {
        return switch (kind) {
            case SUM -> "add";
            case PROD -> "mul";
            case MAX -> "max";
            case MIN -> "min";
        };
    }

    /** The function's name in {@code VectorOperators}. */
    public String operator() {
        return method().toUpperCase(Locale.ROOT);
    }
}
