package heddle.compiler.rule;

import heddle.compiler.ir.Node;
import heddle.dsl.source.Span;

/** Writes operations as the author of the model wrote them: {@code `mean(s, axis = -1)`}. */
public final class SourceExcerpt {
    private static final int LONGEST = 48;

    private SourceExcerpt() {}

    /** The source text a node comes from, cut where it is long; the operation's name when no source asked for it. */
    public static String of(Node node) {
        return node.origin().spans().stream()
                .findFirst()
                .map(span -> of(span, LONGEST))
                .orElse("`" + node.op().name() + "`");
    }

    /** The source text of a place on one line, cut to {@code longest} characters between the marks. */
    public static String of(Span span, int longest) {
        String text = span.text().strip().replaceAll("\\s+", " ");
        return "`" + (text.length() <= longest ? text : text.substring(0, longest - 1) + "…") + "`";
    }
}
