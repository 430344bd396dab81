package heddle.dsl.parse;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.parse.grammar.HeddleParser;
import heddle.dsl.source.SourceFile;
import heddle.dsl.source.Span;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.Token;

/**
 * Matches brackets. A missing closing bracket is reported at its opening one and then supplied, so one forgotten
 * bracket causes one message. Round and square brackets never extend past the start of the next statement.
 */
final class Brackets {
    private static final Map<Integer, Integer> CLOSER = Map.of(
            HeddleParser.LPAREN, HeddleParser.RPAREN,
            HeddleParser.LBRACKET, HeddleParser.RBRACKET,
            HeddleParser.LBRACE, HeddleParser.RBRACE);

    private final SourceFile file;
    private final Problems problems;
    private final List<CommonToken> tokens;
    private final List<CommonToken> balanced = new ArrayList<>();
    private final Deque<CommonToken> open = new ArrayDeque<>();

    private Brackets(SourceFile file, Problems problems, List<CommonToken> tokens) {
        this.file = file;
        this.problems = problems;
        this.tokens = tokens;
    }

    /** {@code tokens} with every bracket paired, except that a {@code }} too many stays for the parser to report. */
    static List<CommonToken> balance(SourceFile file, Problems problems, List<CommonToken> tokens) {
        return new Brackets(file, problems, tokens).balance();
    }

    private List<CommonToken> balance() {
        for (int i = 0; i < tokens.size(); i++) {
            CommonToken token = tokens.get(i);
            switch (token.getType()) {
                case HeddleParser.LPAREN, HeddleParser.LBRACKET -> open(token);
                case HeddleParser.LBRACE -> {
                    closeRound();
                    open(token);
                }
                case HeddleParser.RPAREN, HeddleParser.RBRACKET ->
                    close(token, tokens.get(i + 1).getType() == token.getType() ? 2 : 1);
                case HeddleParser.RBRACE -> {
                    closeRound();
                    open.poll();
                    balanced.add(token);
                }
                case HeddleParser.NEWLINE -> {
                    if (Statements.startsAt(tokens, i + 1)) {
                        closeRound();
                        closeBlocksBefore(tokens.get(i + 1));
                    }
                    balanced.add(token);
                }
                case Token.EOF -> {
                    closeRound();
                    while (!open.isEmpty()) {
                        closeMissing("this block is never closed");
                    }
                    balanced.add(token);
                }
                default -> balanced.add(token);
            }
        }
        return balanced;
    }

    private void open(CommonToken token) {
        open.push(token);
        balanced.add(token);
    }

    /** @param inARow how many such closing brackets stand side by side, at least */
    private void close(CommonToken closer, int inARow) {
        if (!inRound()) {
            problems.add(Diagnostic.at(
                            span(closer), SyntaxCode.UNOPENED_BRACKET, "`" + closer.getText() + "` closes nothing")
                    .label("no bracket is open here"));
            return;
        }
        int wanted = closer.getType();
        if (CLOSER.get(open.peek().getType()) == wanted) {
            open.pop();
            balanced.add(closer);
            return;
        }
        // In `f([a)` the inner bracket was forgotten; in `f([a))` the first `)` is a slip for `]`.
        long outer = open.stream()
                .takeWhile(t -> t.getType() != HeddleParser.LBRACE)
                .filter(t -> CLOSER.get(t.getType()) == wanted)
                .count();
        if (outer >= inARow) {
            closeMissing("this bracket is never closed");
            close(closer, inARow);
            return;
        }
        CommonToken opener = open.pop();
        problems.add(Diagnostic.at(
                        span(closer),
                        SyntaxCode.MISMATCHED_BRACKET,
                        "`" + closer.getText() + "` does not close `" + opener.getText() + "`")
                .label("expected `" + Expectation.sign(CLOSER.get(opener.getType())) + "`")
                .related(span(opener), "the open bracket"));
        balanced.add(Tokens.retyped(closer, CLOSER.get(opener.getType())));
    }

    private boolean inRound() {
        return !open.isEmpty() && open.peek().getType() != HeddleParser.LBRACE;
    }

    /** Closes all round and square brackets of this statement; only the innermost is reported. */
    private void closeRound() {
        if (inRound()) {
            closeMissing("this bracket is never closed");
        }
        while (inRound()) {
            supply(open.pop());
        }
    }

    /** A function or declaration no deeper than the line that opened a block shows that the block should have ended. */
    private void closeBlocksBefore(CommonToken next) {
        while (!open.isEmpty()
                && Statements.onlyAtTop(next)
                && Statements.indent(file, next) <= Statements.indent(file, open.peek())) {
            closeMissing("this block is never closed");
        }
    }

    private void closeMissing(String message) {
        CommonToken opener = open.pop();
        String closer = Expectation.sign(CLOSER.get(opener.getType()));
        Diagnostic problem = Diagnostic.at(span(opener), SyntaxCode.UNCLOSED_BRACKET, message)
                .label("no `" + closer + "` for this `" + opener.getText() + "`");
        problems.add(FloorDivision.mayFollow(file, lastWritten()) ? problem.hint(FloorDivision.HINT) : problem);
        supply(opener);
    }

    /** Where what was written last ends, line breaks aside. */
    private int lastWritten() {
        return balanced.reversed().stream()
                        .filter(t -> t.getType() != HeddleParser.NEWLINE)
                        .findFirst()
                        .orElseThrow()
                        .getStopIndex()
                + 1;
    }

    private void supply(CommonToken opener) {
        balanced.add(Tokens.synthetic(
                CLOSER.get(opener.getType()), file, balanced.getLast().getStopIndex() + 1));
    }

    private Span span(CommonToken token) {
        return Tokens.span(file, token);
    }
}
