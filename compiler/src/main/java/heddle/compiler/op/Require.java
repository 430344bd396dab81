package heddle.compiler.op;

import heddle.compiler.ir.TypeMismatch;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Checks of operands that several operations share. Each throws {@link TypeMismatch} when it fails. */
public final class Require {
    private Require() {}

    public static void count(String op, List<TensorType> operands, int expected) {
        if (operands.size() != expected) {
            throw mismatch(
                    op + " takes " + expected + (expected == 1 ? " operand" : " operands") + ", not " + operands.size(),
                    "",
                    all(operands));
        }
    }

    public static void axis(String op, int axis, TensorType type) {
        if (axis < 0 || axis >= type.rank()) {
            String hint = type.rank() == 0
                    ? "a scalar has no axes"
                    : "axes of " + type + " run from 0 to " + (type.rank() - 1) + ", or from -" + type.rank()
                            + " to -1 counted from the end";
            throw mismatch(op + " along axis " + axis + " of " + type + ", which has no such axis", hint, 0);
        }
    }

    /** Each axis once, and all in range. */
    public static void axes(String op, List<Integer> axes, TensorType type) {
        axes.forEach(a -> axis(op, a, type));
        if (axes.stream().distinct().count() != axes.size()) {
            throw mismatch(op + " names an axis twice in " + axes, "name each axis once", 0);
        }
    }

    public static void sameDType(String op, List<TensorType> operands) {
        DType first = operands.getFirst().dtype();
        for (int i = 1; i < operands.size(); i++) {
            if (operands.get(i).dtype() != first) {
                throw mismatch(
                        op + " needs operands of one type, not " + operands.getFirst() + " and " + operands.get(i),
                        "convert one of them: cast(x, " + first + ")",
                        0,
                        i);
            }
        }
    }

    static void isFloat(String op, TensorType type) {
        if (!type.dtype().isFloat()) {
            throw mismatch(op + " needs floating-point elements, not " + type, "convert it: cast(x, f32)", 0);
        }
    }

    public static void isNumeric(String op, TensorType type) {
        if (type.dtype() == DType.BOOL) {
            throw mismatch(op + " needs numbers, not " + type, "convert it: cast(x, i32)", 0);
        }
    }

    public static void isInteger(String op, TensorType type, int slot) {
        if (!type.dtype().isInt()) {
            throw mismatch(op + " needs integer indices, not " + type, "convert them: cast(index, i64)", slot);
        }
    }

    public static void rank(String op, int expected, TensorType type, String what) {
        if (type.rank() != expected) {
            throw mismatch(
                    op + " has " + expected + " " + what + " for " + type + ", which has rank " + type.rank(),
                    "give one for each axis",
                    0);
        }
    }

    /** Not known to be negative. */
    public static void notNegative(String op, Dim dim, String what, TensorType type) {
        if (dim.isKnown() && dim.value() < 0) {
            throw mismatch(op + " of " + type + " has the negative " + what + " " + dim, "", 0);
        }
    }

    /** A mismatch with a hint; an empty hint is none. */
    public static TypeMismatch mismatch(String message, String hint, Integer... operands) {
        return new TypeMismatch(message, List.of(operands), Optional.of(hint).filter(h -> !h.isEmpty()));
    }

    /** {@code f32[2], f32[3] and i64[]}. */
    static String listed(List<TensorType> types) {
        int last = types.size() - 1;
        return last < 1
                ? types.stream().map(TensorType::toString).collect(Collectors.joining())
                : types.subList(0, last).stream().map(TensorType::toString).collect(Collectors.joining(", ")) + " and "
                        + types.get(last);
    }

    static Integer[] all(List<TensorType> operands) {
        return IntStream.range(0, operands.size()).boxed().toArray(Integer[]::new);
    }
}
