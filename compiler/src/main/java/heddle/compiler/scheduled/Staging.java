package heddle.compiler.scheduled;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.Memo;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.tile.TileStmt;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Takes the parts out of a program that vectors along an axis cannot compute directly, such as elements that are not
 * neighbours, and index arithmetic. Those parts are computed one by one into tiles beforehand, so that the rest is
 * vector code.
 */
final class Staging {
    private final LaneAccess access;
    private final List<Axis> axes;
    private final int width;
    private final int first;
    private final Predicate<Buffer> isScratch;
    private final List<PlacedTile> tiles = new ArrayList<>();
    private final List<TileStmt.Store> stores = new ArrayList<>();
    private final Memo<Boolean> scratch = new Memo<>(this::findScratch);
    private final Memo<ScalarExpr> tiled = new Memo<>(this::tile);
    private final Memo<ScalarExpr> always = new Memo<>(e -> stage(e, false));
    private final Memo<ScalarExpr> onCondition = new Memo<>(e -> stage(e, true));
    private boolean failed;

    /**
     * @param axes      the axes of the tile that is computed, the lanes last
     * @param first     the number of the first tile, for its name
     * @param isScratch whether a buffer is scratch memory
     */
    Staging(LaneAccess access, List<Axis> axes, int width, int first, Predicate<Buffer> isScratch) {
        this.access = access;
        this.axes = axes;
        this.width = width;
        this.first = first;
        this.isScratch = isScratch;
    }

    /** The program over tiles; what it reads from buffers conditionally stays conditional. */
    ScalarExpr stage(ScalarExpr e) {
        return always.of(e);
    }

    private ScalarExpr stage(ScalarExpr e, boolean conditional) {
        if (access.isNative(e)) {
            return e;
        }
        if (!scratch.of(e)) {
            failed |= conditional && ScalarExprs.readsMemory(e);
            return tiled.of(e);
        }
        if (!(e instanceof Apply a)) {
            failed = true;
            return e;
        }
        List<ScalarExpr> args = new ArrayList<>();
        for (int i = 0; i < a.args().size(); i++) {
            boolean branch = conditional || a.fn() == ScalarFn.SELECT && i > 0;
            args.add((branch ? onCondition : always).of(a.args().get(i)));
        }
        return new Apply(a.fn(), a.type(), args);
    }

    private boolean findScratch(ScalarExpr e) {
        return e instanceof ScalarExpr.Variable
                || e instanceof ScalarExpr.Element el && isScratch.test(el.buffer())
                || ScalarExprs.operands(e).stream().anyMatch(scratch::of);
    }

    private ScalarExpr tile(ScalarExpr e) {
        List<Axis> needed = axes.stream()
                .filter(a -> a.equals(access.lane()) || ScalarExprs.reads(e, a))
                .toList();
        PlacedTile tile = PlacedTile.of("staged" + (first + tiles.size()), e.type(), needed, access.lane(), width);
        tiles.add(tile);
        stores.add(new TileStmt.Store(tile.buffer(), tile.axes(), tile.address(), e));
        return tile.element();
    }

    /** Whether what is left is vector code; otherwise nothing of this may be used. */
    boolean succeeded() {
        return !failed;
    }

    List<PlacedTile> tiles() {
        return tiles;
    }

    /** The stores that fill the tiles. */
    List<TileStmt.Store> stores() {
        return stores;
    }
}
