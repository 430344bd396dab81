package heddle.compiler.ir;

/** The kind of an operation at a glance. Drawings use it for colours. */
public enum OpCategory {
    INPUT("#cfe8ff", "#1f6fb2"),
    WEIGHT("#ececf1", "#8a8a99"),
    /** Known without looking at inputs or weights: constants, lengths, iotas. */
    CONSTANT("#f4f4f6", "#a5a5b0"),
    /** One element from the elements at the same place. */
    ELEMENTWISE("#fff1cc", "#b58900"),
    /** Moves elements: views, gathers, concatenations. */
    LAYOUT("#e9e4fb", "#6f5bb5"),
    REDUCTION("#d9f2dc", "#2f8a4b"),
    CONTRACTION("#ffd9d0", "#c4472b"),
    /** An operation that a pass made from several others. */
    FUSED("#ffc2e0", "#b0207a");

    private final String fill;
    private final String line;

    OpCategory(String fill, String line) {
        this.fill = fill;
        this.line = line;
    }

    /** The colour of the area, {@code #rrggbb}. */
    public String fill() {
        return fill;
    }

    /** The colour of the outline. */
    public String line() {
        return line;
    }
}
