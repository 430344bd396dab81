package heddle.compiler.backend.jvm.product;

/**
 * Columns of a matrix that lie in parts, as panels of a packed weight do.
 *
 * @param width    columns of a part, which are neighbours
 * @param distance elements from one part to the next
 */
public record ColumnParts(int width, int distance) {
    /** Elements from the first column to another. */
    int to(int column) {
        return column / width * distance + column % width;
    }

    /** The same as Java text, for a variable. */
    String to(String column) {
        return column + " / " + width + " * " + distance + " + " + column + " % " + width;
    }

    /** The same parts with as many elements in each as {@code rows} rows have. */
    ColumnParts ofRows(int rows) {
        return new ColumnParts(width, rows * width);
    }
}
