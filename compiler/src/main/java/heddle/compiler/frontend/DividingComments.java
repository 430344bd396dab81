package heddle.compiler.frontend;

import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Length;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Scope;
import heddle.dsl.ast.Expr;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.parse.Parser;
import heddle.dsl.source.SourceFile;
import heddle.dsl.source.Span;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Warns of {@code hidden // heads}, a division in other languages and here a comment. A comment is taken for an operand
 * when it follows a whole number and is itself arithmetic on whole numbers that are declared; prose is not.
 */
final class DividingComments {
    private static final String SIGN = "//";

    private final Diagnostics diagnostics;
    private final Set<Span> seen = new HashSet<>();

    DividingComments(Diagnostics diagnostics) {
        this.diagnostics = diagnostics;
    }

    /** Looks at what follows an expression. */
    void look(Expr expr, Denotation value, Scope scope) {
        if (!isWhole(value)) {
            return;
        }
        Span left = grouped(expr.span());
        String text = left.file().text();
        int sign = skipSpace(text, left.end());
        if (!text.startsWith(SIGN, sign)) {
            return;
        }
        int lineEnd = text.indexOf('\n', sign);
        Span comment = new Span(left.file(), sign, lineEnd < 0 ? text.length() : lineEnd);
        if (seen.add(comment) && operand(comment).filter(e -> isWhole(e, scope)).isPresent()) {
            diagnostics.report(
                    Diagnostic.at(comment, FrontendCode.OPERAND_IN_COMMENT, "`//` begins a comment and divides nothing")
                            .label("left out")
                            .related(left, "the whole value")
                            .hint("divide whole numbers with `div`; put a comment like this on a line of its own"));
        }
    }

    /** The brackets around an expression, when they are not those of a call. */
    private static Span grouped(Span span) {
        String text = span.file().text();
        Span group = span;
        while (true) {
            int before = group.start() - 1;
            while (before >= 0 && Character.isWhitespace(text.charAt(before))) {
                before--;
            }
            int after = skipSpace(text, group.end());
            boolean inBrackets =
                    before >= 0 && text.charAt(before) == '(' && after < text.length() && text.charAt(after) == ')';
            if (!inBrackets || before > 0 && Character.isJavaIdentifierPart(text.charAt(before - 1))) {
                return group;
            }
            group = new Span(span.file(), before, after + 1);
        }
    }

    private static int skipSpace(String text, int from) {
        int at = from;
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
        return at;
    }

    /** A comment read as an expression, with closing brackets and commas left out that may end it. */
    private static Optional<Expr> operand(Span comment) {
        SourceFile file = comment.file();
        int start = comment.start() + SIGN.length();
        int end = comment.end();
        while (end > start) {
            Optional<Expr> expr = Parser.expression(file, start, end);
            boolean mayEndLater = ",;)]} \t\r".indexOf(file.text().charAt(end - 1)) >= 0;
            if (expr.isPresent() || !mayEndLater) {
                return expr;
            }
            end--;
        }
        return Optional.empty();
    }

    private static boolean isWhole(Denotation value) {
        return value instanceof Length || value instanceof Tensor t && t.dtype().isInt();
    }

    private static boolean isWhole(Expr expr, Scope scope) {
        return switch (expr) {
            case Expr.IntLiteral ignored -> true;
            case Expr.Ref ref ->
                scope.find(ref.name()).filter(b -> isWhole(b.value())).isPresent();
            case Expr.Unary u -> u.op() == Expr.UnaryOp.NEGATE && isWhole(u.operand(), scope);
            case Expr.Binary b ->
                switch (b.op()) {
                    case ADD, SUB, MUL, DIV, FLOOR_DIV, MOD -> isWhole(b.left(), scope) && isWhole(b.right(), scope);
                    default -> false;
                };
            case Expr.Call call -> call.callee().text().equals("size");
            default -> false;
        };
    }
}
