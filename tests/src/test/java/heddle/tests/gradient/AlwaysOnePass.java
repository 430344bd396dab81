package heddle.tests.gradient;

import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.tile.KernelSchedule;
import heddle.compiler.tile.ProgramFacts;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.tile.family.AttentionGradients;
import heddle.compiler.tile.family.Contraction;
import heddle.compiler.tile.family.Family;
import java.util.OptionalInt;

/** A policy that takes one pass for few heads, too. */
record AlwaysOnePass(SchedulePolicy policy) implements SchedulePolicy {
    @Override
    public boolean takesOnePass(AttentionGradients both) {
        return true;
    }

    @Override
    public KernelSchedule schedule(Family family, ProgramFacts facts) {
        return policy.schedule(family, facts);
    }

    @Override
    public void verify(TileKernel kernel, ProgramFacts facts) {
        policy.verify(kernel, facts);
    }

    @Override
    public void verifyGiven(TileKernel given, TileKernel chosen) {
        policy.verifyGiven(given, chosen);
    }

    @Override
    public Attention form(Attention a) {
        return policy.form(a);
    }

    @Override
    public OptionalInt part(Attention a) {
        return policy.part(a);
    }

    @Override
    public OptionalInt panel(Contraction c) {
        return policy.panel(c);
    }

    @Override
    public boolean keepsPacked() {
        return policy.keepsPacked();
    }
}
