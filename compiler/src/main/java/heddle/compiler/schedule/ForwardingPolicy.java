package heddle.compiler.schedule;

import heddle.compiler.tile.KernelSchedule;
import heddle.compiler.tile.ProgramFacts;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.tile.family.AttentionGradients;
import heddle.compiler.tile.family.Contraction;
import heddle.compiler.tile.family.Family;
import heddle.compiler.type.Dim;
import java.util.OptionalInt;

/** A policy that decides as another does, but for what it says itself. */
public interface ForwardingPolicy extends SchedulePolicy {
    /** Decides whatever this policy does not. */
    SchedulePolicy others();

    @Override
    default KernelSchedule schedule(Family family, ProgramFacts facts) {
        return others().schedule(family, facts);
    }

    @Override
    default void verify(TileKernel kernel, ProgramFacts facts) {
        others().verify(kernel, facts);
    }

    @Override
    default void verifyGiven(TileKernel given, TileKernel chosen) {
        others().verifyGiven(given, chosen);
    }

    @Override
    default KernelSchedule settled(TileKernel kernel, ProgramFacts facts) {
        return others().settled(kernel, facts);
    }

    @Override
    default Attention form(Attention a) {
        return others().form(a);
    }

    @Override
    default boolean copiesRows(Attention a, Dim bytes) {
        return others().copiesRows(a, bytes);
    }

    @Override
    default OptionalInt part(Attention a) {
        return others().part(a);
    }

    @Override
    default boolean takesOnePass(AttentionGradients both) {
        return others().takesOnePass(both);
    }

    @Override
    default OptionalInt panel(Contraction c) {
        return others().panel(c);
    }

    @Override
    default boolean keepsPacked() {
        return others().keepsPacked();
    }

    @Override
    default boolean widensOutputs() {
        return others().widensOutputs();
    }

    @Override
    default boolean scatters() {
        return others().scatters();
    }

    @Override
    default boolean isLeftToLibrary(Contraction c) {
        return others().isLeftToLibrary(c);
    }

    @Override
    default SchedulePolicy usual() {
        return this;
    }
}
