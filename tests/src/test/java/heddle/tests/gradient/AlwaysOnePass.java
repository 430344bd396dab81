package heddle.tests.gradient;

import heddle.compiler.schedule.ForwardingPolicy;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.tile.family.AttentionGradients;

/** A policy that takes one pass for few heads, too. */
record AlwaysOnePass(SchedulePolicy others) implements ForwardingPolicy {
    @Override
    public boolean takesOnePass(AttentionGradients both) {
        return true;
    }
}
