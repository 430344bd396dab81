package heddle.compiler.schedule;

import heddle.compiler.index.BlockStrides;
import heddle.compiler.index.ScaledBlock;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.schedule.machine.Processor;
import heddle.compiler.tile.Choice;
import heddle.compiler.tile.IllegalSchedule;
import heddle.compiler.tile.KernelSchedule;
import heddle.compiler.tile.ProgramFacts;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TilePlace;
import heddle.compiler.tile.TileProgram;
import heddle.compiler.tile.TileStmt;
import heddle.compiler.tile.family.Contraction;
import heddle.compiler.tile.family.Panels;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Stored;
import java.util.Optional;
import java.util.Set;

/** Where tiles are held on a processor, and which are in a cache before they are read. */
record ProcessorPlaces(Processor processor) {
    /**
     * Rows from which on a block of a weight is read ahead. With one row, a core computes as fast as memory is read; with more, it has so
     * many multiply-adds to hold until their factors come that it asks for too few lines at once.
     */
    private static final int ROWS_TO_FETCH_FOR = 3;

    /** Vectors whose multiply-adds take a line each; shorter ones leave a core time to ask for the next lines by itself. */
    private static final int LANES_TO_FETCH_FOR = 16;

    /** A weight that takes this part of a second-level cache has left it when its model runs again. */
    private static final int PART_OF_CACHE = 2;

    /**
     * Places tiles: operands of products are read in place where they can be, what one loop defines and reads is in registers,
     * everything else in a worker's arrays. Products spread single elements from wherever they lie as they are computed, but take
     * vectors only from panels that make up a block, which may be packed.
     *
     * @param lanes       the axis that vectors run along
     * @param packedStays whether packed vectors are read in place; where zeros add nothing they are looked at, so they are not
     */
    KernelSchedule of(ProgramFacts facts, Axis lanes, boolean packedStays, KernelSchedule blocks) {
        TileProgram program = facts.program();
        TileKernel cut = new TileKernel(program, blocks);
        Set<String> held = blocks.hasRowsOneByOne() ? Set.of() : RegisterTiles.of(program, lanes);
        KernelSchedule schedule = blocks;
        for (TileStmt.Define define : program.definitions()) {
            Tile tile = define.tile();
            boolean stays = define.value() instanceof TileExpr.Map m
                    && program.isOperand(tile)
                    && (!isPacked(m.program()) || packedStays && tile.axes().contains(lanes))
                    && facts.canBeInPlace(tile, cut.sizes(tile.axes()))
                    && isInVectors(cut, facts, tile, m.program(), lanes);
            TilePlace memory = held.contains(tile.name()) ? TilePlace.REGISTER : TilePlace.LOCAL;
            schedule = schedule.with(new Choice.Place(tile.name(), stays ? TilePlace.IN_PLACE : memory));
        }
        return schedule;
    }

    /**
     * Whether a factor that spans the axis of the lanes lies in panels as wide as a block, or in several where zeros are numbers like
     * others. Other factors are read element by element.
     */
    private static boolean isInVectors(
            TileKernel kernel, ProgramFacts facts, Tile tile, ScalarExpr program, Axis lanes) {
        Optional<BlockStrides.Parts> panels = parts(kernel, facts, tile);
        if (!tile.axes().contains(lanes)) {
            return panels.isEmpty();
        }
        int width = panels.map(BlockStrides.Parts::length).orElse(kernel.block(lanes));
        return tile.axes().getFirst().equals(lanes)
                && Panels.arePanels(
                        ScaledBlock.held(program), lanes, tile.axes().get(1), width)
                && (panels.isEmpty()
                        || haveCommonZeros(facts) && !kernel.schedule().hasRowsOneByOne());
    }

    private static Optional<BlockStrides.Parts> parts(TileKernel kernel, ProgramFacts facts, Tile tile) {
        return facts.parts(tile, kernel.sizes(tile.axes()));
    }

    /** Whether zeros are numbers like others. */
    private static boolean haveCommonZeros(ProgramFacts facts) {
        return facts.products().stream().allMatch(p -> p.zeros() == Annihilating.NEITHER);
    }

    /**
     * The schedule of a product, in which a cache has the panels of a weight early: they are read before, or asked for while others are
     * multiplied where the processor has means to ask. Packed elements are read when they are converted, and panels of which a block has
     * several when they are multiplied.
     *
     * @param placed with places
     */
    KernelSchedule early(KernelSchedule placed, ProgramFacts facts, Contraction c) {
        Dim rows = c.m().extent();
        boolean areMany = !rows.isKnown() || rows.value() >= ROWS_TO_FETCH_FOR;
        return facts.program().definitions().stream()
                .filter(d -> areMany && d.tile().axes().contains(c.n()))
                .filter(d -> placed.place(d.tile()) == TilePlace.IN_PLACE && leavesCache(d))
                .filter(d -> parts(new TileKernel(facts.program(), placed), facts, d.tile())
                        .isEmpty())
                .findFirst()
                .map(d -> early(placed, facts, d, c))
                .orElse(placed);
    }

