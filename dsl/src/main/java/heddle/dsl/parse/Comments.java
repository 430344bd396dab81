package heddle.dsl.parse;

import heddle.dsl.doc.Doc;
import heddle.dsl.parse.grammar.HeddleLexer;
import heddle.dsl.source.SourceFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.Token;

/**
 * The comments of a file, by the tokens that they belong to, and the empty lines. A comment on a line with code belongs
 * to the token before it. A comment on its own line belongs to the token after it.
 */
final class Comments {
    /** @param blankBefore whether an empty line stands before it */
    record OwnLine(String text, boolean blankBefore) {}

    private final Map<Integer, List<OwnLine>> before = new HashMap<>();
    private final Map<Integer, List<String>> after = new HashMap<>();
    private final Set<Integer> blankBefore = new HashSet<>();

    Comments(SourceFile file) {
        CommonToken previous = null;
        int lineBreaks = 0;
        List<OwnLine> waiting = new ArrayList<>();
        for (CommonToken token : Tokens.read(file, 0, file.text().length())) {
            switch (token.getType()) {
                case HeddleLexer.NEWLINE -> lineBreaks++;
                case HeddleLexer.SEMICOLON -> {}
                case HeddleLexer.COMMENT -> {
                    String text = token.getText().stripTrailing();
                    if (previous != null && lineBreaks == 0) {
                        after.computeIfAbsent(previous.getStartIndex(), k -> new ArrayList<>())
                                .add(text);
                    } else {
                        waiting.add(new OwnLine(text, lineBreaks > 1));
                        lineBreaks = 0;
                        previous = null;
                    }
                }
                default -> {
                    before.put(token.getStartIndex(), List.copyOf(waiting));
                    waiting.clear();
                    if (lineBreaks > 1) {
                        blankBefore.add(token.getStartIndex());
                    }
                    lineBreaks = 0;
                    previous = token;
                }
            }
        }
    }

    /** Hands out the comments on the lines before {@code token}, once. */
    List<OwnLine> takeBefore(Token token) {
        List<OwnLine> taken = before.remove(token.getStartIndex());
        return taken == null ? List.of() : taken;
    }

    List<Doc> after(Token token) {
        return after.getOrDefault(token.getStartIndex(), List.of()).stream()
                .<Doc>map(text -> new Doc.Comment(text, false))
                .toList();
    }

    /** Whether there is an empty line between {@code token} and the token or comment before it. */
    boolean blankBefore(Token token) {
        return blankBefore.contains(token.getStartIndex());
    }

    /** The token with its comments. */
    Doc doc(Token token) {
        List<Doc> parts = new ArrayList<>();
        takeBefore(token).forEach(comment -> parts.add(new Doc.Comment(comment.text(), true)));
        parts.add(Doc.text(token.getText()));
        parts.addAll(after(token));
        return Doc.concat(parts);
    }

    /** The comments of a token that is not written. */
    Doc docWithout(Token token) {
        List<Doc> parts = new ArrayList<>();
        takeBefore(token).forEach(comment -> parts.add(new Doc.Comment(comment.text(), true)));
        parts.addAll(after(token));
        return Doc.concat(parts);
    }
}
