package heddle.compiler.tile.family;

import heddle.compiler.index.Stride;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileProgram;
import heddle.compiler.tile.TileStmt;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Reductions along rows, and the values written from them: softmax, layer normalisation, sums. Each reduction may read
 * the results of earlier ones.
 *
 * @param rows   the axes that name a row, outermost first
 * @param row    the axis reduced over; several reduced axes are one axis with div and mod in the addresses
 * @param steps  in order
 * @param writes what is stored
 */
public record RowFamily(List<Axis> rows, Axis row, List<Step> steps, List<Write> writes) implements Family {
    /** {@code name = reduce over row of value}, or, with no reduction, {@code name = value} once a row. */
    public record Step(ScalarExpr.Variable name, Optional<Reduction> reduction, ScalarExpr value) {}

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
    public RowFamily map(UnaryOperator<ScalarExpr> change) {
        return new RowFamily(
                rows,
                row,
                steps.stream()
                        .map(s -> new Step(s.name(), s.reduction(), change.apply(s.value())))
                        .toList(),
                writes.stream()
                        .map(w -> new Write(w.output(), w.perElement(), w.address(), change.apply(w.value())))
                        .toList());
    }

    /**
     * <pre>
     * parallel rows:
     *   name = reduce over row of value     for each step
     *   store output[address] = value       for each write, over row or once
     * </pre>
     *
     * Where memory is contiguous across rows rather than along them, the last axis of {@code rows} is blocked and every
     * step is a tile over it.
     */
    @Override
    public TileProgram program(String name, List<String> comments) {
        List<Axis> across = runsAcross() ? List.of(rows.getLast()) : List.of();
        List<TileStmt> body = new ArrayList<>();
        for (Step step : steps) {
            Tile tile = new Tile(step.name().name(), step.name().type(), across);
            TileExpr value = step.reduction().isPresent()
                    ? new TileExpr.Reduce(step.reduction().get(), step.value(), row)
                    : new TileExpr.Map(step.value());
            body.add(new TileStmt.Define(tile, value));
        }
        for (Write write : writes) {
            List<Axis> axes = new ArrayList<>(write.perElement() ? List.of(row) : List.of());
            axes.addAll(across);
            body.add(new TileStmt.Store(write.output(), axes, write.address(), write.value()));
        }
        return TileProgram.parallel(name, "rows", rows, body, comments);
    }

    /** Whether more accesses are contiguous across rows than along them. */
    public boolean runsAcross() {
        return !rows.isEmpty() && contiguous(rows.getLast()) > contiguous(row);
    }

    private long contiguous(Axis axis) {
        Set<ScalarExpr> addresses = new HashSet<>();
        steps.forEach(s -> collectAddresses(s.value(), addresses));
        writes.forEach(w -> {
            addresses.add(w.address());
            collectAddresses(w.value(), addresses);
        });
        return addresses.stream()
                .filter(a -> Stride.of(a, axis).filter(Stride::isContiguous).isPresent())
                .count();
    }

    private static void collectAddresses(ScalarExpr program, Set<ScalarExpr> addresses) {
        ScalarExprs.visit(program, e -> {
            if (e instanceof ScalarExpr.Element x) {
                addresses.add(x.address());
            }
        });
    }
}
