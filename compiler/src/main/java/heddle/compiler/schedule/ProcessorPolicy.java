package heddle.compiler.schedule;

import heddle.compiler.index.ScaledBlock;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.schedule.machine.Processor;
import heddle.compiler.tile.Choice;
import heddle.compiler.tile.IllegalSchedule;
import heddle.compiler.tile.KernelSchedule;
import heddle.compiler.tile.LoopId;
import heddle.compiler.tile.LoopMode;
import heddle.compiler.tile.ProgramFacts;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TilePlace;
import heddle.compiler.tile.TileStmt;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.tile.family.AttentionGradients;
import heddle.compiler.tile.family.Contraction;
import heddle.compiler.tile.family.Family;
import heddle.compiler.tile.family.MapFamily;
import heddle.compiler.tile.family.Panels;
import heddle.compiler.tile.family.RowFamily;
import heddle.compiler.tile.family.ScatterFamily;
import heddle.compiler.tile.family.SplitAttention;
import heddle.compiler.type.Dim;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Schedules for processors with vector registers.
 *
 * @param processor that runs the kernels
 */
record ProcessorPolicy(Processor processor) implements SchedulePolicy {
    /** Rows of a block of a product: a multiple of the 6, 8 and 12 rows that are computed in registers at once. */
    private static final int ROWS = 48;

    /** Rows when the block of {@code b} is packed only for this block, a cost that more rows must share. */
    private static final int ROWS_TO_PACK_FOR = 192;

    /** Rows that stay in a second-level cache, or near it, while the blocks of {@code b} pass by. */
    private static final int ROWS_OF_BAND = 192;

    /** The most columns of a block of a product: four vectors of 16 floats. */
    private static final int COLUMNS = 64;

    /** The part of a second-level cache that a block of {@code b} with the most columns takes; what it is multiplied with passes by. */
    private static final int PART_OF_SECOND_CACHE = 2;

    /** Blocks of columns that each thread has at least where they have several panels, to balance what threads do. */
    private static final int BLOCKS_OF_A_THREAD = 2;

    /** Queries of a block: two vectors of 16. */
    private static final int QUERIES = 32;

    /** The part of a first-level cache that the scores of a block take; keys and values pass by. */
    private static final int PART_OF_FIRST_CACHE = 2;

    /** Queries, or keys, that a block of keys, or queries, is compared with: two or three tiles of pairs share a first-level cache. */
    private static final int PAIRED = 64;

    /** Heads that are computed one by one, each in one pass: enough to share out to a few threads. */
    private static final int HEADS = 8;

    /** Whole vectors of any processor: features are a multiple of it, and a block of a product has no fewer columns. */
    private static final int WHOLE = 16;

    /** By how many keys a partial block is narrowed at a time: the rows of a register block. */
    private static final int TRIM = 8;

    /** Vectors side by side in a loop over columns: a second one hides what the first one waits for. */
    private static final int VECTORS = 2;

    /** Where values are costly they fill a core by themselves, and a loop body should not hold their code twice. */
    private static final int VECTORS_OF_COSTLY = 1;

    /** Pieces that a thread takes on average: enough to balance, and few enough that taking them costs nothing. */
    private static final int PIECES = 4;

    /**
     * Keys that few queries are compared with at a time, and the length of a part. Their scores stay in the first-level cache,
     * and the keys and values of one part, 256 KiB for heads of 128, in a part of the second.
     */
    private static final int KEYS_OF_FEW = 256;

