package heddle.compiler.scheduled;

import heddle.compiler.index.BlockMask;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.tile.LoopMask;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TileStmt;
import heddle.compiler.type.DType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A loop that stands behind nothing but definitions of tiles, so that both may run again.
 *
 * @param at how many definitions stand before it
 */
record FirstLoop(TileStmt.Loop loop, int at) {
    static Optional<FirstLoop> of(List<TileStmt> body) {
        for (int at = 0; at < body.size(); at++) {
            if (body.get(at) instanceof TileStmt.Loop loop) {
                return Optional.of(new FirstLoop(loop, at));
            }
            if (!(body.get(at) instanceof TileStmt.Define)) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** The fill that blocks may be left out for, where indexes or tables tell of blocks that they hold nothing else. */
    Optional<LoopMask.Fill> fill(TileKernel kernel) {
        return loop.mask().filter(mask -> isKnown(mask, kernel)).flatMap(LoopMask::fill);
    }

    private boolean isKnown(LoopMask mask, TileKernel kernel) {
        Map<Axis, BlockMask.Range> ranges = new HashMap<>();
        kernel.parallel().stream().filter(kernel::isBlocked).forEach(axis -> ranges.put(axis, range(axis)));
        ranges.put(loop.axis(), range(loop.axis()));
        return kernel.over(mask, ranges).isKnown();
    }

    private static BlockMask.Range range(Axis axis) {
        return new BlockMask.Range(
                new ScalarExpr.Variable(axis.name() + "First", DType.I64),
                new ScalarExpr.Variable(axis.name() + "Last", DType.I64));
    }
}
