package heddle.compiler.scheduled;

import heddle.compiler.tile.LoopMask;
import heddle.compiler.tile.TileStmt;
import java.util.List;
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

    /** The fill that blocks may be left out for. */
    Optional<LoopMask.Fill> fill() {
        return loop.mask().flatMap(LoopMask::fill);
    }
}
