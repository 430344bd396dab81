package heddle.dsl.parse;

import heddle.dsl.ast.Expr;
import heddle.dsl.ast.Expr.Subscript;
import java.util.Optional;
import java.util.stream.Collectors;

/** Writes expressions with every bracket, operators first, so that tests can see how they bind. */
final class Prefix {
    private Prefix() {}

    static String of(Expr expr) {
        return switch (expr) {
            case Expr.IntLiteral e -> Long.toString(e.value());
            case Expr.FloatLiteral e -> Double.toString(e.value());
            case Expr.BoolLiteral e -> Boolean.toString(e.value());
            case Expr.StringLiteral e -> '"' + e.value() + '"';
            case Expr.Ref e -> e.name();
            case Expr.ListLiteral e -> e.elements().stream().map(Prefix::of).collect(Collectors.joining(" ", "[", "]"));
            case Expr.Unary e -> "(" + e.op().symbol + " " + of(e.operand()) + ")";
            case Expr.Binary e -> "(" + e.op().symbol + " " + of(e.left()) + " " + of(e.right()) + ")";
            case Expr.Call e ->
                e.arguments().stream()
                        .map(a -> a.name().map(n -> n + "=").orElse("") + of(a.value()))
                        .collect(Collectors.joining(" ", e.callee() + "(", ")"));
            case Expr.Index e ->
                e.subscripts().stream().map(Prefix::of).collect(Collectors.joining(" ", of(e.base()) + "[", "]"));
            case Expr.Weight e ->
                "(weight " + of(e.template()) + " " + e.type().dtype()
                        + e.type().dims().stream().map(Prefix::of).collect(Collectors.joining(" ", "[", "]"))
                        + e.held().map(Prefix::of).orElse("")
                        + e.initial().map(Prefix::of).orElse("") + ")";
            case Expr.If e -> "(if " + of(e.condition()) + " " + of(e.then()) + " " + of(e.otherwise()) + ")";
        };
    }

    private static String of(Expr.Weight.Held held) {
        return " as " + held.stored()
                + held.per().map(per -> " per " + per).orElse("")
                + held.scales().map(scales -> " scales " + of(scales)).orElse("");
    }

    private static String of(Expr.Initial initial) {
        return " = "
                + initial.arguments().stream()
                        .map(a -> a.name().map(n -> n + "=").orElse("") + of(a.value()))
                        .collect(Collectors.joining(" ", initial.name() + "(", ")"));
    }

    private static String of(Subscript subscript) {
        return switch (subscript) {
            case Subscript.At s -> of(s.index());
            case Subscript.Range s -> of(s.start()) + ":" + of(s.stop()) + ":" + of(s.step());
            case Subscript.Ellipsis s -> "...";
            case Subscript.NewAxis s -> "new";
        };
    }

    private static String of(Optional<Expr> expr) {
        return expr.map(Prefix::of).orElse("");
    }
}
