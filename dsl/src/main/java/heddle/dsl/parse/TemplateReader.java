package heddle.dsl.parse;

import heddle.dsl.ast.Expr;
import heddle.dsl.ast.Template;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.source.SourceFile;
import heddle.dsl.source.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Splits a string literal at its place in the file, so that everything in its holes has its real position. */
final class TemplateReader {
    private final SourceFile file;
    private final String text;
    private final Problems problems;
    private final List<Template.Part> parts = new ArrayList<>();
    private final StringBuilder literal = new StringBuilder();
    private int literalStart;
    private int at;

    private TemplateReader(SourceFile file, Problems problems) {
        this.file = file;
        this.text = file.text();
        this.problems = problems;
    }

    /** The template of the literal at {@code span}, quotes included. */
    static Template read(Span span, Problems problems) {
        TemplateReader reader = new TemplateReader(span.file(), problems);
        reader.at = span.start() + 1;
        reader.literalStart = reader.at;
        int end = span.end() - 1;
        while (reader.at < end) {
            reader.step(end);
        }
        reader.endText();
        return new Template(reader.parts, span);
    }

    private void step(int end) {
        char c = text.charAt(at);
        boolean doubled = at + 1 < end && text.charAt(at + 1) == c;
        if (c == '\\') {
            escape();
        } else if ((c == '{' || c == '}') && doubled) {
            literal.append(c);
            at += 2;
        } else if (c == '{') {
            hole(end);
        } else {
            if (c == '}') {
                problems.add(Diagnostic.at(new Span(file, at, at + 1), SyntaxCode.BAD_HOLE, "`}` closes no hole")
                        .hint("a brace in the text is doubled: `}}`"));
            }
            literal.append(c);
            at++;
        }
    }

    private void escape() {
        Optional<Character> meant = escaped(text.charAt(at + 1));
        if (meant.isEmpty()) {
            String escape = text.substring(at, text.offsetByCodePoints(at, 2));
            Diagnostic problem = Diagnostic.at(
                    new Span(file, at, at + escape.length()),
                    SyntaxCode.BAD_ESCAPE,
                    "`" + escape + "` is not an escape");
            problems.add(
                    escape.equals("\\{") || escape.equals("\\}")
                            ? problem.hint("a brace in the text is doubled: `{{` or `}}`")
                            : problem.hint("the escapes are `\\\"`, `\\\\`, `\\n` and `\\t`"));
        }
        literal.append(meant.orElse(text.charAt(at + 1)));
        at += 2;
    }

    private static Optional<Character> escaped(char c) {
        return switch (c) {
            case '"', '\\' -> Optional.of(c);
            case 'n' -> Optional.of('\n');
            case 't' -> Optional.of('\t');
            default -> Optional.empty();
        };
    }

    private void hole(int end) {
        int close = text.indexOf('}', at);
        if (close < 0 || close >= end) {
            problems.add(Diagnostic.at(new Span(file, at, at + 1), SyntaxCode.BAD_HOLE, "this hole is never closed")
                    .label("no `}` in this string")
                    .hint("write `{name}`, or double the brace to have it in the text: `{{`"));
            at = end;
            return;
        }
        endText();
        Span span = new Span(file, at, close + 1);
        if (text.substring(at + 1, close).isBlank()) {
            problems.add(Diagnostic.at(span, SyntaxCode.BAD_HOLE, "this hole is empty")
                    .hint("write a value in it, such as `{l}`, or double the braces to have them in the text: `{{}}`"));
        } else {
            Optional<Expr> value = Parser.hole(file, at + 1, close, problems);
            value.ifPresent(v -> parts.add(new Template.Hole(v, span)));
        }
        at = close + 1;
        literalStart = at;
    }

    private void endText() {
        if (!literal.isEmpty()) {
            parts.add(new Template.Text(literal.toString(), new Span(file, literalStart, at)));
            literal.setLength(0);
        }
    }

    /** The text between the quotes with its escapes resolved and its braces as written. */
    static String withEscapesResolved(String quoted) {
        StringBuilder value = new StringBuilder();
        for (int i = 1; i < quoted.length() - 1; i++) {
            char c = quoted.charAt(i);
            if (c == '\\' && i + 1 < quoted.length() - 1) {
                i++;
                value.append(escaped(quoted.charAt(i)).orElse(quoted.charAt(i)));
            } else {
                value.append(c);
            }
        }
        return value.toString();
    }
}
