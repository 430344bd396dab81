package heddle.cli.report;

import heddle.dsl.ast.Item;
import heddle.dsl.ast.Name;
import heddle.dsl.source.Span;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The syntax tree of a model as indented lines, one for each node: what its parent has it for, its kind, then its names and
 * values. What is left out in the source is left out here, and so are places.
 */
public final class SyntaxTree {
    private final StringBuilder out = new StringBuilder();

    private SyntaxTree() {}

    /** The trees of some items, one after the other. */
    public static String of(List<Item> items) {
        SyntaxTree tree = new SyntaxTree();
        items.forEach(item -> tree.node("", (Record) item, 0));
        return tree.out.toString();
    }

    private void node(String role, Record node, int depth) {
        out.repeat("  ", depth)
                .append(role.isEmpty() ? "" : role + ": ")
                .append(node.getClass().getSimpleName());
        String between = " ";
        for (RecordComponent part : node.getClass().getRecordComponents()) {
            String text = text(part, value(part, node));
            if (!text.isEmpty()) {
                out.append(between)
                        .append(between.equals(" ") ? "" : label(part))
                        .append(text);
                between = ", ";
            }
        }
        out.append('\n');
        for (RecordComponent part : node.getClass().getRecordComponents()) {
            all(value(part, node)).stream()
                    .filter(SyntaxTree::isNode)
                    .forEach(child -> node(part.getName(), (Record) child, depth + 1));
        }
    }

    /** Numbers and words behind the first one are called by their names, but for those that say it themselves. */
    private static String label(RecordComponent part) {
        return part.getType() == boolean.class ? "" : part.getName() + " ";
    }

    /** What stands in the node's own line: its names, numbers and words; nothing for places and for nodes below it. */
    private static String text(RecordComponent part, Object value) {
        if (value instanceof Boolean flag && !part.getName().equals("value")) {
            return flag ? words(part.getName()) : "";
        }
        List<String> texts = all(value).stream()
                .filter(v -> !isNode(v) && !(v instanceof Span))
                .map(SyntaxTree::leaf)
                .toList();
        return String.join(", ", texts);
    }

    private static String leaf(Object value) {
        if (value instanceof Enum<?> e) {
            return words(e.name().toLowerCase(Locale.ROOT));
        }
        return String.valueOf(value).replace("\n", "\\n");
    }

    private static String words(String name) {
        return name.replace('_', ' ').replaceAll("([a-z])([A-Z])", "$1 $2").toLowerCase(Locale.ROOT);
    }

    private static boolean isNode(Object value) {
        return value instanceof Record && !(value instanceof Name) && !(value instanceof Span);
    }

    /** The elements of a list, what is present, or the value itself. */
    private static List<Object> all(Object value) {
        if (value instanceof Optional<?> optional) {
            return optional.isPresent() ? List.of(optional.get()) : List.of();
        }
        if (value instanceof OptionalLong optional) {
            return optional.isPresent() ? List.of(optional.getAsLong()) : List.of();
        }
        return value instanceof List<?> list ? new ArrayList<>(list) : List.of(value);
    }

    private static Object value(RecordComponent part, Record node) {
        try {
            return part.getAccessor().invoke(node);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(part + " cannot be read", e);
        }
    }
}
