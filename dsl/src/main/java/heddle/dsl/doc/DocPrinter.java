package heddle.dsl.doc;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/** Decides where the lines of a {@link Doc} break and writes them. */
public final class DocPrinter {
    private static final int STEP = 4;

    /**
     * A written line.
     *
     * @param text    without indentation
     * @param stop    index in {@code text} of the place to align, or -1
     * @param comment the comment at the end of the line, or empty
     */
    public record Line(int indent, String text, int stop, String comment) {
        public int width() {
            return text.isEmpty() ? 0 : indent + text.length();
        }
    }

    private record Task(int indent, boolean flat, Doc doc) {}

    private final int width;
    private final Deque<Task> tasks = new ArrayDeque<>();
    private final List<Line> lines = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private final List<String> comments = new ArrayList<>();
    private int indent;
    private int stop = -1;

    private DocPrinter(int width) {
        this.width = width;
    }

    /** The lines of {@code doc}, none longer than {@code width} where the places to break allow it. */
    public static List<Line> print(Doc doc, int width) {
        DocPrinter printer = new DocPrinter(width);
        printer.tasks.push(new Task(0, false, doc));
        while (!printer.tasks.isEmpty()) {
            printer.step(printer.tasks.pop());
        }
        printer.endLine();
        return printer.lines;
    }

    private void step(Task task) {
        switch (task.doc()) {
            case Doc.Text t -> write(t.value());
            case Doc.WhenBroken w -> write(task.flat() ? "" : w.value());
            case Doc.Stop s -> stop = text.length();
            case Doc.Comment c -> comment(c, task.indent());
            case Doc.Break b -> newLine(task.indent(), b.blank());
            case Doc.Line l -> {
                if (task.flat()) {
                    write(l.flat());
                } else {
                    newLine(task.indent(), false);
                }
            }
            case Doc.Concat c -> {
                for (Doc part : c.parts().reversed()) {
                    tasks.push(new Task(task.indent(), task.flat(), part));
                }
            }
            case Doc.Indent i -> tasks.push(new Task(task.indent() + STEP, task.flat(), i.content()));
            case Doc.Group g -> {
                boolean flat = task.flat() || !g.broken() && fits(column(), g.content());
                tasks.push(new Task(task.indent(), flat, g.content()));
            }
            case Doc.Value v -> value(v, task);
        }
    }

    private void value(Doc.Value value, Task task) {
        int inner = task.indent() + STEP;
        boolean sameLine = task.flat() || fits(column() + 1, value.content());
        if (sameLine || value.startsWithBracket() && !fits(inner, value.content())) {
            write(" ");
            tasks.push(new Task(task.indent(), sameLine, value.content()));
        } else {
            newLine(inner, false);
            tasks.push(new Task(inner, fits(inner, value.content()), value.content()));
        }
    }

    /** Whether {@code doc} and the text up to the next possible break fit on the line, from {@code column} on. */
    private boolean fits(int column, Doc doc) {
        Deque<Task> ahead = new ArrayDeque<>();
        ahead.push(new Task(0, true, doc));
        Iterator<Task> rest = tasks.iterator();
        int left = width - column;
        while (left >= 0) {
            if (ahead.isEmpty()) {
                if (!rest.hasNext()) {
                    return true;
                }
                ahead.push(rest.next());
            }
            Task task = ahead.pop();
            switch (task.doc()) {
                case Doc.Text t -> left -= t.value().length();
                case Doc.Line l -> {
                    if (!task.flat()) {
                        return true;
                    }
                    left -= l.flat().length();
                }
                case Doc.Break b -> {
                    return !task.flat();
                }
                case Doc.Comment c -> {
                    if (task.flat()) {
                        return false;
                    }
                }
                case Doc.Concat c -> {
                    for (Doc part : c.parts().reversed()) {
                        ahead.push(new Task(0, task.flat(), part));
                    }
                }
                case Doc.Indent i -> ahead.push(new Task(0, task.flat(), i.content()));
                case Doc.Group g -> {
                    if (task.flat() && g.broken()) {
                        return false;
                    }
                    ahead.push(new Task(0, task.flat(), g.content()));
                }
                case Doc.Value v -> {
                    if (!task.flat()) {
                        return true;
                    }
                    left--;
                    ahead.push(new Task(0, task.flat(), v.content()));
                }
                case Doc.WhenBroken w -> left -= task.flat() ? 0 : w.value().length();
                case Doc.Stop s -> {}
            }
        }
        return false;
    }

    private int column() {
        return indent + text.length();
    }

    private void write(String piece) {
        text.append(piece);
    }

    private void comment(Doc.Comment comment, int commentIndent) {
        comments.add(comment.value());
        if (comment.ownLine() && text.isEmpty() && comments.size() == 1) {
            indent = commentIndent;
            newLine(commentIndent, false);
        }
    }

    /** Starts a new line, unless this one is still empty. */
    private void newLine(int nextIndent, boolean blank) {
        endLine();
        if (blank && !lines.isEmpty()) {
            lines.add(new Line(0, "", -1, ""));
        }
        indent = nextIndent;
    }

    private void endLine() {
        if (!text.isEmpty() || !comments.isEmpty()) {
            lines.add(new Line(indent, text.toString().stripTrailing(), stop, String.join(" ", comments)));
        }
        text.setLength(0);
        comments.clear();
        stop = -1;
    }
}
