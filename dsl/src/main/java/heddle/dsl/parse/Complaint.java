package heddle.dsl.parse;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.parse.grammar.HeddleParser;
import heddle.dsl.source.SourceFile;
import heddle.dsl.source.Span;
import java.util.Map;
import java.util.Optional;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.RuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.TokenStream;
import org.antlr.v4.runtime.misc.IntervalSet;

/** Puts into words what the parser stumbled over, the usual slips first. */
final class Complaint {
    /** Words that begin statements in other languages. */
    private static final Map<String, String> FOREIGN_WORDS = Map.of(
            "def", "a function is written `fn f(x) = ...` or `fn f(x) { ... }`",
            "function", "a function is written `fn f(x) = ...` or `fn f(x) { ... }`",
            "func", "a function is written `fn f(x) = ...` or `fn f(x) { ... }`",
            "var", "a new name is written `let x = ...`",
            "const", "a new name is written `let x = ...`",
            "val", "a new name is written `let x = ...`",
            "while", "loops run over a range: `for l in 0 .. layers { ... }`",
            "class", "a model is a file; parts of it are functions: `fn layer(x, l) { ... }`",
            "from", "a file is imported whole: `import \"layers.heddle\"`",
            "elif", "write `else if`");

    private final SourceFile file;
    private final Problems problems;
    private boolean blockMissing;

    Complaint(SourceFile file, Problems problems) {
        this.file = file;
        this.problems = problems;
    }

    /** Whether the `{` of some block is missing, after which nothing can be said about what stands in a block. */
    boolean blockMissing() {
        return blockMissing;
    }

    /** Reports that {@code found} stands where only {@code types} may. */
    void report(Parser parser, Token found, IntervalSet types) {
        Expectation expected = Expectation.of(types);
        Optional<Token> before = before(parser, found);
        if (found.getType() == HeddleParser.RBRACE && expected.statement()) {
            if (!blockMissing) {
                problems.add(at(found, before, SyntaxCode.UNOPENED_BRACKET, "`}` closes nothing")
                        .label("no block is open here"));
            }
            return;
        }
        blockMissing |= expected.has(HeddleParser.LBRACE);
        problems.add(assignment(found, before, expected)
                .or(() -> reservedWord(found, before, expected))
                .or(() -> range(parser, found, before, expected))
                .or(() -> loneExpression(parser, found, before, expected))
                .or(() -> call(found, before, expected))
                .orElseGet(() -> general(parser, found, before, expected)));
    }

    private Optional<Diagnostic> assignment(Token found, Optional<Token> before, Expectation expected) {
        if (found.getType() == HeddleParser.ASSIGN && expected.operator()) {
            return Optional.of(at(found, before, SyntaxCode.ASSIGNMENT_IN_EXPRESSION, "`=` does not compare")
                    .label("gives a name a value, which cannot be done inside an expression")
                    .hint("to compare, write `==`"));
        }
        if (found.getType() == HeddleParser.EQ && expected.has(HeddleParser.ASSIGN)) {
            return Optional.of(at(found, before, SyntaxCode.ASSIGNMENT_IN_EXPRESSION, "`==` gives no value to a name")
                    .label("compares")
                    .hint("to give a name a value, write `=`"));
        }
        return Optional.empty();
    }

    private Optional<Diagnostic> reservedWord(Token found, Optional<Token> before, Expectation expected) {
        if (!expected.onlyName() || !Expectation.reserved(found.getType())) {
            return Optional.empty();
        }
        String word = found.getText();
        return Optional.of(at(found, before, SyntaxCode.RESERVED_WORD, "`" + word + "` cannot be a name")
                .label("a word of the language")
                .hint("choose another name, for example `" + word + "_`"));
    }

    private Optional<Diagnostic> range(Parser parser, Token found, Optional<Token> before, Expectation expected) {
        if (!expected.has(HeddleParser.RANGE) || !(parser.getContext() instanceof HeddleParser.ForContext)) {
            return Optional.empty();
        }
        return Optional.of(at(found, before, SyntaxCode.MISSING_RANGE, "`for` needs a range")
                .label("expected `..` and the end of the range")
                .hint("write `for l in 0 .. layers { ... }`; the end is not reached"));
    }

