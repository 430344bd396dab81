package heddle.compiler.scheduled;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Variable;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.ToIntFunction;

/** The tiles of a worker while a scheduled kernel is interpreted, and the blocks that are current. */
final class WorkerMemory {
    /** Indexes {@code from} up to {@code to}. */
    record Range(long from, long to) {}

    private final List<PlacedTile> tiles;
    private final ToIntFunction<Axis> extents;
    private final Map<Buffer, double[]> elements = new HashMap<>();
    private final Map<Axis, Range> open = new LinkedHashMap<>();

    /**
     * @param rows    how many rows a tile has along an axis
     * @param extents of axes
     */
    WorkerMemory(List<PlacedTile> tiles, ToIntFunction<Axis> rows, ToIntFunction<Axis> extents) {
        this.tiles = tiles;
        this.extents = extents;
        for (PlacedTile tile : tiles) {
            int count = tile.row().map(rows::applyAsInt).orElse(1);
            elements.put(tile.buffer(), new double[count * tile.width()]);
        }
    }

    boolean has(Buffer buffer) {
        return elements.containsKey(buffer);
    }

    double[] elements(Buffer buffer) {
        return elements.get(buffer);
    }

    /** Makes everything NaN. */
    void forget() {
        elements.values().forEach(array -> Arrays.fill(array, Double.NaN));
    }

    /** Begins a block of an axis. */
    void open(Axis axis, Range range) {
        open.put(axis, range);
    }

    void close(Axis axis) {
        open.remove(axis);
    }

    boolean isOpen(Axis axis) {
        return open.containsKey(axis);
    }

    /** The current block of an axis, or all of it. */
    Range range(Axis axis) {
        return open.getOrDefault(axis, new Range(0, extents.applyAsInt(axis)));
    }

    /** The current block of an axis. @throws IllegalStateException when none is */
    Range block(Axis axis) {
        if (!isOpen(axis)) {
            throw new IllegalStateException("no block of " + axis + " is current");
        }
        return open.get(axis);
    }

    /** Where the first element of a tile's current block lies in the tile as programs address it. */
    static Variable origin(PlacedTile tile) {
        return new Variable(tile.buffer().name() + "'origin", DType.I64);
    }

    /** Gives each tile and its origin. */
    void origins(BiConsumer<PlacedTile, Long> each) {
        for (PlacedTile tile : tiles) {
            long row = tile.row().map(r -> range(r).from()).orElse(0L);
            each.accept(tile, row * tile.width() + range(tile.lane()).from());
        }
    }

    /** An address in the elements that are here, from one in the whole tile. */
    ScalarExpr address(Buffer buffer, ScalarExpr address) {
        return tiles.stream()
                .filter(t -> t.buffer().equals(buffer))
                .findFirst()
                .<ScalarExpr>map(t -> ScalarExpr.apply(ScalarFn.SUB, address, origin(t)))
                .orElse(address);
    }
}
