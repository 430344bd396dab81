package heddle.compiler.scheduled;

import heddle.compiler.index.BlockStrides;
import heddle.compiler.index.Stride;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.tile.TileStmt;
import heddle.compiler.type.DType;
import heddle.compiler.type.Stored;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Decides which copies turn rows into columns: into or out of tiles whose neighbours lie along another axis than those of the buffer on
 * the other side.
 *
 * @param sizes of blocks of axes
 */
record Turning(Function<List<Axis>, Map<Axis, Integer>> sizes) {
    /**
     * A tile whose elements vectors can compute along its rows alone.
     *
     * @param rows   the axis of the tile that vectors run along
     * @param buffer where the elements lie, unless they are computed
     */
    record Filled(Axis rows, DType element, Optional<BlockStrides> buffer) {}

    /** How a tile is filled by a program, when that is by turning. */
    Optional<Filled> filled(PlacedTile tile, ScalarExpr program) {
        Optional<DType> element = Level.Lanes.element(tile.buffer().type().dtype());
        if (element.isEmpty() || tile.row().isEmpty()) {
            return Optional.empty();
        }
        Axis rows = tile.row().get();
        LaneAccess along = new LaneAccess(rows, element.get());
        boolean turns = ScalarExprs.reads(program, rows)
                && along.isNative(program)
                && !new LaneAccess(tile.lane(), element.get()).isNative(program);
        return turns
                ? Optional.of(new Filled(rows, element.get(), held(program, tile.axes(), element.get())))
                : Optional.empty();
    }

    /** The copy that a store of a tile's elements as they are is, when that turns them. */
    Optional<Action.Turn> stored(TileStmt.Store store, PlacedTile tile) {
        Axis lane = tile.lane();
        Optional<Axis> rows = tile.row()
                .filter(r -> Stride.of(store.address(), r)
                        .filter(Stride::isContiguous)
                        .isPresent());
        DType element = tile.buffer().type().dtype();
        if (rows.isEmpty()
                || store.buffer().type().dtype() != element
                || !store.value().equals(tile.element())) {
            return Optional.empty();
        }
        return held(new ScalarExpr.Element(store.buffer(), store.address()), tile.axes(), element)
                .map(block -> new Action.Turn(
                        new Action.Operand.Placed(tile), new Action.Operand.InPlace(block), lane, rows.get(), element));
    }

    private Optional<BlockStrides> held(ScalarExpr program, List<Axis> axes, DType element) {
        boolean asItIs = program instanceof ScalarExpr.Element x && x.buffer().stored() == Stored.of(element);
        return asItIs ? BlockStrides.of(program, sizes.apply(axes)) : Optional.empty();
    }
}
