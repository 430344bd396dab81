package heddle.dsl.parse;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.Suggest;
import heddle.dsl.parse.grammar.HeddleParser;
import heddle.dsl.source.SourceFile;
import java.util.List;
import java.util.Optional;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.RuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.TokenStream;

/** Writes the message for a syntax error, trying the most common mistakes first. */
final class Complaint {
    private static final String FUNCTION = "write `fn f(x) = ...` or `fn f(x) { ... }`";

    /** The words that statements begin with. */
    private static final List<String> STATEMENTS =
            List.of("model", "import", "dim", "input", "output", "let", "fn", "for", "if");

    private final SourceFile file;
    private final Problems problems;
    private boolean blockMissing;

    Complaint(SourceFile file, Problems problems) {
        this.file = file;
        this.problems = problems;
    }

    /** Whether the opening brace of a block is missing, so that the extent of blocks is unknown. */
    boolean blockMissing() {
        return blockMissing;
    }

    /** Reports that {@code found} is not one of the {@code expected} tokens. */
    void report(Parser parser, Token found, Expectation expected) {
        Optional<HeddleParser.ItemContext> statement = statement(parser.getContext());
        if (found.getType() == HeddleParser.RBRACE && expected.statement()) {
            if (!blockMissing) {
                problems.add(Diagnostic.at(Tokens.span(file, found), SyntaxCode.UNOPENED_BRACKET, "`}` closes nothing")
                        .label("no block is open here"));
            }
            return;
        }
        blockMissing |= found.getType() == HeddleParser.END
                && (expected.has(HeddleParser.LBRACE)
                        || statement
                                .filter(HeddleParser.ForContext.class::isInstance)
                                .isPresent());
        int start = statement.map(s -> s.start).orElse(found).getStartIndex();
        if (!problems.hasBetween(start, found.getStartIndex() + 1)) {
            problems.add(new Slip(file, parser.getContext(), (TokenStream) parser.getInputStream(), found, expected)
                    .diagnose()
                    .orElseGet(() -> general(parser, found, expected)));
        }
    }

    private Diagnostic general(Parser parser, Token found, Expectation expected) {
        RuleContext context = parser.getContext();
        int index = found.getTokenIndex();
        Token before = index > 0 ? ((TokenStream) parser.getInputStream()).get(index - 1) : null;
        boolean first = before == null || before.getType() == HeddleParser.END;
        boolean operand = !first && Expectation.endsOperand(before.getType()) && !declaration(context);
        String message = "expected " + expected.inWords(operand) + (first ? "" : " after `" + before.getText() + "`");
        Diagnostic problem = Diagnostic.at(Tokens.span(file, found), SyntaxCode.UNEXPECTED, message)
                .label("found " + named(found, context));
        return hint(context, found, expected).map(problem::hint).orElse(problem);
    }

    /** Statements that hold no expression. */
    private static boolean declaration(RuleContext context) {
        return context instanceof HeddleParser.ModelContext
                || context instanceof HeddleParser.ImportFileContext
                || context instanceof HeddleParser.DimsContext
                || context instanceof HeddleParser.InputContext;
    }

    private static Optional<HeddleParser.ItemContext> statement(RuleContext context) {
        RuleContext at = context;
        while (at != null && !(at instanceof HeddleParser.ItemContext)) {
            at = at.getParent();
        }
        return Optional.ofNullable((HeddleParser.ItemContext) at);
    }

    private static Optional<String> hint(RuleContext context, Token found, Expectation expected) {
        return Optional.ofNullable(
                switch (context) {
                    case HeddleParser.WeightContext c -> "write `weight \"name in the file\" : f32[rows, columns]`";
                    case HeddleParser.HeldContext c -> "write `as i8 per column scales \"name in the file\"`";
                    case HeddleParser.InputContext c -> "write `input ids: i64[B, N]`";
                    case HeddleParser.ChoiceContext c -> "a choice between values is written `if c then a else b`";
                    case HeddleParser.ConditionalContext c -> "write `if c { ... } else { ... }`";
                    case HeddleParser.FunctionContext c -> FUNCTION;
                    case HeddleParser.ParametersContext c -> FUNCTION;
                    case HeddleParser.ImportFileContext c -> "write `import \"layers.heddle\"`";
                    case HeddleParser.GroupContext c ->
                        found.getType() == HeddleParser.COMMA ? "a list is written `[a, b]`" : null;
                    case HeddleParser.BindingContext c -> binding(c, found, expected);
                    default -> null;
                });
    }

    /** A name behind the first one shows that a statement was meant. */
    private static String binding(HeddleParser.BindingContext context, Token found, Expectation expected) {
        if (found.getType() == HeddleParser.COLON) {
            return "types are stated for inputs, outputs and parameters only; here the value has one already";
        }
        if (!expected.has(HeddleParser.ASSIGN)) {
            return null;
        }
        return Optional.of(context.getStart().getText())
                .filter(word -> found.getType() == HeddleParser.NAME)
                .flatMap(word -> Suggest.closest(word, STATEMENTS))
                .map(meant -> "did you mean `" + meant + "`?")
                .orElse("write `name = value`");
    }

    private static boolean inHole(RuleContext context) {
        return context instanceof HeddleParser.HoleContext
                || context.getParent() != null && inHole(context.getParent());
    }

    private static String named(Token found, RuleContext context) {
        return switch (found.getType()) {
            case HeddleParser.END -> inHole(context) ? "the end of the hole" : "the end of the line";
            case Token.EOF -> "the end of the file";
            default -> "`" + found.getText() + "`";
        };
    }
}
