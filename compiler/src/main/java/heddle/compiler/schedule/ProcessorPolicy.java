package heddle.compiler.schedule;

import heddle.compiler.index.BlockStrides;
import heddle.compiler.index.ScaledBlock;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.tile.Choice;
import heddle.compiler.tile.IllegalSchedule;
import heddle.compiler.tile.KernelSchedule;
import heddle.compiler.tile.LoopId;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TilePlace;
import heddle.compiler.tile.TileProgram;
import heddle.compiler.tile.TileStmt;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.tile.family.Contraction;
import heddle.compiler.tile.family.Family;
import heddle.compiler.tile.family.MapFamily;
import heddle.compiler.tile.family.Panels;
import heddle.compiler.tile.family.RowFamily;
import heddle.compiler.tile.family.SplitAttention;
import heddle.compiler.type.Dim;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Schedules for processors with vector registers. The same sizes suit vectors of 4, 8 and 16 floats, so plans and
 * packed weights do not depend on the processor. The code writer decides how to split a block into registers.
 */
final class ProcessorPolicy implements SchedulePolicy {
    /** Rows of a block of a product: a multiple of the 6 and the 8 rows that are computed in registers at once. */
    private static final int ROWS = 48;

    /** Rows when the block of {@code b} is packed only for this block, a cost that more rows must share. */
    private static final int ROWS_TO_PACK_FOR = 192;

    /** Columns of a block of a product, four vectors of 16 floats. */
    private static final int COLUMNS = 64;

    /** Of a block of {@code b} this deep, 64 columns take a quarter of a common second-level cache. */
    private static final int DEPTH = 1024;

    private static final int QUERIES = 32;
    private static final int KEYS = 128;

    /**
     * Keys that few queries are compared with at a time, and the length of a part. Their scores stay in the first-level cache,
     * and the keys and values of one part, 256 KiB for heads of 128, in a part of the second.
     */
    private static final int KEYS_OF_FEW = 256;

    @Override
    public boolean keepsPacked() {
        return true;
    }

    @Override
    public OptionalInt panel(Contraction c) {
        return OptionalInt.of(columns(c.n().extent()));
    }

    /** Products have whole register blocks along lanes: of one, two or four vectors of 16 floats. */
    @Override
    public void verify(TileKernel kernel) {
        SchedulePolicy.super.verify(kernel);
        if (kernel.schedule().hasRowsOneByOne() || kernel.body().stream().noneMatch(TileStmt.Loop.class::isInstance)) {
            return;
        }
        Axis lanes = kernel.parallel().stream()
                .filter(kernel.schedule()::isBlocked)
                .findFirst()
                .orElseThrow(() -> new IllegalSchedule(kernel.program(), "no axis is cut", "lanes run along blocks"));
        int block = kernel.schedule().block(lanes);
        if (block != COLUMNS / 4 && block != COLUMNS / 2 && block % COLUMNS != 0) {
            throw new IllegalSchedule(
                    kernel.program(), "cut " + lanes + " " + block, "blocks along lanes are of 16, 32 or 64 indexes");
        }
    }

    @Override
    public KernelSchedule schedule(Family family) {
        return switch (family) {
            case MapFamily m -> FamilySchedules.of(m);
            case RowFamily r -> FamilySchedules.of(r);
            case Contraction c -> schedule(c);
            case Attention a -> schedule(a);
            case SplitAttention s -> schedule(s);
        };
    }

    private static KernelSchedule schedule(Contraction c) {
        int columns = columns(c.n().extent());
        int rows = Panels.arePanels(ScaledBlock.held(c.b()), c.n(), c.k(), columns) ? ROWS : ROWS_TO_PACK_FOR;
        KernelSchedule blocks = KernelSchedule.NONE
                .with(FamilySchedules.cut(c.m(), rows))
                .with(FamilySchedules.cut(c.n(), columns))
                .with(FamilySchedules.cut(c.k(), depth(c.k())));
        return placed(c.program("product", List.of()), c.n(), c.zeros() == Annihilating.NEITHER, blocks);
    }

    /** The columns of a block, and of a panel of packed weights, of a product with {@code n} columns. */
    private static int columns(Dim n) {
        if (!n.isKnown() || n.value() > COLUMNS / 2) {
            return COLUMNS;
        }
        return n.value() <= COLUMNS / 4 ? COLUMNS / 4 : COLUMNS / 2;
    }

    /** All of a short sum at once, a long one in equal parts. */
    private static int depth(Axis k) {
        if (!k.extent().isKnown()) {
            return DEPTH;
        }
        long length = Math.max(1, k.extent().value());
        long parts = Math.ceilDiv(length, DEPTH);
        return (int) Math.ceilDiv(length, parts);
    }

