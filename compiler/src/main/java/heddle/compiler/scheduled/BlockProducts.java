package heddle.compiler.scheduled;

import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TileStmt;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;

/**
 * The products of blocks: which sums are in registers at once, and which terms they take together.
 *
 * @param open    axes of which a block is current
 * @param inPlace factors that are read where they lie
 * @param unset   sums that were not set to zero, as their product does
 * @param place   gives a tile its memory
 * @param lanes   floats in a vector
 */
record BlockProducts(
        TileKernel kernel,
        Set<Axis> open,
        Map<String, Action.Operand> inPlace,
        Set<Tile> unset,
        Function<Tile, PlacedTile> place,
        int lanes) {
    /** How many register blocks of rows convert terms for themselves: it takes less than to store and load them. */
    private static final int PASSES = 4;

    /** Bytes of terms that are converted, or asked for, at a time: half of a first-level cache of 32 KiB. */
    private static final int SLICE = 16 << 10;

    /** The most terms that are converted at a time: a core converts the next ones while the last sums of a slice wait for each other. */
    private static final int TERMS = 64;

    /** Whether all terms of a sum are added at once, in vectors of floats, so that it need not be set to zero before. */
    boolean startFresh(Tile tile, TileExpr.Dot dot) {
        return dot.zeros() == Annihilating.NEITHER
                && Level.Lanes.element(tile.type()).isPresent()
                && !isPacked(dot.a())
                && !isPacked(dot.b());
    }

    /**
     * Packed terms are converted a slice at a time, which stays in the first-level cache. Of few rows, the time goes into reading them:
     * a bf16 or an i8 becomes a float in registers, in two instructions, an i4 in five, again for each register block. More rows share
     * what is converted once, and so do those of f16: HotSpot has an instruction for the loop over {@code float16ToFloat}, and the Vector API needs eight for it.
     */
    private Optional<ProductForm.Slice> slice(PlacedTile sums, Tile vectors, RegisterBlock registers) {
        Action.Operand operand = inPlace.get(vectors.name());
        if (!isPacked(vectors)) {
            return Optional.empty();
        }
        boolean inRegisters = operand instanceof Action.Operand.InPlace in
                && in.block().buffer().stored().hasLanes(lanes);
        return Optional.of(new ProductForm.Slice(
                Math.min(TERMS, terms(sums)),
                inRegisters ? PASSES * registers.most().rows() : 0));
    }

    /** Blocks of the innermost parallel loop follow one another: all of them, or a band. */
    private Optional<ProductForm.Fetch> fetch(Tile vectors) {
        OptionalInt rows = kernel.schedule().fetch(vectors);
        if (rows.isEmpty()) {
            return Optional.empty();
        }
        TileStmt.Loop inner = kernel.program().parallel().getLast();
        int band = kernel.schedule().band(inner.id()).orElse(0);
        return Optional.of(new ProductForm.Fetch(rows.getAsInt(), inner.axis(), band * kernel.block(inner.axis())));
    }

    private static int terms(PlacedTile sums) {
        return (int) (SLICE / sums.buffer().stored().bytes(sums.width()));
    }

    private Optional<ProductForm.Prefetch> prefetch(Tile sums, Tile vectors) {
        OptionalInt rows = kernel.schedule().prefetch(vectors);
        return rows.isPresent()
                ? Optional.of(new ProductForm.Prefetch(
                        rows.getAsInt(), terms(place.apply(sums)), registers(sums, vectors, false)))
                : Optional.empty();
    }

    private boolean isPacked(Tile tile) {
        Action.Operand operand = inPlace.get(tile.name());
        return operand instanceof Action.Operand.Scaled
                || operand instanceof Action.Operand.InPlace in
                        && in.block().buffer().stored().isPacked();
    }

    private RegisterBlock registers(Tile tile, Tile vectors, boolean fresh) {
        PlacedTile sums = place.apply(tile);
        Axis row = sums.row().orElseThrow();
        RegisterBlock block = RegisterBlock.halving(
                kernel.schedule().unroll(tile, row), kernel.schedule().unroll(tile, sums.lane()));
        boolean known = !open.contains(row) && row.extent().isKnown();
        if (fresh && !known && !unset.contains(tile)) {
            return block.overlapping();
        }
        RegisterBlock halved =
                isInParts(vectors) ? block.widened(sums.width() / Level.Lanes.count(tile.type(), lanes)) : block;
        return known ? halved.of(row.extent().value()) : halved;
    }

    private boolean isInParts(Tile vectors) {
        return inPlace.get(vectors.name()) instanceof Action.Operand.InPlace in
                && in.block().parts().isPresent();
    }

    Action of(Tile tile, TileExpr.Dot dot, boolean fresh) {
        Tile vectors = dot.a().axes().contains(place.apply(tile).lane()) ? dot.a() : dot.b();
        Tile spread = vectors == dot.a() ? dot.b() : dot.a();
        Annihilating zeros = spread == dot.a() ? dot.zeros() : dot.zeros().exchanged();
        PlacedTile sums = place.apply(tile);
        RegisterBlock registers = registers(tile, vectors, fresh);
        return new Action.Product(
                sums,
                operand(spread),
                operand(vectors),
                dot.over(),
                zeros,
                fresh,
                new ProductForm.Blocks(
                        registers, slice(sums, vectors, registers), fetch(vectors), prefetch(tile, vectors)),
                Optional.empty());
    }

    private Action.Operand operand(Tile tile) {
        Action.Operand block = inPlace.get(tile.name());
        return block != null ? block : new Action.Operand.Placed(place.apply(tile));
    }
}
