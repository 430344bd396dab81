package heddle.compiler.backend.emit;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarExpr.IntLiteral;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import java.util.function.Function;

/**
 * Writes addresses as {@code int} expressions. An array index has 32 bits, and the low 32 bits of a sum or a product
 * depend only on the low bits of its operands. So {@code int} arithmetic loses nothing, and compilers recognise indices
 * that move with the loop. Quotients are computed in {@code long}.
 *
 * @param index   the index along an axis, an {@code int} or {@code long} expression
 * @param length  a length, an {@code int} expression
 * @param general writes any other i64 expression
 */
public record PositionSource(
        Function<Axis, String> index, Function<Dim, String> length, Function<ScalarExpr, String> general) {
    /** The position in an array of the element at an address. */
    public String of(String offset, ScalarExpr address) {
        String text = of(address);
        return text.equals("0") ? offset : offset + " + " + text;
    }

    /** An i64 expression as an {@code int} one. */
    public String of(ScalarExpr e) {
        return switch (e) {
            case IntLiteral i -> i.value() == (int) i.value() ? String.valueOf(i.value()) : "(int) " + i.value() + "L";
            case ScalarExpr.Index i -> narrowed(index.apply(i.axis()));
            case ScalarExpr.Length l -> length.apply(l.dim());
            case Apply a -> a.type() == DType.I64 ? apply(a) : narrowed(general.apply(e));
            default -> narrowed(general.apply(e));
        };
    }

    private String apply(Apply a) {
        ScalarExpr first = a.args().getFirst();
        ScalarExpr last = a.args().getLast();
        return switch (a.fn()) {
            case NEG -> "-" + ScalarSource.operand(of(first));
            case ADD -> of(first) + " + " + of(last);
            case SUB -> of(first) + " - " + ScalarSource.operand(of(last));
            case MUL -> ScalarSource.operand(of(first)) + " * " + ScalarSource.operand(of(last));
            default -> narrowed(general.apply(a));
        };
    }

    /** A {@code long} expression as an {@code int} one. */
    private static String narrowed(String text) {
        return text.startsWith("(long) ") ? text.substring("(long) ".length()) : "(int) " + ScalarSource.operand(text);
    }
}
