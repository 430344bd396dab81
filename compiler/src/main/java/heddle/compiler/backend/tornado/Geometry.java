package heddle.compiler.backend.tornado;

import heddle.compiler.scalar.Axis;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TileStmt;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How the threads of a group share the tiles of a kernel with matmuls. They form {@code threadRows} rows of {@code
 * threadColumns}. A thread has {@code rows} neighbouring rows of a tile, and every {@code threadColumns}th of its
 * columns, so that neighbouring threads read neighbouring elements.
 *
 * @param inRegisters the names of the tiles of which each thread computes its own elements
 */
record Geometry(TileKernel kernel, Axis row, int threadRows, int threadColumns, Set<String> inRegisters) {
    /** The geometry for the groups of a device. */
    static Geometry of(TileKernel kernel, TornadoTarget target) {
        List<TileStmt> all = statements(kernel.body());
        Tile result = all.stream()
                .filter(TileStmt.Accumulate.class::isInstance)
                .map(s -> ((TileStmt.Accumulate) s).tile())
                .findFirst()
                .orElseThrow();
        Axis row = result.axes().getFirst();
        int height = kernel.block(row);
        int threads = target.device().groupThreads();
        int columns = Math.min(DevicePolicy.columns(target.device()), threads);
        int rows = Math.min(Integer.highestOneBit(threads / columns), height);
        return new Geometry(kernel, row, rows, columns, computed(all));
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

    /** The tiles that are computed: all but those that products read as they are loaded. */
    private static Set<String> computed(List<TileStmt> all) {
        Set<String> operands = new HashSet<>();
        for (TileStmt s : all) {
            if (s instanceof TileStmt.Accumulate a) {
                operands.add(a.value().a().name());
                operands.add(a.value().b().name());
            } else if (s instanceof TileStmt.Define d && d.value() instanceof TileExpr.Dot dot) {
                operands.add(dot.a().name());
                operands.add(dot.b().name());
            }
        }
        Set<String> names = new HashSet<>();
        for (TileStmt s : all) {
            switch (s) {
                case TileStmt.Accumulate a -> names.add(a.tile().name());
                case TileStmt.Define d -> {
                    if (!(d.value() instanceof TileExpr.Map)
                            || !operands.contains(d.tile().name())) {
                        names.add(d.tile().name());
                    }
                }
                default -> {}
            }
        }
        return names;
    }
}