    private KernelSchedule early(KernelSchedule placed, ProgramFacts facts, TileStmt.Define panels, Contraction c) {
        Tile tile = panels.tile();
        KernelSchedule schedule = placed;
        if (canBeFetched(panels) && processor.lanes() >= LANES_TO_FETCH_FOR) {
            schedule = schedule.with(new Choice.Fetch(tile.name(), ROWS_TO_FETCH_FOR));
        }
        // Blocks of several batches would take lines from each other.
        boolean isShared = facts.program().parallel().stream()
                .map(TileStmt.Loop::axis)
                .anyMatch(a -> !a.equals(c.m()) && !tile.axes().contains(a));
        if (processor.prefetches() && !isShared && canBePrefetched(facts, panels)) {
            schedule = schedule.with(new Choice.Prefetch(tile.name(), ROWS_TO_FETCH_FOR));
        }
        return schedule;
    }

    private boolean leavesCache(TileStmt.Define d) {
        return element(d)
                .filter(b -> b.type().shape().size().isKnown())
                .filter(b -> b.stored().bytes(b.type().shape().size().value()) >= processor.l2() / PART_OF_CACHE)
                .isPresent();
    }

    /** Single-precision floats. */
    private static boolean canBeFetched(TileStmt.Define d) {
        return element(d).filter(b -> b.stored() == Stored.F32).isPresent();
    }

    /**
     * Floats, and elements of sixteen bits that register blocks convert for themselves; vectors of eight have no stores under masks.
     * Bytes take longer to convert than to wait for.
     */
    private boolean canBePrefetched(ProgramFacts facts, TileStmt.Define d) {
        boolean hasShortStores = processor.lanes() == 16;
        boolean areSlices = canBeFetched(d)
                || hasShortStores
                        && element(d).filter(b -> b.stored() == Stored.BF16).isPresent();
        return areSlices && haveCommonZeros(facts);
    }

    /** @throws IllegalSchedule when vectors are not where products read them, or a choice is not read */
    void verify(TileKernel kernel, ProgramFacts facts, Axis lanes) {
        Set<String> held = RegisterTiles.of(kernel.program(), lanes);
        for (TileStmt.Define d : kernel.program().definitions()) {
            Tile tile = d.tile();
            TilePlace place = kernel.schedule().place(tile);
            boolean isFar = place == TilePlace.IN_PLACE
                    && d.value() instanceof TileExpr.Map m
                    && !isInVectors(kernel, facts, tile, m.program(), lanes);
            check(
                    !isFar,
                    kernel,
                    "place " + tile,
                    "vectors along " + lanes
                            + " are read in place from panels that make up a block: from one, or from several where zeros are numbers like others");
            check(
                    place != TilePlace.REGISTER || held.contains(tile.name()),
                    kernel,
                    "place " + tile,
                    tile + " is not defined and read in one loop over " + lanes);
            boolean inVectors =
                    tile.axes().contains(lanes) && parts(kernel, facts, tile).isEmpty();
            check(
                    inVectors && canBeFetched(d)
                            || kernel.schedule().fetch(tile).isEmpty(),
                    kernel,
                    "fetch " + tile,
                    "only panels of f32 as wide as a block, which products read in vectors, are read ahead");
            check(
                    inVectors && canBePrefetched(facts, d)
                            || kernel.schedule().prefetch(tile).isEmpty(),
                    kernel,
                    "prefetch " + tile,
                    "only panels of f32 as wide as a block, and of bf16 with vectors of 16, are prefetched, where zeros are numbers like others");
        }
    }

    /** @throws IllegalSchedule when the schedule of a kernel without blocks of products has something early */
    static void nothingEarly(TileKernel kernel) {
        for (TileStmt.Define d : kernel.program().definitions()) {
            String why = "nothing reads it: only products of blocks of rows have factors early";
            check(kernel.schedule().fetch(d.tile()).isEmpty(), kernel, "fetch " + d.tile(), why);
            check(kernel.schedule().prefetch(d.tile()).isEmpty(), kernel, "prefetch " + d.tile(), why);
        }
    }

    private static void check(boolean holds, TileKernel kernel, String choice, String why) {
        if (!holds) {
            throw new IllegalSchedule(kernel.program(), choice, why);
        }
    }

    private static Optional<Buffer> buffer(ScalarExpr program) {
        return ScaledBlock.held(program) instanceof ScalarExpr.Element e ? Optional.of(e.buffer()) : Optional.empty();
    }

    private static boolean isPacked(ScalarExpr program) {
        return buffer(program).filter(b -> b.stored().isPacked()).isPresent();
    }

    /** The buffer that a tile is read from as it is. */
    private static Optional<Buffer> element(TileStmt.Define d) {
        return d.value() instanceof TileExpr.Map m && m.program() instanceof ScalarExpr.Element e
                ? Optional.of(e.buffer())
                : Optional.empty();
    }
}
