package heddle.dsl.doc;

import java.util.ArrayList;
import java.util.List;

/**
 * A text with places where its lines may break, after Wadler, "A prettier printer" (2003). A group is written on one
 * line if it fits. Otherwise all its own lines break, and the groups inside it are decided separately.
 */
public sealed interface Doc {
    /** Characters on one line. */
    record Text(String value) implements Doc {}

    /** A place to break: {@code flat} when the group fits on one line, a line break otherwise. */
    record Line(String flat) implements Doc {}

    /** A line break in any case, after {@code blank} with an empty line between. */
    record Break(boolean blank) implements Doc {}

    /** One after the other; never holds another {@code Concat}. */
    record Concat(List<Doc> parts) implements Doc {}

    /** Lines that break inside are indented one step more. */
    record Indent(Doc content) implements Doc {}

    /** @param broken whether something inside needs a line break in any case */
    record Group(Doc content, boolean broken) implements Doc {}

    /** Written only if the group around it is broken. */
    record WhenBroken(String value) implements Doc {}

    /**
     * A comment to the end of the line. It waits until the line ends, whatever else is written on the line first.
     *
     * @param ownLine to be written on a line of its own where that is possible
     */
    record Comment(String value, boolean ownLine) implements Doc {}

    /**
     * The text after {@code =}: on the same line if it fits there as a whole, on the next one if it fits there; if neither,
     * a value that starts with a bracket stays on the line and any other starts the next.
     */
    record Value(Doc content, boolean startsWithBracket) implements Doc {}

    /** Where lines that follow one another are aligned. */
    record Stop() implements Doc {}

    Doc SPACE = new Text(" ");
    Doc LINE = new Line(" ");
    Doc SOFT_LINE = new Line("");
    Doc BREAK = new Break(false);

    static Doc text(String value) {
        return new Text(value);
    }

    static Doc concat(Doc... parts) {
        return concat(List.of(parts));
    }

    static Doc concat(List<Doc> parts) {
        List<Doc> flat = new ArrayList<>();
        for (Doc part : parts) {
            if (part instanceof Concat inner) {
                flat.addAll(inner.parts());
            } else {
                flat.add(part);
            }
        }
        return new Concat(List.copyOf(flat));
    }

    /** One after the other with nowhere to break between: comments that stand there go to the end. */
    static Doc tight(Doc... parts) {
        List<Doc> words = new ArrayList<>();
        List<Doc> late = new ArrayList<>();
        for (Doc part : ((Concat) concat(parts)).parts()) {
            boolean between = part instanceof Comment && words.stream().anyMatch(word -> !(word instanceof Comment));
            (between ? late : words).add(part);
        }
        words.addAll(late);
        return concat(words);
    }

    /** Comments at either end are left outside: they need no line break inside. */
    static Doc group(Doc... parts) {
        List<Doc> before = new ArrayList<>();
        List<Doc> inside = new ArrayList<>(((Concat) concat(parts)).parts());
        while (!inside.isEmpty() && inside.getFirst() instanceof Comment) {
            before.add(inside.removeFirst());
        }
        List<Doc> after = takeComments(inside);
        boolean broken = inside.stream().anyMatch(Doc::breaks);
        before.add(new Group(concat(inside), broken));
        before.addAll(after);
        return concat(before);
    }

    static Doc indent(Doc... parts) {
        List<Doc> inside = new ArrayList<>(((Concat) concat(parts)).parts());
        List<Doc> after = takeComments(inside);
        after.addFirst(new Indent(concat(inside)));
        return concat(after);
    }

    static Doc value(Doc content, boolean startsWithBracket) {
        List<Doc> inside = new ArrayList<>(((Concat) concat(content)).parts());
        List<Doc> after = takeComments(inside);
        after.addFirst(new Value(concat(inside), startsWithBracket));
        return concat(after);
    }

    private static List<Doc> takeComments(List<Doc> parts) {
        List<Doc> taken = new ArrayList<>();
        while (!parts.isEmpty() && parts.getLast() instanceof Comment) {
            taken.addFirst(parts.removeLast());
        }
        return taken;
    }

    /** Whether {@code doc} cannot be written on one line. */
    private static boolean breaks(Doc doc) {
        return switch (doc) {
            case Break b -> true;
            case Comment c -> true;
            case Concat concat -> concat.parts().stream().anyMatch(Doc::breaks);
            case Indent indent -> breaks(indent.content());
            case Value value -> breaks(value.content());
            case Group group -> group.broken();
            default -> false;
        };
    }
}
