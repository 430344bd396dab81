package heddle.compiler.pack;

import heddle.compiler.ir.Value;
import heddle.compiler.pack.AxisMeaning.Kind;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The value of the packed graph that stands for one of the given graph. At the row and the tokens of one text it has the
 * elements that the given one has for that text alone. At tokens of different texts it may hold anything, unless {@code
 * zeroApart}.
 *
 * @param value     has the axes of the given one, behind an axis for rows if {@code perRow}
 * @param axes      what the axes of the given one mean
 * @param perRow    whether the packed value differs from row to row where the given one has no axis for rows
 * @param zeroApart whether the value is zero at tokens of different texts; never unless it has two axes of tokens
 * @param inRow     for positions, the same counted from the beginning of the row, in the shape of the given one: more by the
 *                  place where the text begins, so that differences are the same
 */
record Tracked(Value value, List<AxisMeaning> axes, boolean perRow, boolean zeroApart, Optional<Value> inRow) {
    Tracked {
        axes = List.copyOf(axes);
        zeroApart = zeroApart && isOfPairs(axes);
    }

    /** Whether there are two axes of tokens, and no third one among merged axes: else it is not known which two differ. */
    private static boolean isOfPairs(List<AxisMeaning> axes) {
        return axes.stream()
                                .flatMap(a -> a.parts().stream())
                                .filter(p -> p.kind() == Kind.TOKENS)
                                .count()
                        == 2
                && axes.stream().filter(a -> a.is(Kind.TOKENS)).count() == 2;
    }

    Tracked(Value value, List<AxisMeaning> axes, boolean perRow) {
        this(value, axes, perRow, false);
    }

    Tracked(Value value, List<AxisMeaning> axes, boolean perRow, boolean zeroApart) {
        this(value, axes, perRow, zeroApart, Optional.empty());
    }

    /** The same value, which is one of positions. */
    Tracked with(Optional<Value> countedInRow) {
        return new Tracked(value, axes, perRow, zeroApart, countedInRow);
    }

    int rank() {
        return axes.size();
    }

    /** How many axes the value has before those of the given one. */
    int before() {
        return perRow ? 1 : 0;
    }

    /** The shape of the given value. */
    List<Dim> dims() {
        return axes.stream().map(AxisMeaning::length).toList();
    }

    /** A shape of the given value, as the packed one has it. */
    Shape packed(List<Dim> dims) {
        if (!perRow) {
            return new Shape(dims);
        }
        List<Dim> all = new ArrayList<>(List.of(value.type().dim(0)));
        all.addAll(dims);
        return new Shape(all);
    }

    boolean hasRows() {
        return axes.stream().anyMatch(a -> a.has(Kind.ROWS));
    }

    /** The axes of tokens alone. */
    List<Integer> tokens() {
        return IntStream.range(0, rank())
                .filter(a -> axes.get(a).is(Kind.TOKENS))
                .boxed()
                .toList();
    }

    /** The same value of other axes. */
    Tracked with(Value other, List<AxisMeaning> meanings) {
        return new Tracked(other, meanings, perRow, zeroApart);
    }
}
