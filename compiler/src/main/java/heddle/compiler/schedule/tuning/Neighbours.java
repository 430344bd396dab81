package heddle.compiler.schedule.tuning;

import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.tile.Choice;
import heddle.compiler.tile.IllegalSchedule;
import heddle.compiler.tile.KernelSchedule;
import heddle.compiler.tile.ProgramFacts;
import heddle.compiler.tile.TileKernel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The schedules that differ from one of a kernel in a single respect: blocks of twice or half the size, another order, another place of a
 * tile, another register block. All of them are legal, and the machine's code writer writes them.
 *
 * @param policy of the machine
 * @param chosen the kernel with the schedule that the policy makes
 */
public record Neighbours(SchedulePolicy policy, TileKernel chosen) {
    /** Where to begin: the policy's schedule, but for tables of masks, which follow from the blocks. */
    public KernelSchedule start() {
        return new KernelSchedule(chosen.schedule().choices().stream()
                .filter(c -> !(c instanceof Choice.Skip))
                .toList());
    }

    /** Those of a schedule, each once. */
    public List<KernelSchedule> of(KernelSchedule schedule) {
        ProgramFacts facts = new ProgramFacts(chosen.program());
        Set<Set<Choice>> known = new HashSet<>();
        known.add(Set.copyOf(schedule.choices()));
        List<KernelSchedule> legal = new ArrayList<>();
        for (KernelSchedule other : new Variations(facts, schedule).all()) {
            KernelSchedule settled = settled(other, facts);
            if (known.add(Set.copyOf(settled.choices())) && isLegal(settled, facts)) {
                legal.add(settled);
            }
        }
        return legal;
    }

    private TileKernel kernel(KernelSchedule schedule) {
        return new TileKernel(chosen.program(), schedule);
    }

    /** What is not even well formed stays as it is, and is not legal. */
    private KernelSchedule settled(KernelSchedule schedule, ProgramFacts facts) {
        try {
            return policy.settled(kernel(schedule), facts);
        } catch (IllegalSchedule e) {
            return schedule;
        }
    }

    private boolean isLegal(KernelSchedule schedule, ProgramFacts facts) {
        try {
            policy.verify(kernel(schedule), facts);
            policy.verifyGiven(kernel(schedule), kernel(start()));
            return true;
        } catch (IllegalSchedule e) {
            return false;
        }
    }
}
