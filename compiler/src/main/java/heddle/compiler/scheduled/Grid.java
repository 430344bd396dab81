package heddle.compiler.scheduled;

import heddle.compiler.type.Dim;

/**
 * The threads of a kernel: a row of groups of equal size.
 *
 * @param groups  may be zero, when a tensor has no elements
 * @param threads of a group
 */
public record Grid(Dim groups, int threads) {
    /** A thread for each of {@code elements}, in groups of {@code threads}. */
    public static Grid over(Dim elements, int threads) {
        return new Grid(elements.ceilDiv(Dim.of(threads)), threads);
    }
}
