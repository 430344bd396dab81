package heddle.compiler.rewrite;

import heddle.compiler.ir.Node;

/** Operations in the words of whoever wrote the model: {@code `mean(s, axis = -1)`}. */
final class Quote {
    private static final int LONGEST = 48;

    private Quote() {}

    /** The source text a node comes from, cut where it is long; the operation's name when no source asked for it. */
    static String of(Node node) {
        String text = node.origin().spans().stream()
                .findFirst()
                .map(span -> span.text().strip().replaceAll("\\s+", " "))
                .orElse(node.op().name());
        return "`" + (text.length() <= LONGEST ? text : text.substring(0, LONGEST - 1) + "…") + "`";
    }
}
