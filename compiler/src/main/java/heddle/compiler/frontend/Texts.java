package heddle.compiler.frontend;

import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Bool;
import heddle.compiler.frontend.value.Denotation.ElementType;
import heddle.compiler.frontend.value.Denotation.Text;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Scope;
import heddle.compiler.frontend.value.Words;
import heddle.dsl.ast.Expr;
import heddle.dsl.ast.Template;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.parse.Parser;
import java.util.IdentityHashMap;

/** Fills the holes of texts. */
final class Texts {
    private final Expressions expressions;
    /** Literals that were taken apart: the body of a loop comes by often. */
    private final IdentityHashMap<Expr.StringLiteral, Template> templates = new IdentityHashMap<>();

    Texts(Expressions expressions) {
        this.expressions = expressions;
    }

    /** The text, or poison when a hole was reported as wrong. */
    Denotation fill(Expr.StringLiteral literal, Scope scope) {
        StringBuilder out = new StringBuilder();
        for (Template.Part part :
                templates.computeIfAbsent(literal, Parser::template).parts()) {
            switch (part) {
                case Template.Text t -> out.append(t.value());
                case Template.Hole h -> {
                    Denotation value = expressions.evaluate(h.value(), scope);
                    if (value.isPoison()) {
                        return Denotation.Poison.VALUE;
                    }
                    out.append(written(h, value));
                }
            }
            if (out.length() > Denotation.MAX_SIZE) {
                break; // Reported by whoever asked for the value.
            }
        }
        return new Text(out.toString());
    }

    private static String written(Template.Hole hole, Denotation value) {
        if (value.integer().isPresent()) {
            return value.integer().get().toString();
        }
        return switch (value) {
            case Text t -> t.value();
            case Bool b -> Boolean.toString(b.value());
            case ElementType e -> e.dtype().text();
            default ->
                throw new DiagnosticException(Diagnostic.at(
                                hole.span(),
                                FrontendCode.TEXT_HOLE,
                                "a hole takes an integer or a text, not " + Words.describe(value))
                        .label(Words.describe(value)));
        };
    }
}
