package heddle.compiler.target.jvm;

/** Java source under construction: lines, indented by the blocks that are open. */
final class JavaText {
    private static final String INDENT = "    ";

    private final StringBuilder text = new StringBuilder();
    private int depth;

    JavaText(int depth) {
        this.depth = depth;
    }

    /** Appends lines; each is indented as deep as the open blocks ask for. */
    JavaText line(String lines) {
        for (String line : lines.split("\n", -1)) {
            if (!line.isBlank()) {
                text.append(INDENT.repeat(depth)).append(line);
            }
            text.append('\n');
        }
        return this;
    }

    JavaText blank() {
        text.append('\n');
        return this;
    }

    /** {@code head {}, and what follows is one deeper. */
    JavaText open(String head) {
        line(head + " {");
        depth++;
        return this;
    }

    /** Ends what {@link #open} began. */
    JavaText close() {
        return close("}");
    }

    JavaText close(String end) {
        depth--;
        return line(end);
    }

    /** Appends finished text, for example what was written apart to stand before a loop. */
    JavaText append(JavaText other) {
        text.append(other.text);
        return this;
    }

    /** A text that continues at the depth this one has reached, to be {@linkplain #append appended} later. */
    JavaText apart() {
        return new JavaText(depth);
    }

    /** A text one deeper than this one. */
    JavaText inner() {
        return new JavaText(depth + 1);
    }

    boolean isEmpty() {
        return text.isEmpty();
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