    private static final Set<Class<? extends Choice>> KINDS = Set.of(
            Choice.Cut.class,
            Choice.Order.class,
            Choice.Band.class,
            Choice.Place.class,
            Choice.Bind.class,
            Choice.Unroll.class,
            Choice.Fetch.class,
            Choice.Prefetch.class,
            Choice.Trim.class,
            Choice.Grain.class);

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
    public void verify(TileKernel kernel, ProgramFacts facts) {
        SchedulePolicy.super.verify(kernel, facts);
        if (!hasBlocksOfProducts(kernel)) {
            ProcessorPlaces.nothingEarly(kernel);
            return;
        }
        Axis lanes = kernel.lanes()
                .orElseThrow(() -> new IllegalSchedule(kernel.program(), "no axis is cut", "lanes run along blocks"));
        int block = kernel.block(lanes);
        if (block != WHOLE && block != COLUMNS / 2 && block != COLUMNS) {
            throw new IllegalSchedule(
                    kernel.program(), "cut " + lanes + " " + block, "blocks along lanes are of 16, 32 or 64 indexes");
        }
        places().verify(kernel, facts, lanes);
        facts.sums().forEach(sums -> registers().verify(kernel, sums, lanes, block));
        int vectors = kernel.schedule().bound(lanes, Choice.Level.REGISTER).orElse(1);
        if (vectors < 1 || vectors > RegisterBlocks.MOST) {
            throw new IllegalSchedule(
                    kernel.program(),
                    "bind " + lanes + " register " + vectors,
                    "a loop takes from 1 to " + RegisterBlocks.MOST + " vectors at once");
        }
    }

    private static boolean hasBlocksOfProducts(TileKernel kernel) {
        return !kernel.schedule().hasRowsOneByOne()
                && kernel.body().stream().anyMatch(TileStmt.Loop.class::isInstance)
                && !kernel.program().definitions().isEmpty();
    }

    @Override
    public KernelSchedule settled(TileKernel kernel, ProgramFacts facts) {
        return kernel.lanes()
                .filter(lanes -> hasBlocksOfProducts(kernel))
                .map(lanes -> registers().settled(kernel, facts, lanes))
                .orElse(kernel.schedule());
    }

    @Override
    public KernelSchedule schedule(Family family, ProgramFacts facts) {
        KernelSchedule schedule = switch (family) {
            case MapFamily m -> FamilySchedules.of(m);
            case RowFamily r ->
                r.runsAcross() ? FamilySchedules.of(r) : registers().ofReductions(FamilySchedules.of(r), facts);
            case ScatterFamily s -> FamilySchedules.of(s);
            case Contraction c -> schedule(c, facts);
            case Attention a -> schedule(a, facts);
            case SplitAttention s -> schedule(s, facts);
            case AttentionGradients g -> schedule(g, facts);
        };
        return schedule.with(new Choice.Grain(PIECES));
    }

    private ProcessorPlaces places() {
        return new ProcessorPlaces(processor);
    }

    private RegisterBlocks registers() {
        return new RegisterBlocks(processor);
    }

    /** Register blocks of products, and vectors side by side in loops over columns. */
    private KernelSchedule inVectors(KernelSchedule schedule, ProgramFacts facts, Axis lane, int width, int most) {
        boolean costly = facts.program().programs().stream().anyMatch(RegisterBlocks::isCostly);
        int vectors = costly ? VECTORS_OF_COSTLY : most;
        return registers()
                .ofExtremes(registers().ofProducts(schedule, facts, lane, width), facts, lane)
                .with(new Choice.Bind(
                        lane.name(),
                        List.of(
                                new Choice.Factor(Choice.Level.REGISTER, vectors),
                                new Choice.Factor(Choice.Level.LANE, 0))));
    }

    private KernelSchedule schedule(Contraction c, ProgramFacts facts) {
        int panel = columns(c.n().extent());
        boolean arePanels = Panels.arePanels(ScaledBlock.held(c.b()), c.n(), c.k(), panel);
        int rows = arePanels ? ROWS : ROWS_TO_PACK_FOR;
        int columns = arePanels ? columnsOfPanels(c, panel) : panel;
        KernelSchedule blocks = KernelSchedule.NONE
                .with(FamilySchedules.cut(c.m(), rows))
                .with(FamilySchedules.cut(c.n(), columns))
                .with(FamilySchedules.cut(c.k(), depth(c.k())));
        if (isLonger(c.m(), rows) && isLonger(c.n(), columns) && rows < ROWS_OF_BAND) {
            blocks = blocks.with(new Choice.Band(LoopId.of(c.m()), ROWS_OF_BAND / rows));
        }
        KernelSchedule placed = places().of(facts, c.n(), c.zeros() == Annihilating.NEITHER, blocks);
        boolean whole = c.n().extent().isKnown() && c.n().extent().value() % columns == 0;
        int vectors = whole ? panel / processor.lanes() : VECTORS;
        return inVectors(places().early(placed, facts, c), facts, c.n(), columns, vectors);
    }

