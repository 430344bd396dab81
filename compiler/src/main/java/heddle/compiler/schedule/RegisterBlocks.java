package heddle.compiler.schedule;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Effort;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.schedule.machine.Processor;
import heddle.compiler.tile.Choice;
import heddle.compiler.tile.IllegalSchedule;
import heddle.compiler.tile.KernelSchedule;
import heddle.compiler.tile.ProgramFacts;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TileStmt;
import heddle.compiler.type.DType;
import heddle.compiler.type.Precision;
import java.util.List;

/** How many values the statements of a kernel hold in the registers of a processor at once. */
record RegisterBlocks(Processor processor) {
    /** The most values that any statement computes at once: more code than a loop body is good for. */
    static final int MOST = 16;

    /** Registers with which a block of six rows and four vectors leaves room for its factors. */
    private static final int MANY = 32;

    private static final int MOST_VECTORS = 4;

    /** Accumulators of an extreme for each comparison that begins in a cycle: one takes four. */
    private static final int ACCUMULATORS = 4;

    /**
     * Accumulators of a sum. It does not depend on what is summed: a value that is stored and one that is computed in the loop must
     * give the same bits, as when a memory budget lets values be computed again.
     */
    private static final int ACCUMULATORS_OF_SUMS = 2;

    /** Where values are costly, a loop body should not hold many copies of their code. */
    private static final int ACCUMULATORS_OF_COSTLY = 2;

    /** The axis that vectors of sums run along: the last one of sums along the axis of the lanes. */
    static Axis lane(Tile sums, Axis lanes) {
        return sums.axes().contains(lanes) ? lanes : sums.axes().getLast();
    }

    /** The indexes of sums along their vectors, of which {@code block} are in a block along {@code lanes}. */
    static int width(Axis lane, Axis lanes, int block) {
        return lane.equals(lanes) ? block : Math.toIntExact(lane.extent().value());
    }

    /** A core that multiplies and adds several vectors in a cycle compares as many. */
    private int accumulators() {
        return Math.min(MOST, ACCUMULATORS * processor.fmas());
    }

    /** Lanes of the vectors that hold values of a type; none hold integers. */
    int lanes(DType type) {
        return Precision.computed(type) == DType.F64 ? processor.lanes() / 2 : processor.lanes();
    }

    /**
     * The register blocks of products whose lanes run along one axis of a block: enough sums that multiply-adds, which take four
     * cycles and of which up to two begin in each, never wait for each other, and so few that factors find registers too. What a step
     * costs beside them, counting and addresses, is shared by more sums where there are more registers.
     *
     * @param lanes the axis that vectors run along
     * @param block indexes of a block of it
     */
    KernelSchedule ofProducts(KernelSchedule schedule, ProgramFacts facts, Axis lanes, int block) {
        KernelSchedule all = schedule;
        for (Tile sums : facts.sums()) {
            Axis lane = lane(sums, lanes);
            int vectors = vectors(sums, lane, lanes, block);
            int across = vectors == 1 ? 1 : vectors % MOST_VECTORS == 0 ? mostAcross() : 2;
            int rows = across == 1 ? 8 : hasMany() && across == 2 ? 12 : 6;
            all = all.with(new Choice.Unroll(sums.name(), row(sums, lane).name(), rows))
                    .with(new Choice.Unroll(sums.name(), lane.name(), across));
        }
        return all;
    }

    /** The most vectors side by side in a register block of products. */
    int mostAcross() {
        return hasMany() ? MOST_VECTORS : 2;
    }

    private boolean hasMany() {
        return processor.registers() >= MANY;
    }

    /**
     * The register blocks of products of few rows, whose lanes run along features or keys: each vector of keys or values is loaded
     * once for as many rows as a quarter of the sums leaves room for. Fewer rows at the end have more vectors each.
     */
    KernelSchedule ofFewRows(KernelSchedule schedule, ProgramFacts facts, Axis rows) {
        KernelSchedule all = schedule;
        int most = hasMany() ? 4 : 2;
        for (Tile sums : facts.sums()) {
            all = all.with(new Choice.Unroll(sums.name(), rows.name(), most));
            if (facts.isAccumulated(sums)) {
                Axis columns = sums.axes().stream()
                        .filter(a -> !a.equals(rows))
                        .findFirst()
                        .orElseThrow();
                all = all.with(new Choice.Unroll(sums.name(), columns.name(), 4));
            }
        }
        return ofReductions(all, facts);
    }

    /** The accumulators of extremes that vectors along the lanes have. Sums are added in order. */
    KernelSchedule ofExtremes(KernelSchedule schedule, ProgramFacts facts, Axis lanes) {
        KernelSchedule all = schedule;
        for (TileStmt.Define d : facts.program().definitions()) {
            if (d.value() instanceof TileExpr.Reduce r
                    && (r.kind() == Reduction.MAX || r.kind() == Reduction.MIN)
                    && d.tile().axes().contains(lanes)) {
                all = all.with(new Choice.Unroll(d.tile().name(), r.over().name(), accumulators()));
            }
        }
        return all;
    }

