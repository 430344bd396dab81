package heddle.compiler.backend.tornado;

import heddle.compiler.scalar.Axis;
import heddle.compiler.schedule.FamilySchedules;
import heddle.compiler.schedule.GivenRules;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.scheduled.group.DeviceScheduler;
import heddle.compiler.scheduled.group.GroupMemory;
import heddle.compiler.scheduled.group.GroupShape;
import heddle.compiler.tile.Choice;
import heddle.compiler.tile.IllegalSchedule;
import heddle.compiler.tile.KernelAxes;
import heddle.compiler.tile.KernelSchedule;
import heddle.compiler.tile.ProgramFacts;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.tile.family.AttentionGradients;
import heddle.compiler.tile.family.Contraction;
import heddle.compiler.tile.family.Family;
import heddle.compiler.tile.family.MapFamily;
import heddle.compiler.tile.family.RowFamily;
import heddle.compiler.tile.family.ScatterFamily;
import heddle.compiler.tile.family.SplitAttention;
import heddle.compiler.type.Dim;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Schedules for devices: a thread for each element of a map, threads that share a row, and for products the blocks of
 * {@link GroupBlocks}.
 *
 * @param target the device, and how its kernels become tasks
 */
public record DevicePolicy(TornadoTarget target) implements SchedulePolicy {
    /** Threads of a group: more would wait for each other at barriers. */
    private static final int GROUP = 256;

    /** Rows up to this long have a thread each. */
    private static final int SHORT = 32;

    /** Threads for a row whose length is not known. */
    private static final int USUAL = 128;

    private static final Set<Class<? extends Choice>> KINDS =
            Set.of(Choice.Cut.class, Choice.Place.class, Choice.Bind.class, Choice.Stage.class, Choice.Pitch.class);

    @Override
    public KernelSchedule schedule(Family family, ProgramFacts facts) {
        return switch (family) {
            case MapFamily m ->
                m.axes().isEmpty()
                        ? FamilySchedules.of(m)
                        : FamilySchedules.of(m).with(threads(m.axes().getLast(), group()));
            case RowFamily r -> rows(r);
            case ScatterFamily s -> throw new IllegalStateException("devices do not add to memory");
            case Contraction c -> new GroupBlocks(target.device(), facts).of(c);
            case SplitAttention s -> throw new IllegalStateException("devices do not split keys");
            case AttentionGradients g -> schedule(g, facts);
            case Attention a -> new GroupBlocks(target.device(), facts).of(a);
        };
    }

    /** Libraries multiply floats alone. */
    @Override
    public boolean keepsPacked() {
        return !target.libraryTasks();
    }

    @Override
    public boolean widensOutputs() {
        return true;
    }

    @Override
    public boolean scatters() {
        return false;
    }

    /**
     * A schedule of any program with products: where its tiles are, and how threads share them.
     *
     * @param facts of the program
     * @param cuts  of its loops, most wanted first: the first with which all factors fit as a whole, or the last, in slices
     */
    public KernelSchedule blocks(ProgramFacts facts, List<KernelSchedule> cuts) {
        return new GroupBlocks(target.device(), facts).of(cuts);
    }

    private KernelSchedule schedule(AttentionGradients g, ProgramFacts facts) {
        if (g.side() == AttentionGradients.Side.TABLES) {
            throw new DiagnosticException(Diagnostic.of(
                            DeviceErrors.NO_TABLES,
                            "a device does not compute the gradient of a tensor that attention reads at computed indexes")
                    .hint("use --target jvm"));
        }
        return new GroupBlocks(target.device(), facts).of(g);
    }

    private int group() {
        return Math.min(target.device().groupThreads(), GROUP);
    }

    private static Choice threads(Axis axis, int n) {
        return new Choice.Bind(axis.name(), List.of(new Choice.Factor(Choice.Level.THREAD, n)));
    }

    /** The threads of a group, a power of two, share a row. Short rows, and rows that are neighbours in memory, have one thread each. */
    private KernelSchedule rows(RowFamily r) {
        KernelSchedule schedule = FamilySchedules.of(r);
        Dim length = r.row().extent();
        if (!r.runsAcross() && !(length.isKnown() && length.value() <= SHORT)) {
            int most = length.isKnown() ? (int) Math.min(GROUP, length.value()) : USUAL;
            int threads = Integer.highestOneBit(Math.min(target.device().groupThreads(), most));
            return schedule.with(threads(r.row(), threads));
        }
        return r.rows().isEmpty() ? schedule : schedule.with(threads(r.rows().getLast(), group()));
    }