    /**
     * The columns of a block, and of a panel of packed weights, of a product with {@code n} columns: as many as the widest register block
     * has, so that it reads one cache line after the other, and at least 16.
     */
    private int columns(Dim n) {
        int most = registers().mostAcross() * processor.lanes();
        int columns = WHOLE;
        while (columns < most && (!n.isKnown() || n.value() > columns)) {
            columns *= 2;
        }
        return columns;
    }

    /**
     * The columns of a block of whole panels. Few rows take as long as their factors take to come from memory, and those of several
     * panels, side by side, come sooner than those of one, unless they are converted before. Where a processor can ask for the next terms of
     * a panel, it does that instead. Threads that share out the columns of few rows have some blocks each.
     */
    private int columnsOfPanels(Contraction c, int panel) {
        boolean isInRegisters = c.b() instanceof ScalarExpr.Element e
                && e.type().isFloat()
                && (!e.buffer().stored().isPacked() || e.buffer().stored().hasLanes(processor.lanes()));
        if (!isInRegisters
                || c.zeros() != Annihilating.NEITHER
                || !c.n().extent().isKnown()
                || processor.prefetches()) {
            return panel;
        }
        long all = c.n().extent().value();
        int columns = panel;
        while (columns < COLUMNS
                && all % (2 * columns) == 0
                && all / (2 * columns) >= BLOCKS_OF_A_THREAD * processor.cores()) {
            columns *= 2;
        }
        return columns;
    }

    private static boolean isLonger(Axis axis, int block) {
        return !axis.extent().isKnown() || axis.extent().value() > block;
    }

    /** How many rows of {@code width} floats take so many bytes: a power of two. */
    private static int rowsIn(int bytes, int width) {
        return Integer.highestOneBit(bytes / Float.BYTES / width);
    }

    /** All of a short sum at once, a long one in equal parts. */
    private int depth(Axis k) {
        int most = rowsIn(processor.l2() / PART_OF_SECOND_CACHE, COLUMNS);
        if (!k.extent().isKnown()) {
            return most;
        }
        long length = Math.max(1, k.extent().value());
        long parts = Math.ceilDiv(length, most);
        return (int) Math.ceilDiv(length, parts);
    }

    /**
     * Two vectors of 16 queries keep their sums in registers; the keys of a block have scores that stay in the first-level cache.
     * Under a mask later blocks of queries have more work, as causal masks are the most common, and begin first.
     */
    private KernelSchedule schedule(Attention a, ProgramFacts facts) {
        if (FewQueries.are(a.definition())) {
            return registers().ofFewRows(places().of(facts, a.i(), false, few(a)), facts, a.i());
        }
        KernelSchedule blocks = KernelSchedule.NONE
                .with(FamilySchedules.cut(a.i(), QUERIES))
                .with(FamilySchedules.whole(a.e()))
                .with(FamilySchedules.cut(a.j(), rowsIn(processor.l1() / PART_OF_FIRST_CACHE, QUERIES)));
        if (a.kept().isPresent()) {
            blocks = blocks.with(new Choice.Order(LoopId.of(a.i()), Choice.Direction.DOWN))
                    .with(new Choice.Trim(LoopId.of(a.j()), TRIM));
        }
        return inVectors(places().of(facts, a.i(), false, blocks), facts, a.i(), QUERIES, VECTORS);
    }

    /** All rows in one block, computed one by one. A block of one row counts as two, since blocks of one are no blocks. */
    private static KernelSchedule few(Attention a) {
        int rows = Math.toIntExact(a.i().extent().value());
        KernelSchedule schedule = KernelSchedule.NONE
                .with(FamilySchedules.cut(a.i(), Math.max(2, rows)))
                .with(FamilySchedules.whole(a.e()))
                .with(FamilySchedules.cut(a.j(), KEYS_OF_FEW))
                .with(new Choice.Bind(a.i().name(), List.of(new Choice.Factor(Choice.Level.LOOP, 0))));
        return a.definition().mask().isPresent() ? schedule.with(new Choice.Trim(LoopId.of(a.j()), TRIM)) : schedule;
    }

