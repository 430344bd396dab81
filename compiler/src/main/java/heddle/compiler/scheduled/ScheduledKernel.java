package heddle.compiler.scheduled;

import heddle.compiler.tile.TileKernel;
import java.util.List;
import java.util.Optional;

/**
 * A kernel as a machine runs it. On a processor the actions are what a worker does for one block of the parallel axes; on a device they
 * begin with loops over groups and threads.
 *
 * @param kernel the tile program and its schedule
 * @param tiles  what a worker holds in memory, used again for every block
 * @param grid   the threads of a device
 * @param shared what a group of them has in local memory
 * @param body   its actions, in order
 */
public record ScheduledKernel(
        TileKernel kernel, List<PlacedTile> tiles, Optional<Grid> grid, List<LocalArray> shared, List<Action> body) {
    public ScheduledKernel {
        tiles = List.copyOf(tiles);
        shared = List.copyOf(shared);
        body = List.copyOf(body);
    }

    /** For a processor. */
    ScheduledKernel(TileKernel kernel, List<PlacedTile> tiles, List<Action> body) {
        this(kernel, tiles, Optional.empty(), List.of(), body);
    }

    /** For a device. */
    public ScheduledKernel(TileKernel kernel, Grid grid, List<LocalArray> shared, List<Action> body) {
        this(kernel, List.of(), Optional.of(grid), shared, body);
    }

    /** Bytes of local memory that a group takes. */
    public long localBytes() {
        return shared.stream().mapToLong(LocalArray::bytes).sum();
    }
}