    /**
     * Two vectors of 16 queries keep their sums in registers; the keys of a block have scores that stay in the first-level cache.
     * Under a mask later blocks of queries have more work, as causal masks are the most common, and begin first.
     */
    private static KernelSchedule schedule(Attention a) {
        if (FewQueries.are(a)) {
            return placed(a.program("attention", List.of()), a.i(), false, few(a));
        }
        KernelSchedule blocks = KernelSchedule.NONE
                .with(FamilySchedules.cut(a.i(), QUERIES))
                .with(FamilySchedules.whole(a.e()))
                .with(FamilySchedules.cut(a.j(), KEYS));
        if (a.mask().isPresent()) {
            blocks = blocks.with(new Choice.Order(LoopId.of(a.i()), Choice.Direction.DOWN));
        }
        return placed(a.program("attention", List.of()), a.i(), false, blocks);
    }

    /** All rows in one block, computed one by one. A block of one row counts as two, since blocks of one are no blocks. */
    private static KernelSchedule few(Attention a) {
        int rows = Math.toIntExact(a.i().extent().value());
        return KernelSchedule.NONE
                .with(FamilySchedules.cut(a.i(), Math.max(2, rows)))
                .with(FamilySchedules.whole(a.e()))
                .with(FamilySchedules.cut(a.j(), KEYS_OF_FEW))
                .with(new Choice.Bind(LoopId.of(a.i()), Choice.Level.LOOP));
    }

    /** A block is one part, or all of them, of all rows of a batch. */
    private static KernelSchedule schedule(SplitAttention s) {
        KernelSchedule blocks = KernelSchedule.NONE;
        TileProgram program = s.program("attention", List.of());
        for (Choice c : few(s.whole()).choices()) {
            boolean keys = c.subject().equals(LoopId.of(s.whole().j()).name());
            if (!keys || s.step() == SplitAttention.Step.PARTS) {
                blocks = blocks.with(c);
            }
        }
        blocks = blocks.with(new Choice.Cut(LoopId.of(s.parts()), new Choice.Size.Each()));
        return placed(program, s.whole().i(), false, blocks);
    }

    @Override
    public Attention form(Attention a) {
        return FewQueries.stacked(a);
    }

    /** The length of a part is a number, so that no bit depends on the threads that share them out. */
    @Override
    public OptionalInt part(Attention a) {
        boolean one = a.j().extent().isKnown() && a.j().extent().value() <= KEYS_OF_FEW;
        return one || !FewQueries.are(a) ? OptionalInt.empty() : OptionalInt.of(KEYS_OF_FEW);
    }

    /**
     * Places tiles: operands of products are read in place where they can be, everything else is in a worker's arrays. Products
     * spread single elements from wherever they lie as they are computed, but take vectors only from rows as wide as a block, which
     * may be packed.
     *
     * @param lanes       the axis that vectors run along
     * @param packedStays whether packed vectors are read in place; where zeros add nothing they are looked at, so they are not
     */
    private static KernelSchedule placed(TileProgram program, Axis lanes, boolean packedStays, KernelSchedule blocks) {
        KernelSchedule schedule = blocks;
        for (TileStmt.Define define : program.definitions()) {
            Tile tile = define.tile();
            boolean stays = define.value() instanceof TileExpr.Map m
                    && program.isOperand(tile)
                    && (!isPacked(m.program()) || packedStays && tile.axes().contains(lanes))
                    && isInRows(m.program(), tile, lanes, blocks);
            schedule = schedule.with(new Choice.Place(tile.name(), stays ? TilePlace.IN_PLACE : TilePlace.LOCAL));
        }
        return schedule;
    }

    private static boolean isInRows(ScalarExpr program, Tile tile, Axis lanes, KernelSchedule blocks) {
        Map<Axis, Integer> sizes = blocks.sizes(tile.axes().toArray(Axis[]::new));
        if (!tile.axes().contains(lanes)) {
            return BlockStrides.of(program, sizes).isPresent();
        }
        Axis over = tile.axes().get(1);
        ScalarExpr held = ScaledBlock.held(program);
        return tile.axes().getFirst().equals(lanes)
                && Panels.arePanels(held, lanes, over, blocks.block(lanes))
                && (held == program ? BlockStrides.of(program, sizes) : ScaledBlock.of(program, lanes, over, sizes))
                        .isPresent();
    }

    private static boolean isPacked(ScalarExpr program) {
        return ScaledBlock.held(program) instanceof ScalarExpr.Element e
                && e.buffer().stored().isPacked();
    }
}