    /** The accumulators of reductions along rows. What is stored along a row just before is computed in the same loop. */
    KernelSchedule ofReductions(KernelSchedule schedule, ProgramFacts facts) {
        KernelSchedule all = schedule;
        for (List<TileStmt> block : facts.blocks()) {
            for (int at = 0; at < block.size(); at++) {
                if (block.get(at) instanceof TileStmt.Define d && d.value() instanceof TileExpr.Reduce r) {
                    boolean costly = isCostly(r.program()) || at > 0 && isCostlyAlong(block.get(at - 1), r.over());
                    boolean isSum = r.kind() == Reduction.SUM || r.kind() == Reduction.PROD;
                    int extreme = costly ? ACCUMULATORS_OF_COSTLY : accumulators();
                    all = all.with(new Choice.Unroll(
                            d.tile().name(), r.over().name(), isSum ? ACCUMULATORS_OF_SUMS : extreme));
                }
            }
        }
        return all;
    }

    private static boolean isCostlyAlong(TileStmt stmt, Axis axis) {
        return switch (stmt) {
            case TileStmt.Define d ->
                d.tile().axes().contains(axis) && d.value() instanceof TileExpr.Map m && isCostly(m.program());
            case TileStmt.Update u ->
                u.tile().axes().contains(axis) && isCostly(u.value().program());
            default -> false;
        };
    }

    /** Whether a program calls a function that takes a dozen instructions or more. */
    static boolean isCostly(ScalarExpr program) {
        return ScalarExprs.any(program, e -> e instanceof ScalarExpr.Apply a && isCostly(a.fn()));
    }

    /** A power is computed lane by lane, outside the loop body. */
    private static boolean isCostly(ScalarFn fn) {
        Effort effort = Effort.of(fn);
        return effort == Effort.ROUNDING || effort == Effort.TRANSCENDENTAL && fn != ScalarFn.POW;
    }

    /** Registers that the largest of a schedule's register blocks takes: its sums, a vector for each column and one for a row. */
    private static int taken(KernelSchedule schedule, Tile sums, Axis row, Axis lane) {
        int across = schedule.unroll(sums, lane);
        return schedule.unroll(sums, row) * across + across + 1;
    }

    private static Axis row(Tile sums, Axis lane) {
        return sums.axes().stream().filter(a -> !a.equals(lane)).findFirst().orElseThrow();
    }

    private int vectors(Tile sums, Axis lane, Axis lanes, int block) {
        return width(lane, lanes, block) / lanes(sums.type());
    }

    /** The schedule with no larger register blocks than find registers, which make up the blocks along {@code lanes}. */
    KernelSchedule settled(TileKernel kernel, ProgramFacts facts, Axis lanes) {
        KernelSchedule settled = kernel.schedule();
        for (Tile sums : facts.sums()) {
            Axis lane = lane(sums, lanes);
            Axis row = row(sums, lane);
            int vectors = vectors(sums, lane, lanes, kernel.block(lanes));
            int across = settled.unroll(sums, lane);
            while (across > 1 && vectors % across != 0) {
                across--;
            }
            int rows = Math.min(settled.unroll(sums, row), (processor.registers() - across - 1) / across);
            settled = withUnroll(withUnroll(settled, sums, lane, across), sums, row, rows);
        }
        return settled;
    }

    private static KernelSchedule withUnroll(KernelSchedule schedule, Tile tile, Axis axis, int n) {
        return schedule.unroll(tile, axis) == n
                ? schedule
                : schedule.with(new Choice.Unroll(tile.name(), axis.name(), n));
    }

    /** Checks that whole register blocks make up a block, and find registers. @throws IllegalSchedule when they do not */
    void verify(TileKernel kernel, Tile sums, Axis lanes, int block) {
        Axis lane = lane(sums, lanes);
        Axis row = row(sums, lane);
        int across = kernel.schedule().unroll(sums, lane);
        int vectors = vectors(sums, lane, lanes, block);
        if (vectors % across != 0) {
            throw new IllegalSchedule(
                    kernel.program(),
                    "unroll " + sums + " over " + lane + " " + across,
                    across + " vectors are computed at once, and a block has " + vectors);
        }
        int taken = taken(kernel.schedule(), sums, row, lane);
        if (taken > processor.registers()) {
            throw new IllegalSchedule(
                    kernel.program(),
                    "unroll " + sums + " over " + row + " " + kernel.schedule().unroll(sums, row) + ", " + lane + " "
                            + across,
                    "sums and factors take " + taken + " registers of " + processor.registers());
        }
    }
}
