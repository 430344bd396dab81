package heddle.compiler.backend.jvm;

import heddle.compiler.schedule.MemoryPlan;
import heddle.compiler.scheduled.PlacedTile;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.type.DType;
import java.util.List;
import java.util.OptionalInt;

/**
 * The tiles of a worker that lie in one array, which its caller gives: so they can begin at cache lines, as arrays that Java makes do
 * not. A vector that lies in two lines is read twice.
 */
final class SharedTiles {
    /** The parameters of generated methods: the array, and where the worker's part of it begins. */
    static final String ARRAY = "tiles";

    static final String AT = "tilesAt";

    private SharedTiles() {}

    /** Floats that a tile takes there, if it lies there: when it is of floats, and its size a number. */
    static OptionalInt size(TileKernel kernel, PlacedTile tile) {
        boolean isKnown = tile.row()
                .filter(row -> !kernel.isBlocked(row) && !row.extent().isKnown())
                .isEmpty();
        if (!isKnown || tile.buffer().type().dtype() != DType.F32) {
            return OptionalInt.empty();
        }
        int rows = tile.row()
                .map(row -> kernel.isBlocked(row)
                        ? kernel.block(row)
                        : Math.toIntExact(row.extent().value()))
                .orElse(1);
        int floats = Math.multiplyExact(rows, tile.width());
        return OptionalInt.of(Math.ceilDiv(floats, MemoryPlan.ALIGNMENT) * MemoryPlan.ALIGNMENT);
    }

    /** Floats that all of them take. */
    static int size(TileKernel kernel, List<PlacedTile> tiles) {
        return tiles.stream().mapToInt(tile -> size(kernel, tile).orElse(0)).reduce(0, Math::addExact);
    }
}
