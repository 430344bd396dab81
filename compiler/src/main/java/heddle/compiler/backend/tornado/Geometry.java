package heddle.compiler.backend.tornado;

import heddle.compiler.scalar.Axis;
import heddle.compiler.tile.Choice;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TilePlace;
import heddle.compiler.tile.TileProgram;
import heddle.compiler.tile.TileStmt;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How the threads of a group share the tiles of a kernel with matmuls. They form {@code threadRows} rows of {@code
 * threadColumns}. A thread has {@code rows} neighbouring rows of a tile, and every {@code threadColumns}th of its
 * columns, so that neighbouring threads read neighbouring elements.
 *
 * @param inRegisters the names of the tiles of which each thread computes its own elements
 */
record Geometry(TileKernel kernel, Axis row, int threadRows, int threadColumns, Set<String> inRegisters) {
    /** The geometry that the schedule's chains describe. */
    static Geometry of(TileKernel kernel) {
        Axis row = row(kernel.program());
        Geometry one = new Geometry(kernel, row, 1, 1, inRegisters(kernel));
        int columns = one.shared().stream()
                .filter(axis -> !axis.equals(row))
                .mapToInt(axis -> threads(kernel, axis))
                .max()
                .orElse(1);
        return new Geometry(kernel, row, threads(kernel, row), columns, one.inRegisters());
    }

    private static int threads(TileKernel kernel, Axis axis) {
        return kernel.schedule().bound(axis, Choice.Level.THREAD).orElse(1);
    }

    /** The axis that threads have neighbouring indexes of: the first of what the products of a loop add up to. */
    static Axis row(TileProgram program) {
        return statements(program.inner()).stream()
                .filter(TileStmt.Accumulate.class::isInstance)
                .map(s -> ((TileStmt.Accumulate) s).tile().axes().getFirst())
                .findFirst()
                .orElseThrow();
    }

    /** The tiles that the schedule holds in registers. */
    static Set<String> inRegisters(TileKernel kernel) {
        return kernel.program().definitions().stream()
                .map(TileStmt.Define::tile)
                .filter(tile -> kernel.schedule().place(tile) == TilePlace.REGISTER)
                .map(Tile::name)
                .collect(Collectors.toSet());
    }

    /** The axes that threads share: those of tiles in registers, rows first. */
    SequencedSet<Axis> shared() {
        SequencedSet<Axis> axes = new LinkedHashSet<>(List.of(row));
        kernel.program().definitions().stream()
                .map(TileStmt.Define::tile)
                .filter(tile -> inRegisters.contains(tile.name()))
                .forEach(tile -> axes.addAll(tile.axes()));
        return axes;
    }

    int threads() {
        return threadRows * threadColumns;
    }

    /** Rows that a thread has. */
    int rows() {
        return Math.ceilDiv(width(row), threadRows);
    }

    /** Columns along {@code axis} that a thread has. */
    int columns(Axis axis) {
        return Math.ceilDiv(width(axis), threadColumns);
    }

    /** Elements along an axis that threads have of a tile, those past the end of its block included. */
    int threadedWidth(Axis axis) {
        return axis.equals(row) ? threadRows * rows() : threadColumns * columns(axis);
    }

    /** Elements of a tile along an axis: those of a block, or all when it is not cut. */
    int width(Axis axis) {
        int block = kernel.block(axis);
        return block > 1 || axis.extent().is(1)
                ? block
                : Math.toIntExact(axis.extent().value());
    }

    boolean isBlocked(Axis axis) {
        return kernel.block(axis) > 1;
    }

    /** Whether every block along an axis is whole. */
    boolean isWhole(Axis axis) {
        return axis.extent().isKnown() && axis.extent().value() % width(axis) == 0;
    }

    /** All statements, those in loops and conditions included, in order. */
    static List<TileStmt> statements(List<TileStmt> body) {
        List<TileStmt> all = new ArrayList<>();
        for (TileStmt s : body) {
            all.add(s);
            switch (s) {
                case TileStmt.Loop l -> all.addAll(statements(l.body()));
                case TileStmt.Masked m -> all.addAll(statements(m.body()));
                default -> {}
            }
        }
        return all;
    }
}