    private Optional<Diagnostic> loneExpression(
            Parser parser, Token found, Optional<Token> before, Expectation expected) {
        boolean instead = expected.statement() && Expectation.startsExpression(found.getType());
        boolean afterName = expected.has(HeddleParser.ASSIGN)
                && expected.has(HeddleParser.COMMA)
                && parser.getContext() instanceof HeddleParser.BindingContext binding
                && binding.getParent() instanceof HeddleParser.AssignContext
                && binding.NAME().size() == 1;
        if (!instead && !afterName) {
            return Optional.empty();
        }
        Token first = instead ? found : before.orElseThrow();
        Optional<String> advice = Optional.ofNullable(FOREIGN_WORDS.get(first.getText()));
        if (advice.isPresent() && found.getType() != HeddleParser.LPAREN) {
            return Optional.of(Diagnostic.at(
                            Tokens.span(file, first),
                            SyntaxCode.FOREIGN_SPELLING,
                            "`" + first.getText() + "` is not a word of Heddle")
                    .hint(advice.get()));
        }
        if (found.getType() == HeddleParser.NAME) {
            return Optional.empty();
        }
        Diagnostic lone = Diagnostic.at(
                Tokens.span(file, first), SyntaxCode.LONE_EXPRESSION, "this value is not given to anything");
        return Optional.of(
                found.getType() == HeddleParser.LBRACKET && !instead
                        ? lone.hint("tensors are values and not changed in place: make a new one, for example with"
                                + " `where` or `concat`")
                        : lone.hint("name it with `let y = ...`, or hand it out with `output y = ...` or"
                                + " `return ...`"));
    }

    private Optional<Diagnostic> call(Token found, Optional<Token> before, Expectation expected) {
        if (found.getType() != HeddleParser.LPAREN || !expected.operator()) {
            return Optional.empty();
        }
        return Optional.of(at(found, before, SyntaxCode.NOT_CALLABLE, "this value cannot be called")
                .label("expected an operator")
                .hint("only a name takes arguments: `f(x)`; to multiply, write `*`"));
    }

    private Diagnostic general(Parser parser, Token found, Optional<Token> before, Expectation expected) {
        String after = before.filter(t -> t.getType() != HeddleParser.END)
                .map(t -> " after `" + t.getText() + "`")
                .orElse("");
        Diagnostic problem = at(found, before, SyntaxCode.UNEXPECTED, "expected " + expected.inWords() + after)
                .label("found " + named(found));
        return hint(parser.getContext(), found, expected).map(problem::hint).orElse(problem);
    }

    private static Optional<String> hint(RuleContext context, Token found, Expectation expected) {
        if (found.getText().equals("elif")) {
            return Optional.of(FOREIGN_WORDS.get("elif"));
        }
        return Optional.ofNullable(
                switch (context) {
                    case HeddleParser.WeightContext ignored ->
                        "write `weight \"name in the file\" : f32[rows, columns]`";
                    case HeddleParser.InputContext ignored -> "write `input ids: i64[B, N]`";
                    case HeddleParser.ChoiceContext ignored ->
                        "a choice between values is written `if c then a else b`";
                    case HeddleParser.ConditionalContext ignored -> "write `if c { ... } else { ... }`";
                    case HeddleParser.FunctionContext ignored -> "write `fn f(x) = ...` or `fn f(x) { ... }`";
                    case HeddleParser.BindingContext ignored ->
                        expected.has(HeddleParser.ASSIGN) ? "write `name = value`" : null;
                    default -> null;
                });
    }

    private static String named(Token found) {
        return switch (found.getType()) {
            case HeddleParser.END -> found.getStartIndex() <= found.getStopIndex() ? "`;`" : "the end of the line";
            case Token.EOF -> "the end of the file";
            default -> found.getText().isEmpty() ? "the end of the brackets" : "`" + found.getText() + "`";
        };
    }

    private static Optional<Token> before(Parser parser, Token found) {
        int index = found.getTokenIndex() - 1;
        return index < 0 ? Optional.empty() : Optional.of(((TokenStream) parser.getInputStream()).get(index));
    }

    /** At {@code found}; a token that is not in the text is marked right after the one before. */
    private Diagnostic at(Token found, Optional<Token> before, SyntaxCode code, String message) {
        Span place = Tokens.span(file, found);
        if (place.start() == place.end() && before.isPresent()) {
            int end = before.get().getStopIndex() + 1;
            place = new Span(file, end, end);
        }
        return Diagnostic.at(place, code, message);
    }
}
