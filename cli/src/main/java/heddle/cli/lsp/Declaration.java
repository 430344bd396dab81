package heddle.cli.lsp;

import heddle.dsl.ast.Item;
import heddle.dsl.source.Span;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A name that a file declares.
 *
 * @param place    the name where it is declared
 * @param function of the model, when it is one
 */
record Declaration(Kind kind, String name, Span place, Optional<Item.Function> function) {
    /** What is declared. */
    enum Kind {
        FUNCTION("function"),
        VALUE("value"),
        INPUT("input"),
        OUTPUT("output"),
        LENGTH("length"),
        PARAMETER("parameter"),
        LOOP("loop variable");

        final String text;

        Kind(String text) {
            this.text = text;
        }
    }

    Declaration(Kind kind, heddle.dsl.ast.Name name) {
        this(kind, name.text(), name.span(), Optional.empty());
    }

    /** How a function is called: {@code attention(q, k, v, scale = 1.0)}; the name of anything else. */
    String usage() {
        return function.map(f -> f.parameters().stream()
                        .map(p -> p.name()
                                + p.type().map(t -> ": " + t.span().text()).orElse("")
                                + p.defaultValue()
                                        .map(d -> " = " + d.span().text())
                                        .orElse(""))
                        .collect(Collectors.joining(", ", name + "(", ")")))
                .orElse(name);
    }

    /** The comment on the lines above it; empty when there is none. */
    String comment() {
        String text = place.file().text();
        int line = text.lastIndexOf('\n', Math.max(place.start() - 1, 0)) + 1;
        StringBuilder comment = new StringBuilder();
        while (line > 0) {
            int above = text.lastIndexOf('\n', line - 2) + 1;
            String written = text.substring(above, line - 1).strip();
            if (!written.startsWith("//")) {
                break;
            }
            comment.insert(0, written.substring(2).strip() + "\n");
            line = above;
        }
        return comment.toString().strip();
    }
}
