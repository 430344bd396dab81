package heddle.dsl.parse;

import heddle.dsl.parse.grammar.HeddleParser;
import heddle.dsl.source.SourceFile;
import java.util.List;
import java.util.Set;
import org.antlr.v4.runtime.Token;

/** Finds where statements begin, from tokens alone. */
final class Statements {
    private static final Set<Integer> HARD =
            Set.of(HeddleParser.LET, HeddleParser.FN, HeddleParser.FOR, HeddleParser.RETURN);

    /** Keywords only where a statement begins. */
    private static final Set<Integer> SOFT =
            Set.of(HeddleParser.MODEL, HeddleParser.IMPORT, HeddleParser.DIM, HeddleParser.INPUT, HeddleParser.OUTPUT);

    private static final Set<Integer> ONLY_AT_TOP = Set.of(
            HeddleParser.FN,
            HeddleParser.MODEL,
            HeddleParser.IMPORT,
            HeddleParser.DIM,
            HeddleParser.INPUT,
            HeddleParser.OUTPUT);

    private Statements() {}

    /** Whether the token at {@code index} can only be the first of a statement, even after an open bracket. */
    static boolean startsAt(List<? extends Token> tokens, int index) {
        int type = tokens.get(index).getType();
        return HARD.contains(type)
                || isSoftKeyword(type) && wordOrString(tokens.get(index + 1).getType());
    }

    /** Whether {@code type} is a word such as {@code input}, a keyword at the start of a statement only. */
    static boolean isSoftKeyword(int type) {
        return SOFT.contains(type);
    }

    static boolean onlyAtTop(Token first) {
        return ONLY_AT_TOP.contains(first.getType());
    }

    /** The column of the first visible character on the line of {@code token}, from 0. */
    static int indent(SourceFile file, Token token) {
        int lineStart = file.text().lastIndexOf('\n', token.getStartIndex() - 1) + 1;
        int column = 0;
        while (Character.isWhitespace(file.text().charAt(lineStart + column))) {
            column++;
        }
        return column;
    }

    private static boolean wordOrString(int type) {
        return type == HeddleParser.NAME
                || type == HeddleParser.STRING
                || type == HeddleParser.WEIGHT
                || SOFT.contains(type);
    }
}
