package heddle.compiler.backend.tornado;

import heddle.compiler.scalar.Axis;
import heddle.compiler.schedule.FamilySchedules;
import heddle.compiler.schedule.machine.Device;
import heddle.compiler.scheduled.group.GroupMemory;
import heddle.compiler.scheduled.group.GroupShape;
import heddle.compiler.tile.Choice;
import heddle.compiler.tile.KernelSchedule;
import heddle.compiler.tile.LoopMode;
import heddle.compiler.tile.ProgramFacts;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TilePlace;
import heddle.compiler.tile.TileStmt;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.tile.family.AttentionGradients;
import heddle.compiler.tile.family.Contraction;
import heddle.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;

/**
 * Schedules of kernels with products: a group for each block of the result. The threads of a group form rows and columns. A thread
 * has neighbouring rows, and columns as far apart as there are threads in a row, so that neighbours read neighbouring elements.
 *
 * @param facts of the kernel's program
 */
record GroupBlocks(Device device, ProgramFacts facts) {
    /** Blocks along the rows and the other axis of a tile, and the threads that share its rows and columns. */
    private record Shape(int rows, int columns, int threadRows, int threadColumns) {}

    /** The least threads of a group that a warp of any device fills. */
    private static final int GROUP = 256;

    /** Threads that share a row of a block. Half a warp reads a line of local memory. */
    private static final int THREAD_COLUMNS = 16;

    /** Queries and keys of a block of attention, most wanted first. */
    private static final List<int[]> ATTENTION =
            List.of(new int[] {64, 32}, new int[] {32, 32}, new int[] {32, 16}, new int[] {16, 16}, new int[] {8, 16});

    /**
     * The same where threads have many registers: eight columns of threads, so that a thread has eight rows and four keys, then four.
     * Each element that is read from local memory then takes part in up to four multiply-adds instead of less than two.
     */
    private static final List<Shape> ATTENTION_OF_MANY =
            List.of(new Shape(64, 32, 8, 8), new Shape(32, 32, 8, 8), new Shape(32, 16, 8, 8), new Shape(16, 16, 8, 8));

    /** Sides of the block of a product where threads have many registers, eight rows and columns each: most wanted first. */
    private static final List<Shape> PRODUCT_OF_MANY = List.of(new Shape(128, 128, 16, 16), new Shape(64, 64, 8, 8));

    /** Registers of a thread that has room for 64 sums, as many factors as they need, and addresses. */
    private static final int MANY = 255;

    /** Local memory that such blocks take. */
    private static final int LOCAL_OF_MANY = 48 << 10;

    /** Sides of a block of pairs of queries and keys, most wanted first. */
    private static final List<Integer> PAIRS = List.of(32, 16, 8);

    /** The most columns of the result that a block of attention has. */
    private static final int COLUMNS = 512;

    /** Parts of the columns are multiples of this: one column for each thread of a row. */
    private static final int LEAST_COLUMNS = 16;

    /** How much of the summed axis a product takes at a time. */
    private static final int DEPTH = 16;

    /** Bytes of a slice. Less is not worth the barriers. */
    private static final long LEAST_SLICE = 512;

    private boolean hasManyRegisters() {
        return device.warp() > 1
                && device.threadRegisters() >= MANY
                && device.local() >= LOCAL_OF_MANY
                && device.groupThreads() >= GROUP;
    }

    /** Variables of a thread beyond which compilers spill: what addresses and loop counters leave of its registers. */
    private int registers() {
        return device.warp() > 1 ? device.threadRegisters() * 3 / 4 : device.threadRegisters();
    }

    /**
     * Variables of a thread where large heads take more. What a processor spills is in its nearest cache; the code that is written
     * for each must fit a method.
     */
    private int variables() {
        return device.warp() > 1 ? registers() : 2 * registers();
    }

    /** Threads side by side run in step and share a row; a thread whose variables become vectors has whole rows. */
    private Shape shape(int rows, int columns) {
        int threads = Math.min(device.groupThreads(), GROUP);
        int across = device.warp() > 1 ? Math.min(THREAD_COLUMNS, threads) : 1;
        return new Shape(rows, columns, Math.min(Integer.highestOneBit(threads / across), rows), across);
    }

    KernelSchedule of(Contraction c) {
        Shape shape = shape(side(c.m().extent()), side(c.n().extent()));
        if (hasManyRegisters() && isLong(c.m().extent()) && isLong(c.n().extent())) {
            List<Axis> others = c.batch();
            shape = PRODUCT_OF_MANY.stream()
                    .filter(s -> fills(blocks(others, c.m(), s.rows, c.n(), s.columns)))
                    .findFirst()
                    .orElse(PRODUCT_OF_MANY.getLast());
        }
        KernelSchedule blocks = KernelSchedule.NONE
                .with(FamilySchedules.cut(c.m(), shape.rows))
                .with(FamilySchedules.cut(c.n(), shape.columns))
                .with(FamilySchedules.cut(c.k(), DEPTH));
        return staged(bound(blocks, shape));
    }

