package heddle.compiler.explain;

import heddle.compiler.scalar.Axis;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TilePlace;
import heddle.compiler.tile.TileStmt;
import heddle.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The blocks and tiles of an attention kernel.
 *
 * @param blockQ  queries in a block
 * @param blockKv keys and values in a block
 * @param tiles   the tiles of one block, in the order in which they are computed
 */
public record TileLayout(int blockQ, int blockKv, List<Placed> tiles) {
    /**
     * A tile, where it is held, and its size.
     *
     * @param sizes one for each axis of the tile
     */
    public record Placed(Tile tile, TilePlace place, List<Dim> sizes) {
        public Placed {
            sizes = List.copyOf(sizes);
        }

        /** {@code q[32, 64]}. */
        @Override
        public String toString() {
            return tile + sizes.stream().map(Dim::toString).collect(Collectors.joining(", ", "[", "]"));
        }
    }

    public TileLayout {
        tiles = List.copyOf(tiles);
    }

    static TileLayout of(TileKernel kernel, Axis queries, Axis keys) {
        List<Placed> tiles = new ArrayList<>();
        collect(kernel.body(), kernel, tiles);
        return new TileLayout(kernel.block(queries), kernel.block(keys), tiles);
    }

    private static void collect(List<TileStmt> body, TileKernel kernel, List<Placed> tiles) {
        for (TileStmt stmt : body) {
            switch (stmt) {
                case TileStmt.Define d -> tiles.add(placed(d.tile(), kernel));
                case TileStmt.Loop l -> collect(l.body(), kernel, tiles);
                case TileStmt.Masked m -> collect(m.body(), kernel, tiles);
                case TileStmt.Update u -> {}
                case TileStmt.Accumulate a -> {}
                case TileStmt.Store s -> {}
                case TileStmt.AddTo a -> {}
            }
        }
    }

    private static Placed placed(Tile tile, TileKernel kernel) {
        return new Placed(
                tile,
                kernel.schedule().place(tile),
                tile.axes().stream()
                        .map(axis -> kernel.schedule().blocks().containsKey(axis.name())
                                ? Dim.of(kernel.block(axis))
                                : axis.extent())
                        .toList());
    }
}