    /**
     * Lanes run along the keys, or queries, whose blocks are independent, so that their gradients stay in the first-level cache while
     * the others pass by. Under a causal mask the first keys and the last queries have most work, and begin first.
     */
    private KernelSchedule schedule(AttentionGradients g, ProgramFacts facts) {
        KernelSchedule blocks = KernelSchedule.NONE
                .with(FamilySchedules.cut(g.outer(), QUERIES))
                .with(FamilySchedules.cut(g.inner(), PAIRED));
        if (g.forward().mask().isPresent()) {
            blocks = blocks.with(new Choice.Trim(LoopId.of(g.inner()), TRIM));
            // A sum in a buffer goes by the order of blocks.
            if (g.side() == AttentionGradients.Side.QUERIES
                    && facts.program().sums().isEmpty()) {
                blocks = blocks.with(new Choice.Order(LoopId.of(g.outer()), Choice.Direction.DOWN));
            }
        }
        for (TileStmt.Loop loop : facts.program().loops()) {
            boolean isOfPairs = loop.axis().equals(g.inner()) || loop.axis().equals(g.outer());
            if (loop.mode() instanceof LoopMode.Sequential && !isOfPairs) {
                blocks = blocks.with(new Choice.Cut(loop.id(), new Choice.Size.Each()));
            }
        }
        return inVectors(places().of(facts, g.outer(), false, blocks), facts, g.outer(), QUERIES, VECTORS);
    }

    /** A block is one part, or all of them, of all rows of a batch. */
    private KernelSchedule schedule(SplitAttention s, ProgramFacts facts) {
        KernelSchedule blocks = KernelSchedule.NONE;
        for (Choice c : few(s.whole()).choices()) {
            boolean keys = c.subject().equals(LoopId.of(s.whole().j()).name());
            if (!keys || s.step() == SplitAttention.Step.PARTS) {
                blocks = blocks.with(c);
            }
        }
        blocks = blocks.with(new Choice.Cut(LoopId.of(s.parts()), new Choice.Size.Each()));
        KernelSchedule placed = places().of(facts, s.whole().i(), false, blocks);
        return registers().ofFewRows(placed, facts, s.whole().i());
    }

    /**
     * One pass where heads keep threads busy, as far as lengths that are known say so: no bit depends on the threads. Vectors of the
     * gradients by queries run along features.
     */
    @Override
    public boolean takesOnePass(AttentionGradients both) {
        Dim features = both.forward().d().extent();
        long heads = 1;
        for (Axis axis : both.independent()) {
            heads *= axis.extent().isKnown() ? axis.extent().value() : 1;
        }
        return heads >= HEADS && features.isKnown() && features.value() > 0 && features.value() % WHOLE == 0;
    }

    @Override
    public boolean copiesRows(Attention a, Dim bytes) {
        return FarRows.areCopied(a, bytes);
    }

    @Override
    public Attention form(Attention a) {
        return FewQueries.are(a.definition()) ? FewQueries.stacked(a) : a.leavingOutFilled();
    }

    /** The length of a part is a number, so that no bit depends on the threads that share them out. */
    @Override
    public OptionalInt part(Attention a) {
        boolean one = a.j().extent().isKnown() && a.j().extent().value() <= KEYS_OF_FEW;
        return one || !FewQueries.are(a.definition()) ? OptionalInt.empty() : OptionalInt.of(KEYS_OF_FEW);
    }

    /**
     * The same loops are cut, of few rows into the same blocks. What is read in place or in registers may be in memory that fits it.
     */
    @Override
    public void verifyGiven(TileKernel given, TileKernel chosen) {
        GivenRules rules = new GivenRules(given, chosen);
        rules.choicesAreRead(KINDS);
        boolean oneByOne = chosen.schedule().hasRowsOneByOne();
        rules.check(
                given.schedule().hasRowsOneByOne() == oneByOne,
                "bind",
                "rows are computed one by one where, and only where, they are few");
        rules.sameLoopsAreCut(oneByOne);
        rules.placesAre((tile, place, usual) -> place == usual || place == TilePlace.LOCAL && !oneByOne);
        rules.tilesFit();
        if (oneByOne) {
            rules.unrollsAtMostAsChosen();
        } else {
            rules.innermostUnroll(RegisterBlocks.MOST);
        }
    }
}
