package heddle.dsl.parse;

import heddle.dsl.parse.grammar.HeddleLexer;
import heddle.dsl.source.SourceFile;
import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.Token;

/** What the tokens of a file are, for pages and editors that colour them. */
public final class TokenClasses {
    /** A kind of token. */
    public enum Kind {
        KEYWORD,
        NAME,
        NUMBER,
        STRING,
        COMMENT,
        OPERATOR
    }

    /**
     * A token.
     *
     * @param start offset of its first character
     * @param end   offset after its last
     */
    public record Classified(int start, int end, Kind kind) {}

    private TokenClasses() {}

    /** The tokens of a file in order, without spaces and line breaks. Text that is no token of the language is a name. */
    public static List<Classified> of(SourceFile file) {
        List<Classified> classified = new ArrayList<>();
        for (CommonToken token : Tokens.read(file, 0, file.text().length())) {
            if (token.getType() != Token.EOF && token.getType() != HeddleLexer.NEWLINE) {
                classified.add(new Classified(token.getStartIndex(), token.getStopIndex() + 1, kind(token)));
            }
        }
        return classified;
    }

    private static Kind kind(CommonToken token) {
        return switch (token.getType()) {
            case HeddleLexer.COMMENT, HeddleLexer.FOREIGN_COMMENT -> Kind.COMMENT;
            case HeddleLexer.STRING, HeddleLexer.UNTERMINATED_STRING, HeddleLexer.FOREIGN_STRING -> Kind.STRING;
            case HeddleLexer.INT, HeddleLexer.FLOAT, HeddleLexer.INF, HeddleLexer.TRUE, HeddleLexer.FALSE ->
                Kind.NUMBER;
            case HeddleLexer.NAME, HeddleLexer.FOREIGN_NAME -> Kind.NAME;
            default -> Character.isLetter(token.getText().codePointAt(0)) ? Kind.KEYWORD : Kind.OPERATOR;
        };
    }
}
