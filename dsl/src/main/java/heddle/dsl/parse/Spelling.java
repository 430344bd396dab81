package heddle.dsl.parse;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.parse.grammar.HeddleLexer;
import heddle.dsl.parse.grammar.HeddleParser;
import heddle.dsl.source.SourceFile;
import heddle.dsl.source.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.Token;

/**
 * Reports tokens that are not Heddle and replaces them with what was meant, so that the parser can continue. Also drops
 * comments.
 */
final class Spelling {
    private record Meaning(int type, String advice) {}

    private static final Map<String, Meaning> FOREIGN = Map.ofEntries(
            Map.entry("&&", new Meaning(HeddleParser.AND, "write `and`")),
            Map.entry("||", new Meaning(HeddleParser.OR, "write `or`")),
            Map.entry("!", new Meaning(HeddleParser.NOT, "write `not`")),
            Map.entry("<>", new Meaning(HeddleParser.NE, "write `!=`")),
            Map.entry("≠", new Meaning(HeddleParser.NE, "write `!=`")),
            Map.entry("≤", new Meaning(HeddleParser.LE, "write `<=`")),
            Map.entry("≥", new Meaning(HeddleParser.GE, "write `>=`")),
            Map.entry("^", new Meaning(HeddleParser.POWER, "a power is written `x ** 2`")),
            Map.entry("×", new Meaning(HeddleParser.STAR, "write `*`, or `@` for a matrix product")),
            Map.entry("·", new Meaning(HeddleParser.STAR, "write `*`, or `@` for a matrix product")),
            Map.entry("−", new Meaning(HeddleParser.MINUS, "write the plain `-`")),
            Map.entry("∞", new Meaning(HeddleParser.INF, "write `inf`")),
            Map.entry(":=", new Meaning(HeddleParser.ASSIGN, "write `=`, with `let` before a new name")),
            Map.entry("+=", new Meaning(HeddleParser.ASSIGN, "write it out: `x = x + ...`")),
            Map.entry("-=", new Meaning(HeddleParser.ASSIGN, "write it out: `x = x - ...`")),
            Map.entry("*=", new Meaning(HeddleParser.ASSIGN, "write it out: `x = x * ...`")),
            Map.entry("/=", new Meaning(HeddleParser.ASSIGN, "write it out: `x = x / ...`")),
            Map.entry("@=", new Meaning(HeddleParser.ASSIGN, "write it out: `x = x @ ...`")),
            Map.entry(
                    "->",
                    new Meaning(HeddleParser.ASSIGN, "functions have a name and no result type: `fn f(x) = ...`")),
            Map.entry("=>", new Meaning(HeddleParser.ASSIGN, "functions have a name: `fn f(x) = ...`")),
            Map.entry("++", new Meaning(HeddleParser.PLUS, "write it out: `x = x + 1`")));

    private final SourceFile file;
    private final Problems problems;

    Spelling(SourceFile file, Problems problems) {
        this.file = file;
        this.problems = problems;
    }

    List<CommonToken> correct(List<CommonToken> tokens) {
        List<CommonToken> corrected = new ArrayList<>();
        for (int i = 0; i < tokens.size(); i++) {
            CommonToken token = tokens.get(i);
            int dot = i;
            if (token.getChannel() == Token.DEFAULT_CHANNEL) {
                CommonToken previous = corrected.isEmpty() ? null : corrected.getLast();
                correct(token, previous, () -> Members.hint(tokens, dot)).ifPresent(corrected::add);
            }
        }
        return corrected;
    }

    private Optional<CommonToken> correct(CommonToken token, CommonToken previous, Supplier<String> member) {
        return switch (token.getType()) {
            case HeddleLexer.FOREIGN_SIGN -> {
                Meaning meaning = FOREIGN.get(token.getText());
                foreign(token, "`" + token.getText() + "` is not Heddle", meaning.advice());
                yield Optional.of(Tokens.retyped(token, meaning.type()));
            }
            case HeddleLexer.FOREIGN_STRING -> {
                foreign(token, "strings stand in double quotes", "write `\"...\"`, with straight quotes");
                yield Optional.of(Tokens.retyped(token, HeddleParser.STRING));
            }
            case HeddleLexer.FOREIGN_COMMENT -> {
                foreign(token, "comments start with `//`", "a comment runs from `//` to the end of its line");
                yield Optional.empty();
            }
            case HeddleLexer.FOREIGN_NAME -> {
                problems.add(Diagnostic.at(
                                span(token),
                                SyntaxCode.STRAY_CHARACTER,
                                "`" + token.getText() + "` has letters that no name may have")
                        .hint("names are made of the letters a to z and A to Z, digits and `_`"));
                yield Optional.of(Tokens.retyped(token, HeddleParser.NAME));
            }
            case HeddleLexer.MALFORMED_NUMBER -> {
                problems.add(number(token));
                yield Optional.of(Tokens.retyped(token, HeddleParser.INT));
            }
            case HeddleLexer.UNTERMINATED_STRING -> {
                problems.add(Diagnostic.at(span(token), SyntaxCode.UNTERMINATED_STRING, "this string never ends")
                        .label("no closing `\"` on this line")
                        .hint("close the string with `\"`; a line break inside a string is written `\\n`"));
                yield Optional.of(Tokens.retyped(token, HeddleParser.STRING));
            }
            case HeddleLexer.STRAY -> {
                problems.add(stray(token, previous, member));
                yield Optional.empty();
            }
            default -> Optional.of(token);
        };
    }

    private void foreign(CommonToken token, String message, String advice) {
        problems.add(
                Diagnostic.at(span(token), SyntaxCode.FOREIGN_SPELLING, message).hint(advice));
    }

    private Diagnostic number(CommonToken token) {
        String text = token.getText();
        Diagnostic problem = Diagnostic.at(
                span(token), SyntaxCode.MALFORMED_NUMBER, "`" + text + "` is neither a number nor a name");
        if (text.startsWith(".")) {
            return problem.hint("write `0" + text + "`");
        }
        if (text.startsWith("0x") || text.startsWith("0b")) {
            return problem.hint("numbers are written in decimal, such as `1_000`, `1.5` or `1e-5`");
        }
        return problem.hint("a name starts with a letter; numbers look like `1_000`, `1.5` or `1e-5`");
    }

    private Diagnostic stray(CommonToken token, CommonToken previous, Supplier<String> member) {
        String text = token.getText();
        if (text.equals("?")) {
            return Diagnostic.at(span(token), SyntaxCode.FOREIGN_SPELLING, "`?` is not Heddle")
                    .hint("a choice is written `if c then a else b`, one for each element `where(c, a, b)`");
        }
        Diagnostic problem = Diagnostic.at(
                span(token),
                SyntaxCode.STRAY_CHARACTER,
                "the character " + shown(text.codePointAt(0)) + " means nothing here");
        if (text.equals(".")) {
            return previous != null && previous.getType() == HeddleParser.INT
                    ? problem.hint("write `" + previous.getText() + ".0`")
                    : problem.hint(member.get());
        }
        return text.equals("&") || text.equals("|") ? problem.hint("logic is written `and`, `or`, `not`") : problem;
    }

    private static String shown(int codePoint) {
        boolean visible = !Character.isISOControl(codePoint) && Character.getType(codePoint) != Character.FORMAT;
        return visible ? "`" + Character.toString(codePoint) + "`" : "U+%04X".formatted(codePoint);
    }

    private Span span(CommonToken token) {
        return Tokens.span(file, token);
    }
}
