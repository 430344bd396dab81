package heddle.compiler.tile.family;

import heddle.compiler.tile.Axis;
import heddle.compiler.tile.Buffer;
import heddle.compiler.tile.Reduction;
import heddle.compiler.tile.ScalarExpr;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TilePlan;
import java.util.List;

/**
 * Reductions along rows, each of which may read the results of those before it, and what is written from them:
 * softmax, layer normalisation, sums.
 *
 * @param rows   the axes that name a row, outermost first
 * @param row    the axis reduced over; several reduced axes are one axis with div and mod in the addresses
 * @param steps  in order
 * @param writes what is stored
 */
public record RowFamily(List<Axis> rows, Axis row, List<Step> steps, List<Write> writes) implements Family {
    /** {@code name = reduce over row of value}, or, with no reduction, {@code name = value} once a row. */
    public record Step(ScalarExpr.Variable name, java.util.Optional<Reduction> reduction, ScalarExpr value) {}

    /**
     * One stored result.
     *
     * @param perElement stored for every element of the row rather than once a row
     */
    public record Write(Buffer output, boolean perElement, ScalarExpr address, ScalarExpr value) {}

    public RowFamily {
        rows = List.copyOf(rows);
        steps = List.copyOf(steps);
        writes = List.copyOf(writes);
    }

    @Override
    public TileKernel program(String name, TilePlan plan, List<String> comments) {
        throw new UnsupportedOperationException();
    }
}
