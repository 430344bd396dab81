package heddle.compiler.schedule;

import heddle.compiler.schedule.machine.Processor;
import heddle.compiler.tile.KernelSchedule;
import heddle.compiler.tile.ProgramFacts;
import heddle.compiler.tile.ScheduleVerifier;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.tile.family.AttentionGradients;
import heddle.compiler.tile.family.Contraction;
import heddle.compiler.tile.family.Family;
import heddle.compiler.type.Dim;
import java.util.List;
import java.util.OptionalInt;

/** Makes schedules as a machine needs them. The constants that it decides by stand in the policy, with their reasons. */
public interface SchedulePolicy {
    /** For a processor of which nothing is known. */
    SchedulePolicy PROCESSOR = of(Processor.USUAL);

    /** For a processor with vector registers. */
    static SchedulePolicy of(Processor processor) {
        return new ProcessorPolicy(processor);
    }

    /**
     * How a kernel is executed. The tables of its mask are chosen later, by the blocks of this schedule.
     *
     * @param facts of the tile program of {@code family}
     */
    KernelSchedule schedule(Family family, ProgramFacts facts);

    /** How a kernel is executed whose tile program is not there yet. */
    default KernelSchedule schedule(Family family) {
        return schedule(family, new ProgramFacts(family.program("kernel", List.of())));
    }

    /**
     * Checks that a schedule is legal, and that the machine's code writer writes it.
     *
     * @param facts of the kernel's program
     * @throws heddle.compiler.tile.IllegalSchedule when it is not
     */
    default void verify(TileKernel kernel, ProgramFacts facts) {
        ScheduleVerifier.verify(kernel, facts);
    }

    /**
     * Checks that the machine's code writer writes a kernel whose schedule somebody else made: whatever this policy always chooses
     * alike must be as it chooses it.
     *
     * @param chosen the same program with the schedule of this policy
     * @throws heddle.compiler.tile.IllegalSchedule when it does not
     */
    void verifyGiven(TileKernel given, TileKernel chosen);

    /**
     * A schedule that somebody else changed, with numbers set anew that follow from others: as many indexes for each thread as make up a
     * block, register blocks that make up one.
     *
     * @param facts of the kernel's program
     */
    default KernelSchedule settled(TileKernel kernel, ProgramFacts facts) {
        return kernel.schedule();
    }

    /** The attention in the form in which it is computed: heads that share keys may become rows. */
    default Attention form(Attention a) {
        return a;
    }

    /** Whether keys and values of an attention whose rows lie so many bytes apart are copied first, row behind row. */
    default boolean copiesRows(Attention a, Dim bytes) {
        return false;
    }

    /** How many keys are computed apart from the others; empty when all are computed together. */
    default OptionalInt part(Attention a) {
        return OptionalInt.empty();
    }

    /** Whether the gradients by keys, values and queries of an attention are computed in one pass, which computes scores once. */
    default boolean takesOnePass(AttentionGradients both) {
        return false;
    }

    /** Columns of the panels that a weight on a product's right side is packed into; empty when it is read as it lies. */
    OptionalInt panel(Contraction c);

    /** Whether matrices of weights stay as they are held in their file; otherwise they are held as they are computed. */
    default boolean keepsPacked() {
        return false;
    }

    /** Whether outputs are held as they are computed, even those that are packed weights, as where they are read from the memory of a device. */
    default boolean widensOutputs() {
        return false;
    }

    /** Whether kernels add to memory at indexes that they read; otherwise each element looks for what belongs to it. */
    default boolean scatters() {
        return true;
    }

    /** Whether a library computes this product, sums stored as they are, so that no epilogue is wanted in it. */
    default boolean isLeftToLibrary(Contraction c) {
        return false;
    }

    /** This policy without schedules that were given for single kernels: another plan may have other kernels of their names. */
    default SchedulePolicy usual() {
        return this;
    }
}
