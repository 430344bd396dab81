package heddle.compiler.tile.family;

import heddle.compiler.index.BlockStrides;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.Tile.Space;
import heddle.compiler.tile.TilePlan;
import java.util.List;

/** The tiles of the operands of matmuls. */
final class Operand {
    private Operand() {}

    /** A tile that is read where it lies when it has strides, and computed into local memory otherwise. */
    static Tile tile(String name, ScalarExpr program, TilePlan plan, Axis rows, Axis over) {
        Space space = BlockStrides.of(program, plan.sizes(rows, over)).isPresent() ? Space.GLOBAL : Space.LOCAL;
        return new Tile(name, program.type(), List.of(rows, over), space);
    }
}
