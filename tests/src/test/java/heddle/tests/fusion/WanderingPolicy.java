package heddle.tests.fusion;

import heddle.compiler.schedule.ForwardingPolicy;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.schedule.tuning.Neighbours;
import heddle.compiler.tile.KernelSchedule;
import heddle.compiler.tile.ProgramFacts;
import heddle.compiler.tile.ScheduleListing;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.family.Family;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Takes a few steps from the schedules of another policy, each to a neighbour that is drawn.
 *
 * @param steps  the most of them
 * @param chosen what was drawn, by the names of kernels
 */
record WanderingPolicy(SchedulePolicy others, Random random, int steps, Map<String, KernelSchedule> chosen)
        implements ForwardingPolicy {
    WanderingPolicy(SchedulePolicy others, long seed, int steps) {
        this(others, new Random(seed), steps, new TreeMap<>());
    }

    @Override
    public KernelSchedule schedule(Family family, ProgramFacts facts) {
        return chosen.computeIfAbsent(facts.program().name(), name -> drawn(family, facts));
    }

    private KernelSchedule drawn(Family family, ProgramFacts facts) {
        Neighbours around = new Neighbours(others, new TileKernel(facts.program(), others.schedule(family, facts)));
        KernelSchedule schedule = around.start();
        for (int step = random.nextInt(steps + 1); step > 0; step--) {
            List<KernelSchedule> next = around.of(schedule);
            if (!next.isEmpty()) {
                schedule = next.get(random.nextInt(next.size()));
            }
        }
        return schedule;
    }

    /** The schedules of a plan's kernels, as a file has them. */
    static String text(List<TileKernel> kernels) {
        return String.join("\n", kernels.stream().map(ScheduleListing::of).toList());
    }
}
