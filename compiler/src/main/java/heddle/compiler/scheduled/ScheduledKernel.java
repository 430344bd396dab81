package heddle.compiler.scheduled;

import heddle.compiler.tile.TileKernel;
import java.util.List;

/**
 * A kernel as a processor runs it: what a worker does for one block of the parallel axes.
 *
 * @param kernel the tile program and its schedule
 * @param tiles  what a worker holds in memory, used again for every block
 * @param body   its actions, in order
 */
public record ScheduledKernel(TileKernel kernel, List<PlacedTile> tiles, List<Action> body) {
    public ScheduledKernel {
        tiles = List.copyOf(tiles);
        body = List.copyOf(body);
    }
}
