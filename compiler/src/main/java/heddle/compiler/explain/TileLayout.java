package heddle.compiler.explain;

import heddle.compiler.scalar.Axis;
import heddle.compiler.tile.Stmt;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TilePlan;
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
     * A tile and its size.
     *
     * @param sizes one for each axis of the tile
     */
    public record Placed(Tile tile, List<Dim> sizes) {
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
        collect(kernel.body(), kernel.plan(), tiles);
        return new TileLayout(kernel.plan().block(queries), kernel.plan().block(keys), tiles);
    }

    private static void collect(List<Stmt> body, TilePlan plan, List<Placed> tiles) {
        for (Stmt stmt : body) {
            switch (stmt) {
                case Stmt.Define d -> tiles.add(placed(d.tile(), plan));
                case Stmt.Loop l -> collect(l.body(), plan, tiles);
                case Stmt.Masked m -> collect(m.body(), plan, tiles);
                case Stmt.Update u -> {}
                case Stmt.Accumulate a -> {}
                case Stmt.Store s -> {}
            }
        }
    }

    private static Placed placed(Tile tile, TilePlan plan) {
        return new Placed(
                tile,
                tile.axes().stream()
                        .map(axis -> plan.blocks().containsKey(axis.name()) ? Dim.of(plan.block(axis)) : axis.extent())
                        .toList());
    }
}
