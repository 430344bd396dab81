package heddle.compiler.scheduled.group;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scheduled.IndexMath;
import heddle.compiler.tile.Choice;
import heddle.compiler.tile.IllegalSchedule;
import heddle.compiler.tile.LoopMode;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TilePlace;
import heddle.compiler.tile.TileStmt;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How the threads of a group share the tiles of a kernel with products. They form {@code threadRows} rows of {@code threadColumns}. Each
 * axis of a tile in registers runs along rows or along columns, so that no tile has two of a kind. A thread has neighbouring indexes along
 * an axis of rows, and every {@code threadColumns}th along one of columns: neighbouring threads then read neighbouring elements.
 */
public final class GroupShape {
    private final TileKernel kernel;
    private final int threadRows;
    private final int threadColumns;
    private final List<TileStmt.Loop> loops;

    /** The axes that each statement on registers goes over, the first of the sums of a loop before all. */
    private final List<List<Axis>> together;

    /** The axes that threads share, in order of their tiles, and whether they run along rows. */
    private final Map<Axis, Boolean> rows = new LinkedHashMap<>();

    public GroupShape(TileKernel kernel, int threadRows, int threadColumns) {
        this.kernel = kernel;
        this.threadRows = threadRows;
        this.threadColumns = threadColumns;
        this.loops = kernel.program().loops();
        this.together = together();
        together.forEach(axes -> axes.forEach(axis -> rows.putIfAbsent(axis, true)));
        divide();
    }

    /** The shape that the schedule's chains describe. */
    public static GroupShape of(TileKernel kernel) {
        GroupShape one = new GroupShape(kernel, 1, 1);
        int threadRows = 1;
        int threadColumns = 1;
        for (Axis axis : one.shared()) {
            int threads = kernel.schedule().bound(axis, Choice.Level.THREAD).orElse(1);
            if (one.isRow(axis)) {
                threadRows = Math.max(threadRows, threads);
            } else {
                threadColumns = Math.max(threadColumns, threads);
            }
        }
        return new GroupShape(kernel, threadRows, threadColumns);
    }

    private List<List<Axis>> together() {
        List<List<Axis>> together = new ArrayList<>();
        TileStmt.all(kernel.body()).stream()
                .filter(TileStmt.Accumulate.class::isInstance)
                .flatMap(s -> axes(((TileStmt.Accumulate) s).tile()).stream())
                .findFirst()
                .ifPresent(axis -> together.add(List.of(axis)));
        for (TileStmt s : TileStmt.all(kernel.body())) {
            switch (s) {
                case TileStmt.Define d -> {
                    if (isInRegisters(d.tile())) {
                        together.add(axes(d.tile()));
                    }
                    if (d.value() instanceof TileExpr.Reduce r && hasWidth(r.over())) {
                        together.add(Stream.concat(axes(d.tile()).stream(), Stream.of(r.over()))
                                .toList());
                    }
                }
                case TileStmt.Store store ->
                    together.add(store.axes().stream().filter(a -> !isSingle(a)).toList());
                default -> {}
            }
        }
        return together;
    }

    /** Axes beside an axis of rows run along columns, and the other way around. */
    private void divide() {
        Map<Axis, Boolean> known = new HashMap<>();
        for (Axis start : rows.keySet()) {
            known.putIfAbsent(start, true);
            while (beside(known)) {
                // Until nothing more is known.
            }
        }
        rows.replaceAll((axis, row) -> known.get(axis));
    }

    /** Whether more is known now. */
    private boolean beside(Map<Axis, Boolean> known) {
        int before = known.size();
        for (List<Axis> axes : together) {
            axes.stream()
                    .filter(known::containsKey)
                    .findFirst()
                    .ifPresent(axis -> axes.stream()
                            .filter(other -> !other.equals(axis))
                            .forEach(other -> known.putIfAbsent(other, !known.get(axis))));
        }
        return known.size() > before;
    }

