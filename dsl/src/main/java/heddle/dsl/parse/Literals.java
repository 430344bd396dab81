package heddle.dsl.parse;

import heddle.dsl.ast.Expr;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.source.SourceFile;
import heddle.dsl.source.Span;
import org.antlr.v4.runtime.Token;

/** Reads the values of numbers and strings. */
final class Literals {
    private final SourceFile file;
    private final Problems problems;

    Literals(SourceFile file, Problems problems) {
        this.file = file;
        this.problems = problems;
    }

    Expr integer(Token token) {
        Span span = Tokens.span(file, token);
        if (problems.hasAt(span.start())) {
            return new Expr.IntLiteral(0, span);
        }
        try {
            return new Expr.IntLiteral(Long.parseLong(digits(token)), span);
        } catch (NumberFormatException tooLarge) {
            problems.add(Diagnostic.at(span, SyntaxCode.NUMBER_OUT_OF_RANGE, "this integer is too large")
                    .label("more than " + Long.MAX_VALUE)
                    .hint("a float can be larger: `1e30`"));
            return new Expr.IntLiteral(0, span);
        }
    }

    Expr floating(Token token) {
        Span span = Tokens.span(file, token);
        double value = Double.parseDouble(digits(token));
        if (Double.isInfinite(value)) {
            problems.add(Diagnostic.at(span, SyntaxCode.NUMBER_OUT_OF_RANGE, "this number is too large")
                    .label("more than " + Double.MAX_VALUE)
                    .hint("infinity is written `inf`"));
        }
        return new Expr.FloatLiteral(value, span);
    }

    /** Checks the holes too; their expressions are read again when the string is used. */
    Expr.StringLiteral string(Token token) {
        Span span = Tokens.span(file, token);
        if (problems.hasAt(span.start())) {
            return new Expr.StringLiteral("", span);
        }
        TemplateReader.read(span, problems);
        return new Expr.StringLiteral(TemplateReader.withEscapesResolved(token.getText()), span);
    }

    private static String digits(Token token) {
        return token.getText().replace("_", "");
    }
}
