package heddle.compiler.scheduled;

import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.tile.LoopMask;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileStmt;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A loop that stands behind nothing but definitions of tiles, so that both may run again. */
record FirstLoop(List<TileStmt> before, TileStmt.Loop loop) {
    static Optional<FirstLoop> of(List<TileStmt> body) {
        List<TileStmt> before =
                body.stream().takeWhile(TileStmt.Define.class::isInstance).toList();
        return before.size() < body.size() && body.get(before.size()) instanceof TileStmt.Loop loop
                ? Optional.of(new FirstLoop(before, loop))
                : Optional.empty();
    }

    /** The fill that blocks may be left out for. */
    Optional<LoopMask.Fill> fill() {
        return loop.mask().flatMap(LoopMask::fill);
    }

    /**
     * Where products of the loop leave out zeros, the sums that tell whether they had to: sums that start at zero before the loop, to
     * which it adds products, and which it multiplies by factors. Once they are not finite they stay so until a factor is zero, which
     * takes all that was added before away.
     */
    Optional<Tile> checkedSums() {
        List<Tile> found = new ArrayList<>();
        for (TileStmt stmt : loop.body()) {
            if (stmt instanceof TileStmt.Accumulate a && a.value().zeros() != Annihilating.NEITHER) {
                found.add(a.tile());
            }
        }
        return found.stream()
                .filter(sums -> found.size() == 1)
                .filter(sums -> loop.body().stream().allMatch(s -> leaves(s, sums)))
                .filter(sums -> before.stream()
                        .anyMatch(
                                s -> s instanceof TileStmt.Define d && d.tile().equals(sums)))
                .findFirst();
    }

    /** Whether a statement changes nothing outside of tiles, and leaves what is not finite in the sums. */
    private static boolean leaves(TileStmt stmt, Tile sums) {
        return switch (stmt) {
            case TileStmt.Define d -> true;
            case TileStmt.Accumulate a -> true;
            case TileStmt.Masked m -> m.body().stream().allMatch(s -> leaves(s, sums));
            case TileStmt.Update u ->
                !u.tile().equals(sums) || isMultiple(u.value().program(), sums.value());
            case TileStmt.Loop l -> false;
            case TileStmt.Store s -> false;
            case TileStmt.AddTo a -> false;
        };
    }

    /** {@code where(factor == 0, 0, sum * factor)}. */
    private static boolean isMultiple(ScalarExpr program, ScalarExpr sum) {
        return program instanceof ScalarExpr.Apply select
                && select.fn() == ScalarFn.SELECT
                && select.args().getFirst() instanceof ScalarExpr.Apply isZero
                && isZero.fn() == ScalarFn.EQ
                && ScalarExprs.isZero(isZero.args().getLast())
                && ScalarExprs.isZero(select.args().get(1))
                && select.args()
                        .getLast()
                        .equals(ScalarExpr.apply(
                                ScalarFn.MUL, sum, isZero.args().getFirst()));
    }
}
