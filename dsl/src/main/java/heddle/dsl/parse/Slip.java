package heddle.dsl.parse;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.parse.grammar.HeddleParser;
import heddle.dsl.source.SourceFile;
import heddle.dsl.source.Span;
import java.util.Map;
import java.util.Optional;
import org.antlr.v4.runtime.RuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.TokenStream;

/**
 * Recognises common mistakes at a place where the parser could not continue, so that the message can say more than what
 * was expected.
 *
 * @param context  the rule being matched
 * @param tokens   all tokens
 * @param found    the token that does not fit
 * @param expected the tokens that would have fitted
 */
record Slip(SourceFile file, RuleContext context, TokenStream tokens, Token found, Expectation expected) {
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
            "elif", "write `else if c { ... }`",
            "from", "a file is imported whole: `import \"layers.heddle\"`");

    private static final String WEIGHT = "weight";

    Optional<Diagnostic> diagnose() {
        return assignment()
                .or(this::comparison)
                .or(this::reservedWord)
                .or(this::missingRange)
                .or(this::inlineFunction)
                .or(this::conditionInside)
                .or(this::calledWeight)
                .or(this::prefixedString)
                .or(this::foreignWord)
                .or(this::loneExpression)
                .or(this::call);
    }

    private Optional<Diagnostic> assignment() {
        boolean slip = found.getType() == HeddleParser.ASSIGN
                && before().filter(t -> Expectation.endsOperand(t.getType())).isPresent()
                && !expected.only(HeddleParser.COLON)
                && !expected.expression();
        return slip
                ? Optional.of(at(found, SyntaxCode.ASSIGNMENT_IN_EXPRESSION, "`=` does not compare")
                        .label("gives a name a value, which cannot be done inside an expression")
                        .hint("to compare, write `==`"))
                : Optional.empty();
    }

    private Optional<Diagnostic> comparison() {
        return found.getType() == HeddleParser.EQ && expected.has(HeddleParser.ASSIGN)
                ? Optional.of(at(found, SyntaxCode.ASSIGNMENT_IN_EXPRESSION, "`==` gives no value to a name")
                        .label("compares")
                        .hint("to give a name a value, write `=`"))
                : Optional.empty();
    }

    private Optional<Diagnostic> reservedWord() {
        return expected.onlyName() && Expectation.reserved(found.getType())
                ? Optional.of(at(found, SyntaxCode.RESERVED_WORD, "`" + found.getText() + "` cannot be a name")
                        .label("a word of the language")
                        .hint("choose another name, for example `" + found.getText() + "_`"))
                : Optional.empty();
    }

    private Optional<Diagnostic> missingRange() {
        return expected.has(HeddleParser.RANGE) && context instanceof HeddleParser.ForContext
                ? Optional.of(at(found, SyntaxCode.MISSING_RANGE, "`for` needs a range")
                        .label("expected `..` and the end of the range")
                        .hint("write `for l in 0 .. layers { ... }`; the end is not reached"))
                : Optional.empty();
    }

    /** {@code lambda x: x * 2} */
    private Optional<Diagnostic> inlineFunction() {
        return before().filter(t -> t.getText().equals("lambda"))
                .map(t -> at(t, SyntaxCode.FOREIGN_SPELLING, "`lambda` is not a word of Heddle")
                        .hint("functions have a name: `fn f(x) = ...`, and are passed on by it"));
    }

    /** {@code a if c else b} */
    private Optional<Diagnostic> conditionInside() {
        boolean slip = found.getType() == HeddleParser.IF
                && before().filter(t -> Expectation.endsOperand(t.getType())).isPresent();
        return slip
                ? Optional.of(at(found, SyntaxCode.FOREIGN_SPELLING, "a condition stands before its values")
                        .hint("a choice is written `if c then a else b`, one for each element `where(c, a, b)`"))
                : Optional.empty();
    }

    /** {@code weight("a" : f32[4])} and {@code weight("a") : f32[4]} */
    private Optional<Diagnostic> calledWeight() {
        int index = found.getType() == HeddleParser.COLON ? found.getTokenIndex() - 1 : -1;
        while (index > 0 && tokens.get(index).getType() != HeddleParser.LPAREN) {
            index--;
        }
        return index > 0 && tokens.get(index - 1).getText().equals(WEIGHT)
                ? Optional.of(at(tokens.get(index - 1), SyntaxCode.FOREIGN_SPELLING, "`weight` is not called")
                        .hint("write `weight \"name in the file\" : f32[rows, columns]`"))
                : Optional.empty();
    }

    /** {@code f"layer.{l}"} */
    private Optional<Diagnostic> prefixedString() {
        int string = found.getTokenIndex() + (found.getType() == HeddleParser.STRING ? 0 : 1);
        if (string == 0 || string >= tokens.size() || tokens.get(string).getType() != HeddleParser.STRING) {
            return Optional.empty();
        }
        Token prefix = tokens.get(string - 1);
        boolean slip = prefix.getType() == HeddleParser.NAME
                && prefix.getText().length() == 1
                && prefix.getStopIndex() + 1 == tokens.get(string).getStartIndex();
        return slip
                ? Optional.of(at(prefix, SyntaxCode.FOREIGN_SPELLING, "strings have no prefix")
                        .hint("holes are filled in every string: `\"layer.{l}\"`"))
                : Optional.empty();
    }

    private Optional<Diagnostic> foreignWord() {
        boolean elif = found.getText().equals("elif");
        if (!elif && !afterFirstName()) {
            return Optional.empty();
        }
        Token word = elif ? found : before().orElseThrow();
        boolean call = found.getType() == HeddleParser.LPAREN && !word.getText().equals("while");
        return Optional.ofNullable(FOREIGN_WORDS.get(word.getText()))
                .filter(advice -> !call)
                .map(advice -> at(word, SyntaxCode.FOREIGN_SPELLING, "`" + word.getText() + "` is not a word of Heddle")
                        .hint(advice));
    }

    private Optional<Diagnostic> loneExpression() {
        boolean instead = expected.statement() && Expectation.startsExpression(found.getType());
        boolean words = found.getType() == HeddleParser.NAME || found.getType() == HeddleParser.COLON;
        if (!instead && (!afterFirstName() || words)) {
            return Optional.empty();
        }
        Token first = instead ? found : before().orElseThrow();
        Diagnostic lone = Diagnostic.at(
                toEndOfStatement(first), SyntaxCode.LONE_EXPRESSION, "this value is not given to anything");
        if (found.getType() == HeddleParser.END && FloorDivision.mayFollow(file, found.getStartIndex())) {
            return Optional.of(lone.hint(FloorDivision.HINT));
        }
        return Optional.of(
                found.getType() == HeddleParser.LBRACKET && !instead
                        ? lone.hint("a tensor is never changed in place; make a new one, for example with `where`")
                        : lone.hint("name it with `let y = ...`, or hand it out with `output y = ...` or"
                                + " `return ...`"));
    }

    private Optional<Diagnostic> call() {
        boolean slip = found.getType() == HeddleParser.LPAREN
                && before().filter(t -> Expectation.endsOperand(t.getType())).isPresent()
                && before().filter(t -> t.getType() == HeddleParser.NAME).isEmpty();
        return slip
                ? Optional.of(at(found, SyntaxCode.NOT_CALLABLE, "this value cannot be called")
                        .label("expected an operator")
                        .hint("only a name takes arguments: `f(x)`; to multiply, write `*`"))
                : Optional.empty();
    }

    /** Whether the statement began with a name and then went on neither with `=` nor with `,`. */
    private boolean afterFirstName() {
        return expected.has(HeddleParser.ASSIGN)
                && context instanceof HeddleParser.BindingContext binding
                && binding.getParent() instanceof HeddleParser.AssignContext
                && binding.NAME().size() == 1
                && before().filter(t -> t.getType() == HeddleParser.NAME).isPresent();
    }

    private Optional<Token> before() {
        int index = found.getTokenIndex() - 1;
        return index < 0 ? Optional.empty() : Optional.of(tokens.get(index));
    }

    private Span toEndOfStatement(Token first) {
        int index = first.getTokenIndex();
        while (tokens.get(index).getType() != HeddleParser.END
                && tokens.get(index).getType() != HeddleParser.LBRACE) {
            index++;
        }
        return Tokens.span(file, first).to(Tokens.span(file, tokens.get(index - 1)));
    }

    private Diagnostic at(Token token, SyntaxCode code, String message) {
        return Diagnostic.at(Tokens.span(file, token), code, message);
    }
}
