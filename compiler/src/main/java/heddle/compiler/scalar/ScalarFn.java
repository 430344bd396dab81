package heddle.compiler.scalar;

import heddle.compiler.type.DType;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A function of single elements: elementwise operations apply it at every index, and score programs, prologues and
 * epilogues are built from such functions.
 *
 * <p>{@code DIV} is for floats, {@code FLOOR_DIV} rounds towards minus infinity, {@code MOD} has the sign of the
 * divisor, {@code ROUND} rounds halves to even. {@code MIN} and {@code MAX} give NaN when an operand is NaN.
 */
public enum ScalarFn {
    NEG(1, Rule.ARITHMETIC),
    ABS(1, Rule.ARITHMETIC),
    SIGN(1, Rule.ARITHMETIC),
    EXP(1, Rule.FLOAT),
    /**
     * {@code exp} of a number that is not above zero but for rounding, such as a score less the greatest of its row. Vectors have fewer
     * instructions for it. Above 88 it means nothing.
     */
    EXP_NONPOSITIVE(1, Rule.FLOAT),
    LOG(1, Rule.FLOAT),
    SQRT(1, Rule.FLOAT),
    RSQRT(1, Rule.FLOAT),
    TANH(1, Rule.FLOAT),
    ERF(1, Rule.FLOAT),
    SIGMOID(1, Rule.FLOAT),
    SIN(1, Rule.FLOAT),
    COS(1, Rule.FLOAT),
    FLOOR(1, Rule.FLOAT),
    CEIL(1, Rule.FLOAT),
    ROUND(1, Rule.FLOAT),
    ADD(2, Rule.ARITHMETIC),
    SUB(2, Rule.ARITHMETIC),
    MUL(2, Rule.ARITHMETIC),
    DIV(2, Rule.FLOAT),
    FLOOR_DIV(2, Rule.ARITHMETIC),
    MOD(2, Rule.ARITHMETIC),
    POW(2, Rule.FLOAT),
    MIN(2, Rule.ARITHMETIC),
    MAX(2, Rule.ARITHMETIC),
    EQ(2, Rule.COMPARE),
    NE(2, Rule.COMPARE),
    LT(2, Rule.COMPARE),
    LE(2, Rule.COMPARE),
    GT(2, Rule.COMPARE),
    GE(2, Rule.COMPARE),
    AND(2, Rule.LOGIC),
    OR(2, Rule.LOGIC),
    XOR(2, Rule.LOGIC),
    NOT(1, Rule.LOGIC),
    /** {@code select(condition, a, b)}. */
    SELECT(3, Rule.SELECT),
    /** Conversion to the result type: floats to integers round towards zero, anything but zero is true. */
    CAST(1, Rule.CAST),
    /**
     * {@code mul0(gradient, derivative)}: their product, but zero where the gradient is zero, even if the derivative is infinite or
     * NaN. It may be both in the branch that a {@code select} did not take.
     */
    MUL0(2, Rule.FLOAT),
    /** Its operand, which gradients do not pass. */
    STOP_GRADIENT(1, Rule.SAME),
    /** {@code draw(key0, key1, step, ordinal, row, column)}: 32 random bits, {@link Philox#word}. */
    DRAW(6, Rule.DRAW);

    /** How operand types give the result type. */
    public enum Rule {
        /** Numbers of one type, which is the result's. */
        ARITHMETIC,
        /** Floats of one type, which is the result's. */
        FLOAT,
        /** Two of one type; the result is bool. */
        COMPARE,
        /** Bools. */
        LOGIC,
        /** A bool and two of one type, which is the result's. */
        SELECT,
        /** Any one type; the result's is chosen. */
        CAST,
        /** Any one type, which is the result's. */
        SAME,
        /** Numbers of i64, as the result is. */
        DRAW
    }

    private final int arity;
    private final Rule rule;

    ScalarFn(int arity, Rule rule) {
        this.arity = arity;
        this.rule = rule;
    }

    public int arity() {
        return arity;
    }

    public Rule rule() {
        return rule;
    }

    /** The name in the language and in listings: {@code floor_div}. */
    public String text() {
        return this == EXP_NONPOSITIVE ? EXP.text() : name().toLowerCase(Locale.ROOT);
    }

    /**
     * The result type for these operand types, or empty when they do not fit the rule. {@code CAST} has no result type
     * of its own.
     */
    public Optional<DType> resultType(List<DType> operands) {
        if (operands.size() != arity) {
            return Optional.empty();
        }
        DType last = operands.getLast();
        boolean same =
                operands.subList(rule == Rule.SELECT ? 1 : 0, arity).stream().allMatch(t -> t == last);
        return switch (rule) {
            case ARITHMETIC -> same && last != DType.BOOL ? Optional.of(last) : Optional.empty();
            case FLOAT -> same && last.isFloat() ? Optional.of(last) : Optional.empty();
            case COMPARE -> same ? Optional.of(DType.BOOL) : Optional.empty();
            case LOGIC -> same && last == DType.BOOL ? Optional.of(DType.BOOL) : Optional.empty();
            case SELECT -> same && operands.getFirst() == DType.BOOL ? Optional.of(last) : Optional.empty();
            case CAST -> Optional.empty();
            case SAME -> Optional.of(last);
            case DRAW -> same && last == DType.I64 ? Optional.of(last) : Optional.empty();
        };
    }
}
