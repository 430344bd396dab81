package heddle.dsl.source;

/**
 * A half-open range of characters in a source file.
 *
 * @param file  the file it lies in
 * @param start offset of the first character
 * @param end   offset after the last character
 */
public record Span(SourceFile file, int start, int end) {
    public Span {
        if (start < 0 || end < start) {
            throw new IllegalArgumentException("span " + start + ".." + end);
        }
    }

    /** The smallest span that covers this one and {@code other}, which lies in the same file. */
    public Span to(Span other) {
        return new Span(file, Math.min(start, other.start), Math.max(end, other.end));
    }

    /** The characters covered. */
    public String text() {
        return file.text().substring(start, Math.min(end, file.text().length()));
    }

    /** {@code file:line:column} of the first character. */
    @Override
    public String toString() {
        SourceFile.Position p = file.position(start);
        return file.name() + ":" + p.line() + ":" + p.column();
    }
}
