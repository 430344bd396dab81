package heddle.compiler.backend.jvm.product;

import java.util.Optional;

/**
 * A matrix that is handed to a method: an array, where in it the matrix begins, and distances that are not known.
 *
 * @param array the Java type of the array
 * @param name  of its parameter
 * @param at    the parameter for where it begins
 * @param row   from one row to the next
 * @param step  from one column to the next
 * @param parts that columns lie in, where they are not all the same step apart
 */
public record Matrix(String array, String name, String at, Distance row, Distance step, Optional<ColumnParts> parts) {
    public static Matrix of(String element, String name, Distance row, Distance step) {
        return new Matrix(
                element + "[]",
                name,
                name + "At",
                row.within(name + "Row"),
                step.within(name + "Step"),
                Optional.empty());
    }

    /** A matrix with neighbours along rows. */
    static Matrix ofRows(String element, String name, Distance row) {
        return of(element, name, row, Distance.ONE);
    }

    /** A matrix with neighbours along rows of each part. */
    static Matrix ofParts(String element, String name, ColumnParts parts) {
        Matrix one = ofRows(element, name, Distance.of(parts.width()));
        return new Matrix(one.array, name, one.at, one.row, one.step, Optional.of(parts));
    }

    /** Its parameters. */
    String declared() {
        return array + " " + name + ", int " + at + row.declared() + step.declared();
    }

    /** The arguments for parameters like these: the part that begins with an element. */
    String from(String r, String c) {
        return name + ", " + at(r, c) + passedDistances();
    }

    /** The arguments for distances that are not known, each after a comma. */
    String passedDistances() {
        return row.passed() + step.passed();
    }

    /** All of it as arguments. */
    String passed() {
        return from("0", "0");
    }

    /** Where an element lies. */
    String at(String r, String c) {
        return at
                + (r.equals("0") ? "" : " + " + row.times(r))
                + (c.equals("0") ? "" : " + " + parts.map(p -> p.to(c)).orElseGet(() -> step.times(c)));
    }

    /** Elements from the first column to another, where they are known. */
    int column(int c) {
        return parts.map(p -> p.to(c)).orElseGet(() -> c * step.value());
    }

    String element(String r, String c) {
        return name + "[" + at(r, c) + "]";
    }
}