    /** @throws IllegalSchedule when a statement goes over two axes of rows or two of columns */
    void check() {
        for (List<Axis> axes : together) {
            if (axes.stream().map(rows::get).distinct().count() < axes.size()) {
                throw new IllegalSchedule(
                        kernel.program(),
                        "place tiles over " + axes.stream().map(Axis::name).collect(Collectors.joining(" and "))
                                + " in registers",
                        "threads would share two of these axes in the same way");
            }
        }
    }

    /** Whether each thread has variables for its elements of a tile. */
    public boolean isInRegisters(Tile tile) {
        return kernel.schedule().place(tile) == TilePlace.REGISTER;
    }

    /** The axes of a tile, but those of which only one index is current. */
    List<Axis> axes(Tile tile) {
        return tile.axes().stream().filter(a -> !isSingle(a)).toList();
    }

    /** Whether a loop takes one index of an axis after another. */
    boolean isSingle(Axis axis) {
        return loops.stream()
                .anyMatch(l -> l.axis().equals(axis)
                        && !(kernel.cut(l) instanceof Choice.Size.Whole)
                        && kernel.schedule().block(l.id()) == 1);
    }

    private boolean hasWidth(Axis axis) {
        return !isSingle(axis) && (isBlocked(axis) || axis.extent().isKnown());
    }

    /** The axes that threads share: those of tiles in registers. */
    public SequencedSet<Axis> shared() {
        return new LinkedHashSet<>(rows.keySet());
    }

    boolean isShared(Axis axis) {
        return rows.containsKey(axis);
    }

    /** Whether a shared axis runs along rows of threads. */
    public boolean isRow(Axis axis) {
        return rows.get(axis);
    }

    public int threadRows() {
        return threadRows;
    }

    public int threadColumns() {
        return threadColumns;
    }

    public int threads() {
        return threadRows * threadColumns;
    }

    /** Threads that share an axis. */
    public int threads(Axis axis) {
        return isRow(axis) ? threadRows : threadColumns;
    }

    /** Indexes along a shared axis that a thread has. */
    public int registers(Axis axis) {
        return Math.ceilDiv(width(axis), threads(axis));
    }

    /** Elements along an axis that threads have of a tile, those past the end of its block included. */
    public int threadedWidth(Axis axis) {
        return isShared(axis) ? threads(axis) * registers(axis) : width(axis);
    }

    /** Whether threads have no indexes past the end of a block. */
    boolean covers(Axis axis) {
        return threadedWidth(axis) == width(axis);
    }

    /** Elements of a tile along an axis: those of a block, or all when it is not cut. */
    public int width(Axis axis) {
        return isBlocked(axis) || axis.extent().is(1) || isSingle(axis)
                ? kernel.block(axis)
                : Math.toIntExact(axis.extent().value());
    }

    boolean isBlocked(Axis axis) {
        return kernel.isBlocked(axis);
    }

    /** Whether every block along an axis is whole. */
    boolean isWhole(Axis axis) {
        return axis.extent().isKnown()
                && axis.extent().value() % width(axis) == 0
                && loops.stream()
                        .filter(l -> l.axis().equals(axis))
                        .allMatch(l -> l.bounds().areAllOf(axis));
    }

    /** Whether the indexes along an axis are all there are, from the first on. */
    boolean beginsAtZero(Axis axis) {
        return loops.stream()
                .filter(l -> l.axis().equals(axis))
                .allMatch(l -> l.bounds().from().equals(IndexMath.ZERO));
    }

    /** What an index along an axis is below. */
    ScalarExpr end(Axis axis) {
        return loops.stream()
                .filter(l -> l.axis().equals(axis) && !(l.mode() instanceof LoopMode.Parallel))
                .findFirst()
                .map(l -> l.bounds().to())
                .orElse(ScalarExpr.of(axis.extent()));
    }

    /** Variables that a thread holds at once, about. */
    public int variables() {
        return kernel.program().definitions().stream()
                .map(TileStmt.Define::tile)
                .filter(this::isInRegisters)
                .mapToInt(tile -> axes(tile).stream().mapToInt(this::registers).reduce(1, (a, b) -> a * b))
                .sum();
    }
}
