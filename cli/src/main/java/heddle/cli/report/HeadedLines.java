package heddle.cli.report;

/** Text in sections. Each line begins with a heading; lines are aligned, and long ones are wrapped at spaces. */
final class HeadedLines {
    private static final int HEADING = 15;
    private static final String INDENT = "    ";
    private static final int WIDTH = 100;

    /** Columns for the text after a heading. */
    static final int CONTENT = WIDTH - INDENT.length() - HEADING;

    private final StringBuilder text = new StringBuilder();

    void section(String name) {
        text.append("  ").append(name).append('\n');
    }

    /** Adds a line; an empty text is left out. */
    void add(String heading, String content) {
        if (!content.isEmpty()) {
            String line = INDENT + heading + " ".repeat(Math.max(1, HEADING - heading.length())) + content;
            text.append(wrapped(line, INDENT + " ".repeat(HEADING)));
        }
    }

    /** Adds a line without a heading, which is not wrapped. */
    void line(String content) {
        text.append(INDENT).append(content).append('\n');
    }

    /** Wraps {@code line}. Lines after the first begin with {@code indent}. */
    static String wrapped(String line, String indent) {
        StringBuilder lines = new StringBuilder();
        String rest = line;
        while (rest.length() > WIDTH) {
            int at = rest.lastIndexOf(' ', WIDTH);
            if (at <= indent.length()) {
                break; // A word that fits nowhere.
            }
            lines.append(rest.substring(0, at).stripTrailing()).append('\n');
            rest = indent + rest.substring(at).strip();
        }
        return lines.append(rest).append('\n').toString();
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