    /** Sixty-four, or less when all there is takes less. */
    private static int side(Dim extent) {
        if (isLong(extent)) {
            return 64;
        }
        return extent.value() > 16 ? 32 : 16;
    }

    private static boolean isLong(Dim extent) {
        return !extent.isKnown() || extent.value() > 32;
    }

    private static Dim blocks(List<Axis> each, Axis a, int aBlock, Axis b, int bBlock) {
        return each.stream()
                .map(Axis::extent)
                .reduce(Dim.ONE, Dim::times)
                .times(a.extent().ceilDiv(Dim.of(aBlock)))
                .times(b.extent().ceilDiv(Dim.of(bBlock)));
    }

    /** Whether each multiprocessor has a group; lengths that are not known are taken to be long. */
    private boolean fills(Dim groups) {
        return !groups.isKnown() || groups.value() >= device.multiprocessors();
    }

    /**
     * The largest blocks whose operands fit as a whole. Where heads are too large for that, operands come in slices, and
     * the columns of the result are cut into as few parts as registers allow.
     */
    KernelSchedule of(Attention a) {
        List<KernelSchedule> fitting = new ArrayList<>();
        for (Shape shape : hasManyRegisters() ? ATTENTION_OF_MANY : shapes()) {
            KernelSchedule schedule = bound(cuts(a, shape).with(FamilySchedules.whole(a.e())), shape);
            if (fits(schedule, registers())) {
                Axis one = new Axis("one", Dim.ONE);
                if (!hasManyRegisters() || fills(blocks(a.batch(), a.i(), shape.rows, one, 1))) {
                    return schedule;
                }
                fitting.add(schedule);
            }
        }
        if (!fitting.isEmpty()) {
            return fitting.getLast();
        }
        long columns = a.e().extent().value();
        int part;
        long parts = Math.ceilDiv(columns, COLUMNS);
        do {
            part = Math.toIntExact(Math.ceilDiv(columns, Math.max(1, parts)));
            part = Math.ceilDiv(part, LEAST_COLUMNS) * LEAST_COLUMNS;
            parts++;
            for (Shape shape : shapes()) {
                KernelSchedule schedule = staged(bound(
                        cuts(a, shape)
                                .with(part < columns ? FamilySchedules.cut(a.e(), part) : FamilySchedules.whole(a.e())),
                        shape));
                if (fits(schedule, variables())) {
                    return schedule;
                }
            }
        } while (part > LEAST_COLUMNS);
        Shape least = shapes().getLast();
        return staged(bound(cuts(a, least).with(FamilySchedules.cut(a.e(), LEAST_COLUMNS)), least));
    }

    /** The largest blocks of pairs whose tiles fit. */
    KernelSchedule of(AttentionGradients g) {
        return of(PAIRS.stream()
                .map(n -> KernelSchedule.NONE
                        .with(FamilySchedules.cut(g.outer(), n))
                        .with(FamilySchedules.cut(g.inner(), n)))
                .toList());
    }

    /**
     * A schedule of any program: the first cuts with which all factors fit as a whole, or in slices. Threads with many registers
     * have as many rows and columns as in attention.
     */
    KernelSchedule of(List<KernelSchedule> cuts) {
        List<KernelSchedule> bound = new ArrayList<>();
        for (KernelSchedule some : cuts) {
            KernelSchedule c = eachOfOthers(some);
            int rows = rows(c);
            if (hasManyRegisters()) {
                Shape many = ATTENTION_OF_MANY.getFirst();
                bound.add(bound(
                        c,
                        new Shape(
                                rows, 1, Math.min(many.threadRows, Integer.highestOneBit(rows)), many.threadColumns)));
            }
            bound.add(bound(c, shape(rows, 1)));
        }
        return bound.stream()
                .filter(s -> fits(s, registers()))
                .findFirst()
                .or(() -> bound.stream()
                        .map(this::staged)
                        .filter(s -> fits(s, variables()))
                        .findFirst())
                .orElseGet(() -> staged(bound.getLast()));
    }

    /** Sequential loops that are not cut go index by index. */
    private KernelSchedule eachOfOthers(KernelSchedule cuts) {
        KernelSchedule all = cuts;
        for (TileStmt.Loop loop : facts.program().loops()) {
            if (loop.mode() instanceof LoopMode.Sequential
                    && cuts.cut(loop.id()).isEmpty()) {
                all = all.with(new Choice.Cut(loop.id(), new Choice.Size.Each()));
            }
        }
        return all;
    }

