package heddle.compiler.backend.emit;

import java.util.ArrayList;
import java.util.List;

/**
 * Java source under construction: lines, indented by the blocks that are open. Writers note what a stretch of it is for, which says
 * where generated code comes from and changes nothing in it.
 */
public final class JavaText {
    private static final String INDENT = "    ";

    private static final int WIDTH = 120;

    private final StringBuilder text = new StringBuilder();
    private final List<Mark> marks = new ArrayList<>();
    private int depth;

    /**
     * What a stretch of text is for. Stretches lie apart or within each other, the inner ones noted first.
     *
     * @param from  the first character
     * @param to    after the last
     * @param about a kernel as it is scheduled, an action of one, or the mask of a loop
     */
    public record Mark(int from, int to, Object about) {
        private Mark after(int characters) {
            return new Mark(from + characters, to + characters, about);
        }
    }

    public JavaText(int depth) {
        this.depth = depth;
    }

    /** Appends lines; each is indented as deep as the open blocks ask for, and broken where it is too long. */
    public JavaText line(String lines) {
        for (String line : lines.split("\n", -1)) {
            String indent = INDENT.repeat(depth);
            String rest = line;
            while (indent.length() + rest.length() > WIDTH && breakPlace(rest, WIDTH - indent.length()) > 0) {
                int at = breakPlace(rest, WIDTH - indent.length());
                text.append(indent).append(rest, 0, at).append('\n');
                rest = rest.substring(at + 1);
                indent = INDENT.repeat(depth + 2);
            }
            if (!rest.isBlank()) {
                text.append(indent).append(rest);
            }
            text.append('\n');
        }
        return this;
    }

    /** The last space within {@code width} that a line of code may be broken at, or -1. */
    private static int breakPlace(String line, int width) {
        boolean comment = line.startsWith("//") || line.startsWith("*") || line.startsWith(" *");
        int at = comment ? -1 : line.lastIndexOf(", ", width - 1);
        return at < 0 ? -1 : at + 1;
    }

    /** Appends statements that belong together, as many in a line as it holds. */
    public JavaText row(List<String> statements) {
        String line = "";
        for (String next : statements) {
            String longer = line.isEmpty() ? next : line + " " + next;
            if (!line.isEmpty() && !fits(longer)) {
                line(line);
                longer = next;
            }
            line = longer;
        }
        return line(line);
    }

    /** Whether a line would stay one line. */
    public boolean fits(String line) {
        return depth * INDENT.length() + line.length() <= WIDTH;
    }

    public JavaText blank() {
        text.append('\n');
        return this;
    }

    /** Text for a comment: it neither ends one nor begins a Unicode escape, as the path {@code models\\unet} would. */
    public static String comment(String text) {
        return text.replace("*/", "* /").replace("\\", "\\\\");
    }

    /** {@code head {}, and what follows is one deeper. */
    public JavaText open(String head) {
        line(head + " {");
        depth++;
        return this;
    }

    /** Ends what {@link #open} began. */
    public JavaText close() {
        return close("}");
    }

    /** Ends what {@link #open} began, and begins what is done otherwise. */
    public JavaText orElse() {
        depth--;
        return open("} else");
    }

    public JavaText close(String end) {
        depth--;
        return line(end);
    }

    /** Writes something, and notes what it is about. */
    public JavaText about(Object subject, Runnable write) {
        int from = text.length();
        write.run();
        if (text.length() > from) {
            marks.add(new Mark(from, text.length(), subject));
        }
        return this;
    }

    /** Notes what all of the text is about. */
    public JavaText allAbout(Object subject) {
        marks.add(new Mark(0, text.length(), subject));
        return this;
    }

    /** What stretches of the text are about. */
    public List<Mark> marks() {
        return List.copyOf(marks);
    }

    /** Appends finished text, for example what was written apart to stand before a loop. */
    public JavaText append(JavaText other) {
        other.marks.forEach(mark -> marks.add(mark.after(text.length())));
        text.append(other.text);
        return this;
    }

    /** A text that continues at the depth this one has reached, to be {@linkplain #append appended} later. */
    public JavaText apart() {
        return new JavaText(depth);
    }

    public boolean isEmpty() {
        return text.isEmpty();
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
