package heddle.compiler.tile.family;

import heddle.compiler.index.BlockStrides;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.tile.TilePlan;
import heddle.compiler.tile.TileSpace;

/** The tiles of the operands of matmuls. */
final class Operand {
    private Operand() {}

    /** Such a tile is read where it lies when it has strides, and computed into local memory otherwise. */
    static TileSpace space(ScalarExpr program, TilePlan plan, Axis rows, Axis over) {
        return BlockStrides.of(program, plan.sizes(rows, over)).isPresent() ? TileSpace.GLOBAL : TileSpace.LOCAL;
    }
}
