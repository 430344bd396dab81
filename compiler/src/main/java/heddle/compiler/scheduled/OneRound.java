package heddle.compiler.scheduled;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TileStmt;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Sums that are set to zero just before the only round of the loop that adds to them. They are what that round adds: nothing need be
 * set to zero.
 */
record OneRound(TileKernel kernel) {
    /** Their tiles. @param body statements that follow each other */
    Set<Tile> sums(List<TileStmt> body) {
        Set<Tile> sums = new HashSet<>();
        for (int at = 0; at + 1 < body.size(); at++) {
            if (body.get(at + 1) instanceof TileStmt.Loop loop && hasOneRound(loop)) {
                zero(body.get(at)).filter(tile -> isAddedTo(tile, loop.body())).ifPresent(sums::add);
            }
        }
        return sums;
    }

    private static Optional<Tile> zero(TileStmt stmt) {
        return stmt instanceof TileStmt.Define d
                        && d.value() instanceof TileExpr.Map m
                        && ScalarExprs.isZero(m.program())
                ? Optional.of(d.tile())
                : Optional.empty();
    }

    private boolean hasOneRound(TileStmt.Loop loop) {
        Axis axis = loop.axis();
        return loop.mask().isEmpty()
                && loop.bounds().areAllOf(axis)
                && axis.extent().isKnown()
                && axis.extent().value() >= 1
                && axis.extent().value() <= kernel.block(axis);
    }

    /** Whether a product is added to a tile, and nothing else in {@code body} is about it. */
    private static boolean isAddedTo(Tile tile, List<TileStmt> body) {
        long products = body.stream()
                .filter(s -> s instanceof TileStmt.Accumulate a && a.tile().equals(tile))
                .count();
        return products == 1
                && body.stream()
                        .allMatch(s -> s instanceof TileStmt.Accumulate
                                || s instanceof TileStmt.Define d
                                        && d.value() instanceof TileExpr.Map m
                                        && !ScalarExprs.contains(m.program(), tile.value()));
    }
}
