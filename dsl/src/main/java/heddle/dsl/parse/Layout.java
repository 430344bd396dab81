package heddle.dsl.parse;

import heddle.dsl.parse.grammar.HeddleParser;
import heddle.dsl.source.SourceFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.Token;

/**
 * The step between lexer and parser that the head of the grammar describes. It turns line breaks into statement ends
 * where they end a statement, drops the others, and decides which words are keywords.
 */
final class Layout {
    private static final Set<Integer> OPERATORS = Set.of(
            HeddleParser.PLUS,
            HeddleParser.MINUS,
            HeddleParser.STAR,
            HeddleParser.SLASH,
            HeddleParser.DIV,
            HeddleParser.PERCENT,
            HeddleParser.AT,
            HeddleParser.POWER,
            HeddleParser.EQ,
            HeddleParser.NE,
            HeddleParser.LT,
            HeddleParser.LE,
            HeddleParser.GT,
            HeddleParser.GE,
            HeddleParser.AND,
            HeddleParser.OR);

    private static final Set<Integer> AFTER = Set.of(
            HeddleParser.ASSIGN,
            HeddleParser.COMMA,
            HeddleParser.RANGE,
            HeddleParser.NOT,
            HeddleParser.THEN,
            HeddleParser.ELSE);

    private static final Set<Integer> BEFORE =
            Set.of(HeddleParser.RANGE, HeddleParser.THEN, HeddleParser.ELSE, HeddleParser.LBRACE);

    private final SourceFile file;
    private final List<CommonToken> tokens;
    private final List<CommonToken> laid = new ArrayList<>();
    private int bracketDepth;

    private Layout(SourceFile file, List<CommonToken> tokens) {
        this.file = file;
        this.tokens = tokens;
    }

    /** The tokens that the grammar speaks of, made from balanced ones. */
    static List<CommonToken> of(SourceFile file, List<CommonToken> tokens) {
        return new Layout(file, tokens).run();
    }

    private List<CommonToken> run() {
        for (int i = 0; i < tokens.size(); i++) {
            CommonToken token = tokens.get(i);
            switch (token.getType()) {
                case HeddleParser.NEWLINE -> {
                    if (bracketDepth == 0 && !continuesAcross(i)) {
                        endStatement();
                    }
                }
                case HeddleParser.SEMICOLON -> {
                    if (bracketDepth == 0) {
                        endStatement();
                    } else {
                        laid.add(token);
                    }
                }
                case HeddleParser.RBRACE, Token.EOF -> {
                    endStatement();
                    laid.add(token);
                }
                case HeddleParser.LPAREN, HeddleParser.LBRACKET -> {
                    bracketDepth++;
                    laid.add(token);
                }
                case HeddleParser.RPAREN, HeddleParser.RBRACKET -> {
                    bracketDepth--;
                    laid.add(token);
                }
                default ->
                    laid.add(settle(
                            token,
                            tokens.get(bracketDepth > 0 ? nextInStatement(i + 1) : i + 1)
                                    .getType()));
            }
        }
        return laid;
    }

    /** Ends the statement before, if there is one: there are no empty statements. */
    private void endStatement() {
        if (!atStatementStart()) {
            laid.add(Tokens.synthetic(HeddleParser.END, file, laid.getLast().getStopIndex() + 1));
        }
    }

    private boolean atStatementStart() {
        return laid.isEmpty()
                || laid.getLast().getType() == HeddleParser.END
                || laid.getLast().getType() == HeddleParser.LBRACE;
    }

    private boolean continuesAcross(int newline) {
        int next = nextInStatement(newline + 1);
        if (laid.isEmpty() || Statements.startsAt(tokens, next)) {
            return false;
        }
        int before = laid.getLast().getType();
        int after = tokens.get(next).getType();
        return OPERATORS.contains(before)
                || AFTER.contains(before)
                || OPERATORS.contains(after)
                || BEFORE.contains(after);
    }

    private int nextInStatement(int index) {
        int next = index;
        while (tokens.get(next).getType() == HeddleParser.NEWLINE) {
            next++;
        }
        return next;
    }

    private CommonToken settle(CommonToken token, int next) {
        boolean name = switch (token.getType()) {
            case HeddleParser.WEIGHT -> next != HeddleParser.STRING && next != HeddleParser.NAME;
            case HeddleParser.AS ->
                !isBehind(HeddleParser.RBRACKET, 1) && !(isBehind(HeddleParser.NAME, 1) && next == HeddleParser.NAME);
            case HeddleParser.PER -> !isBehind(HeddleParser.AS, 2);
            case HeddleParser.SCALES -> next != HeddleParser.STRING || !isBehind(HeddleParser.NAME, 1);
            default ->
                Statements.isSoftKeyword(token.getType())
                        && (!atStatementStart() || next == HeddleParser.ASSIGN || next == HeddleParser.COMMA);
        };
        return name ? Tokens.retyped(token, HeddleParser.NAME) : token;
    }

    /** Whether the token {@code back} places before is of a type. */
    private boolean isBehind(int type, int back) {
        return laid.size() >= back && laid.get(laid.size() - back).getType() == type;
    }
}