    @Override
    public boolean isLeftToLibrary(Contraction c) {
        return target.libraryTasks()
                && LibraryChoice.of(new TileKernel(c.program("product", List.of()), KernelSchedule.NONE))
                        .gemm()
                        .isPresent();
    }

    /** Groups have no more threads than the device allows; slices of a factor that threads computed make up its block. */
    @Override
    public void verify(TileKernel kernel, ProgramFacts facts) {
        SchedulePolicy.super.verify(kernel, facts);
        if (!DeviceScheduler.isInBlocks(kernel)) {
            return;
        }
        GroupShape group = GroupShape.of(kernel);
        if (group.threads() > target.device().groupThreads()) {
            throw new IllegalSchedule(
                    kernel.program(),
                    "bind " + group.threadRows() + " times " + group.threadColumns() + " threads",
                    "a group has at most " + target.device().groupThreads());
        }
        for (TileExpr.Dot dot : facts.products()) {
            int width = group.width(dot.over());
            int slice = kernel.schedule().stage(dot.over()).orElse(width);
            boolean isThereAsAWhole = dot.factors().stream().anyMatch(t -> group.isInRegisters(t));
            if (slice > width || isThereAsAWhole && width % slice != 0) {
                throw new IllegalSchedule(
                        kernel.program(),
                        new Choice.Stage(dot.over().name(), slice).toString(),
                        "slices make up the " + width + " indexes of a block of " + dot.over());
            }
        }
    }

    /** Threads have all of a block between them. */
    @Override
    public KernelSchedule settled(TileKernel kernel, ProgramFacts facts) {
        KernelSchedule settled = kernel.schedule();
        if (!DeviceScheduler.isInBlocks(kernel)) {
            return settled;
        }
        GroupShape group = GroupShape.of(kernel);
        for (Axis axis : group.shared()) {
            for (Choice c : kernel.schedule().choices()) {
                if (c instanceof Choice.Bind b && b.axis().equals(axis.name())) {
                    settled = settled.with(new Choice.Bind(
                            b.axis(),
                            b.chain().stream()
                                    .map(f -> f.level() == Choice.Level.REGISTER
                                            ? new Choice.Factor(f.level(), group.registers(axis))
                                            : f)
                                    .toList()));
                }
            }
        }
        return settled;
    }

    /**
     * The same loops are cut, and tiles are where this policy places them. Threads have all of a block between them, as many along
     * each axis but the rows; threads that share a row halve their number when they add up, so it is a power of two.
     */
    @Override
    public void verifyGiven(TileKernel given, TileKernel chosen) {
        GivenRules rules = new GivenRules(given, chosen);
        rules.choicesAreRead(KINDS);
        rules.sameLoopsAreCut(false);
        rules.placesAre((tile, place, usual) -> place == usual);
        for (Choice c : chosen.schedule().choices()) {
            if (c instanceof Choice.Bind usual) {
                Axis axis = KernelAxes.of(given).stream()
                        .filter(a -> a.name().equals(usual.axis()))
                        .findFirst()
                        .orElseThrow();
                int threads = given.schedule().bound(axis, Choice.Level.THREAD).orElse(0);
                rules.check(
                        Integer.bitCount(threads) == 1
                                && threads <= target.device().groupThreads(),
                        "bind " + axis,
                        "threads along " + axis + " are a power of two of at most "
                                + target.device().groupThreads());
            }
        }
        if (DeviceScheduler.isInBlocks(given)) {
            covered(given, rules);
            long bytes = new GroupMemory(given, GroupShape.of(given)).bytes();
            rules.bytesFit("a group", bytes, target.device().local());
        }
    }

    private static void covered(TileKernel given, GivenRules rules) {
        GroupShape group = GroupShape.of(given);
        for (Axis axis : group.shared()) {
            int threads = given.schedule().bound(axis, Choice.Level.THREAD).orElse(1);
            int registers = given.schedule().bound(axis, Choice.Level.REGISTER).orElse(1);
            rules.check(
                    threads == group.threads(axis), "bind " + axis, "axes beside the rows have as many threads each");
            rules.check(
                    registers == group.registers(axis),
                    "bind " + axis,
                    threads + " threads have " + group.registers(axis) + " of " + group.width(axis) + " indexes each");
        }
    }

    /** Devices read weights as they lie. */
    @Override
    public OptionalInt panel(Contraction c) {
        return OptionalInt.empty();
    }
}
