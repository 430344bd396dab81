package heddle.compiler.backend.jvm.product;

/**
 * Columns of a matrix that lie in parts, as panels of a packed weight do.
 *
 * @param width    columns of a part, which are neighbours
 * @param distance elements from one part to the next
 */
public record Parts(int width, int distance) {
    /** Elements from the first column to another, which is a number or an expression. */
    String to(String column) {
        if (Distance.isNumber(column)) {
            int index = Integer.parseInt(column);
            return String.valueOf(index / width * distance + index % width);
        }
        return column + " / " + width + " * " + distance + " + " + column + " % " + width;
    }

    /** The same parts with as many elements in each as {@code rows} rows have. */
    Parts ofRows(int rows) {
        return new Parts(width, rows * width);
    }
}
