package heddle.dsl.parse;

import heddle.dsl.parse.grammar.HeddleLexer;
import heddle.dsl.source.SourceFile;
import heddle.dsl.source.Span;
import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.Token;

/** The tokens of a part of a file. Their offsets count Java characters from the start of the file. */
final class Tokens {
    private Tokens() {}

    /** All tokens of {@code file} from {@code start} to {@code end}, comments and line breaks included, EOF last. */
    static List<CommonToken> read(SourceFile file, int start, int end) {
        String text = file.text().substring(start, end);
        HeddleLexer lexer = new HeddleLexer(CharStreams.fromString(text, file.name()));
        lexer.removeErrorListeners();
        List<CommonToken> tokens = new ArrayList<>();
        int codePoint = 0;
        int offset = start;
        for (Token token : lexer.getAllTokens()) {
            int from = file.text().offsetByCodePoints(offset, token.getStartIndex() - codePoint);
            int to = file.text().offsetByCodePoints(from, token.getStopIndex() + 1 - token.getStartIndex());
            tokens.add(token(token.getType(), token.getChannel(), file, from, to));
            codePoint = token.getStopIndex() + 1;
            offset = to;
        }
        tokens.add(token(Token.EOF, Token.DEFAULT_CHANNEL, file, end, end));
        return tokens;
    }

    /** A token that the text does not hold, put right after {@code before}. */
    static CommonToken synthetic(int type, SourceFile file, int offset) {
        return token(type, Token.DEFAULT_CHANNEL, file, offset, offset);
    }

    /** {@code token} under another type, same place and text. */
    static CommonToken retyped(CommonToken token, int type) {
        CommonToken copy = new CommonToken(token);
        copy.setText(token.getText());
        copy.setType(type);
        return copy;
    }

    static Span span(SourceFile file, Token token) {
        return new Span(file, token.getStartIndex(), token.getStopIndex() + 1);
    }

    private static CommonToken token(int type, int channel, SourceFile file, int start, int end) {
        CommonToken token = new CommonToken(type, file.text().substring(start, end));
        token.setChannel(channel);
        token.setStartIndex(start);
        token.setStopIndex(end - 1);
        return token;
    }
}
