package heddle.compiler.backend.tornado;

import heddle.compiler.schedule.FamilySchedules;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.schedule.machine.Device;
import heddle.compiler.tile.Choice;
import heddle.compiler.tile.KernelSchedule;
import heddle.compiler.tile.ProgramFacts;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TilePlace;
import heddle.compiler.tile.TileProgram;
import heddle.compiler.tile.TileStmt;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.tile.family.Contraction;
import heddle.compiler.tile.family.Family;
import heddle.compiler.tile.family.MapFamily;
import heddle.compiler.tile.family.RowFamily;
import heddle.compiler.tile.family.SplitAttention;
import heddle.compiler.type.Dim;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Schedules for devices: the largest blocks whose operands fit in local memory and whose results fit in the
 * registers of a group's threads.
 *
 * @param target the device, and how its kernels become tasks
 */
public record DevicePolicy(TornadoTarget target) implements SchedulePolicy {
    /** Queries and keys of a block, most wanted first. */
    private static final List<int[]> ATTENTION =
            List.of(new int[] {64, 32}, new int[] {32, 32}, new int[] {32, 16}, new int[] {16, 16}, new int[] {8, 16});

    /** The most columns of the result that a block of attention has. */
    private static final int COLUMNS = 512;

    /** Parts of the columns are multiples of this: one column for each thread of a row. */
    private static final int LEAST_COLUMNS = 16;

    /** Threads that share a row of a block. Half a warp reads a line of local memory. */
    private static final int THREAD_COLUMNS = 16;

    /** How much of the summed axis a matmul takes at a time. */
    private static final int DEPTH = 16;

    /** Threads side by side run in step and share a row; a thread whose variables become vectors has whole rows. */
    static int columns(Device device) {
        return device.warp() > 1 ? THREAD_COLUMNS : 1;
    }

    /** Variables of a thread beyond which compilers spill: what addresses and loop counters leave of its registers. */
    private int registers() {
        Device device = target.device();
        return device.warp() > 1 ? device.threadRegisters() * 3 / 4 : device.threadRegisters();
    }

    /**
     * Variables of a thread where large heads take more. What a processor spills is in its nearest cache; the code that is written
     * for each must fit a method.
     */
    private int variables() {
        return target.device().warp() > 1 ? registers() : 2 * registers();
    }

    @Override
    public KernelSchedule schedule(Family family, ProgramFacts facts) {
        return switch (family) {
            case MapFamily m -> FamilySchedules.of(m);
            case RowFamily r -> FamilySchedules.of(r);
            case Contraction c -> placed(facts.program(), blocks(c));
            case SplitAttention s -> throw new IllegalStateException("devices do not split keys");
            case Attention a -> placed(facts.program(), blocks(a, facts.program()));
        };
    }

    private static KernelSchedule blocks(Contraction c) {
        return KernelSchedule.NONE
                .with(FamilySchedules.cut(c.m(), side(c.m().extent())))
                .with(FamilySchedules.cut(c.n(), side(c.n().extent())))
                .with(FamilySchedules.cut(c.k(), DEPTH));
    }

    /** Operands that are loaded lie in local memory; what threads compute, each its own elements, in registers. */
    private KernelSchedule placed(TileProgram program, KernelSchedule blocks) {
        Set<String> registers =
                Geometry.of(new TileKernel(program, blocks), target).inRegisters();
        KernelSchedule schedule = blocks;
        for (TileStmt.Define d : program.definitions()) {
            String name = d.tile().name();
            schedule = schedule.with(
                    new Choice.Place(name, registers.contains(name) ? TilePlace.REGISTER : TilePlace.LOCAL));
        }
        return schedule;
    }

    /** Sixty-four, or less when all there is takes less. */
    private static int side(Dim extent) {
        if (!extent.isKnown() || extent.value() > 32) {
            return 64;
        }
        return extent.value() > 16 ? 32 : 16;
    }

    /**
     * The largest blocks whose operands fit as a whole. Where heads are too large for that, operands come in slices, and
     * the columns of the result are cut into as few parts as registers allow.
     */
    private KernelSchedule blocks(Attention a, TileProgram program) {
        for (int[] blocks : ATTENTION) {
            KernelSchedule schedule = blocks(a, blocks).with(FamilySchedules.whole(a.e()));
            BlockKernel kernel = kernel(program, schedule);
            if (kernel.isWhole() && fits(kernel, registers())) {
                return schedule;
            }
        }
        long columns = a.e().extent().value();
        int part;
        long parts = Math.ceilDiv(columns, COLUMNS);
        do {
            part = Math.toIntExact(Math.ceilDiv(columns, Math.max(1, parts)));
            part = Math.ceilDiv(part, LEAST_COLUMNS) * LEAST_COLUMNS;
            parts++;
            for (int[] blocks : ATTENTION) {
                KernelSchedule schedule = blocks(a, blocks)
                        .with(part < columns ? FamilySchedules.cut(a.e(), part) : FamilySchedules.whole(a.e()));
                if (fits(kernel(program, schedule), variables())) {
                    return schedule;
                }
            }
        } while (part > LEAST_COLUMNS);
        return blocks(a, ATTENTION.getLast()).with(FamilySchedules.cut(a.e(), LEAST_COLUMNS));
    }

    private static KernelSchedule blocks(Attention a, int[] blocks) {
        return KernelSchedule.NONE
                .with(FamilySchedules.cut(a.i(), blocks[0]))
                .with(FamilySchedules.cut(a.j(), blocks[1]));
    }

    private BlockKernel kernel(TileProgram program, KernelSchedule schedule) {
        return new BlockKernel(new TileKernel(program, schedule), target);
    }

    private boolean fits(BlockKernel kernel, int variables) {
        return kernel.localBytes() <= target.device().local() && kernel.registers() <= variables;
    }

    @Override
    public boolean isLeftToLibrary(Contraction c) {
        return target.libraryTasks()
                && LibraryChoice.of(new TileKernel(c.program("product", List.of()), KernelSchedule.NONE))
                        .gemm()
                        .isPresent();
    }

    /** Devices read weights as they lie. */
    @Override
    public OptionalInt panel(Contraction c) {
        return OptionalInt.empty();
    }
}