    /** The most indexes of a block that run along rows of threads. */
    private int rows(KernelSchedule cuts) {
        GroupShape group = new GroupShape(kernel(placed(cuts)), 1, 1);
        return group.shared().stream()
                .filter(group::isRow)
                .mapToInt(group::width)
                .max()
                .orElse(1);
    }

    private List<Shape> shapes() {
        return ATTENTION.stream().map(b -> shape(b[0], b[1])).toList();
    }

    private static KernelSchedule cuts(Attention a, Shape shape) {
        return KernelSchedule.NONE
                .with(FamilySchedules.cut(a.i(), shape.rows))
                .with(FamilySchedules.cut(a.j(), shape.columns));
    }

    private TileKernel kernel(KernelSchedule schedule) {
        return new TileKernel(facts.program(), schedule);
    }

    private boolean fits(KernelSchedule schedule, int variables) {
        return localBytes(schedule) <= device.local()
                && GroupShape.of(kernel(schedule)).variables() <= variables;
    }

    /** By formula: no actions are made for it. */
    private long localBytes(KernelSchedule schedule) {
        TileKernel kernel = kernel(schedule);
        return new GroupMemory(kernel, GroupShape.of(kernel)).bytes();
    }

    /**
     * Operands that are loaded lie in local memory; what threads compute, each its own elements, in registers. A factor is written
     * across its lines when it was computed, or lies the other way in its buffer: then one element more in a line keeps the banks of
     * the memory apart.
     */
    private KernelSchedule placed(KernelSchedule cuts) {
        KernelSchedule schedule = cuts;
        for (TileStmt.Define d : facts.program().definitions()) {
            Tile tile = d.tile();
            boolean loaded = facts.isFactor(tile) && facts.isRead(tile);
            schedule = schedule.with(new Choice.Place(tile.name(), loaded ? TilePlace.LOCAL : TilePlace.REGISTER));
            if (facts.isFactor(tile) && (!loaded || isAcross(d))) {
                schedule = schedule.with(new Choice.Pitch(tile.name(), 1));
            }
        }
        return schedule;
    }

    private KernelSchedule bound(KernelSchedule cuts, Shape shape) {
        KernelSchedule schedule = placed(cuts);
        GroupShape group = new GroupShape(kernel(schedule), shape.threadRows, shape.threadColumns);
        for (Axis axis : group.shared()) {
            List<Choice.Factor> chain = new ArrayList<>();
            TileKernel kernel = kernel(schedule);
            if (kernel.isBlocked(axis) && kernel.parallel().contains(axis)) {
                chain.add(new Choice.Factor(Choice.Level.GROUP, 0));
            }
            List<Choice.Factor> within = List.of(
                    new Choice.Factor(Choice.Level.THREAD, group.threads(axis)),
                    new Choice.Factor(Choice.Level.REGISTER, group.registers(axis)));
            chain.addAll(group.isRow(axis) ? within : within.reversed());
            schedule = schedule.with(new Choice.Bind(axis.name(), chain));
        }
        return schedule;
    }

    private boolean isAcross(TileStmt.Define factor) {
        Tile tile = factor.tile();
        return facts.products().stream()
                .filter(dot -> dot.factors().contains(tile))
                .anyMatch(dot -> GroupMemory.runsAlong(((TileExpr.Map) factor.value()).program(), dot.over()));
    }

    /** With whole operands, or with the largest slices that leave room for the rest; too large when none do. */
    private KernelSchedule staged(KernelSchedule whole) {
        KernelSchedule schedule = whole;
        long limit = device.local();
        for (long slice = limit / 2; localBytes(schedule) > limit && slice >= LEAST_SLICE; slice /= 2) {
            schedule = whole;
            for (TileExpr.Dot dot : facts.products()) {
                schedule = sliced(schedule, dot, slice);
            }
        }
        return schedule;
    }

    /** Equal parts, so that few steps of the last one are past the end. */
    private KernelSchedule sliced(KernelSchedule schedule, TileExpr.Dot dot, long slice) {
        GroupShape group = GroupShape.of(kernel(schedule));
        int width = group.width(dot.over());
        long most = width;
        for (Tile t : dot.factors()) {
            if (!group.isInRegisters(t)) {
                long own = t.axes().stream()
                        .filter(axis -> !axis.equals(dot.over()))
                        .mapToLong(group::threadedWidth)
                        .reduce(1, (x, y) -> x * y);
                long each = own * Storage.of(t.type()).bytes();
                most = Math.min(most, Math.max(1, Long.highestOneBit(slice / each)));
            }
        }
        long parts = Math.ceilDiv(width, most);
        int depth = (int) Math.ceilDiv(width, parts);
        return depth < width ? schedule.with(new Choice.Stage(dot.over().name(), depth)) : schedule;
    }
}
