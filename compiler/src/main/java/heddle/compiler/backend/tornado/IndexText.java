package heddle.compiler.backend.tornado;

import heddle.compiler.backend.emit.ScalarSource;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarExpr.IntLiteral;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.Dim;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Function;

/**
 * Writes indexes as {@code int} expressions: those of groups, blocks and threads, and the conditions they stand in.
 *
 * @param length  a length, an {@code int} expression
 * @param extents of the kernel's axes, which fit an {@code int}
 */
record IndexText(Function<Dim, String> length, Set<Dim> extents) {
    /** Numbers below this, of which a few are added to an index. */
    private static final int SMALL = 1 << 16;

    private static final Set<ScalarFn> PRODUCTS = EnumSet.of(ScalarFn.MUL, ScalarFn.FLOOR_DIV, ScalarFn.MOD);

    /** An index that is an {@code int}, as are its parts. */
    String of(ScalarExpr e) {
        return switch (e) {
            case IntLiteral i -> String.valueOf(i.value());
            case ScalarExpr.Index i -> i.axis().name();
            case ScalarExpr.Length l -> length.apply(l.dim());
            case Apply a -> apply(a);
            default -> throw new IllegalArgumentException("no index: " + e);
        };
    }

    private String apply(Apply a) {
        String first = of(a.args().getFirst());
        String last = of(a.args().getLast());
        return switch (a.fn()) {
            case ADD -> first + " + " + last;
            case SUB -> first + " - " + ScalarSource.operand(last);
            case MUL -> factor(a.args().getFirst(), first) + " * " + ScalarSource.operand(last);
            case FLOOR_DIV -> ScalarSource.operand(first) + " / " + ScalarSource.operand(last);
            case MOD -> ScalarSource.operand(first) + " % " + ScalarSource.operand(last);
            case MIN, MAX -> "TornadoMath." + a.fn().text() + "(" + first + ", " + last + ")";
            default -> throw new IllegalArgumentException("no index: " + a);
        };
    }

    /** What binds as tight as a product, and is before it, needs no parentheses. */
    private static String factor(ScalarExpr e, String text) {
        boolean binds = e instanceof Apply a && PRODUCTS.contains(a.fn());
        return binds ? text : ScalarSource.operand(text);
    }

    /** Whether a program of an index is sure to fit an {@code int}, with all of its parts. */
    boolean fits(ScalarExpr e) {
        return switch (e) {
            case IntLiteral i -> i.value() == (int) i.value();
            case ScalarExpr.Index i -> true;
            case ScalarExpr.Length l ->
                extents.contains(l.dim()) || extents.contains(l.dim().plus(1));
            case Apply a -> {
                ScalarExpr first = a.args().getFirst();
                ScalarExpr last = a.args().getLast();
                yield switch (a.fn()) {
                    case ADD -> isSmall(first) && isPosition(last) || isPosition(first) && isSmall(last);
                    case SUB -> isPosition(first) && isSmall(last);
                    case MIN, MAX -> fits(first) && fits(last);
                    default -> isSmall(e);
                };
            }
            default -> false;
        };
    }

    /** An index to which something small was added. */
    private boolean isPosition(ScalarExpr e) {
        return !(e instanceof ScalarExpr.Length || e instanceof IntLiteral) && fits(e);
    }

    private static boolean isSmall(ScalarExpr e) {
        return switch (e) {
            case IntLiteral i -> Math.abs(i.value()) < SMALL;
            case ScalarExpr.Index i ->
                i.axis().extent().isKnown() && i.axis().extent().value() < SMALL;
            case Apply a -> a.fn() == ScalarFn.ADD && a.args().stream().allMatch(IndexText::isSmall);
            default -> false;
        };
    }
}
