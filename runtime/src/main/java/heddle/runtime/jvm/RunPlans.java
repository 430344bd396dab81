package heddle.runtime.jvm;

import heddle.compiler.scalar.Buffer;
import heddle.compiler.schedule.MemoryPlan;
import heddle.compiler.schedule.Plan;
import heddle.runtime.input.CountableAxes;
import heddle.runtime.input.PerLengths;
import java.util.List;
import java.util.Map;

/** What follows from the lengths of runs. What does not depend on them is found once, as a text that grows has new lengths in each run. */
final class RunPlans {
    private final Plan plan;
    private final SmallKernels small;
    private final CountableAxes axes;
    private final MemoryPlan.Demand demand;
    private final List<Buffer> written;
    private final PerLengths<RunPlan> recent = new PerLengths<>();

    RunPlans(Plan plan, SmallKernels small, CountableAxes axes) {
        this.plan = plan;
        this.small = small;
        this.axes = axes;
        this.demand = MemoryPlan.Demand.of(plan);
        this.written = plan.launches().stream()
                .flatMap(k -> k.writes().stream())
                .distinct()
                .toList();
    }

    /** @throws heddle.dsl.diagnostic.DiagnosticException when a tensor does not fit into an array */
    RunPlan at(Map<String, Long> lengths) {
        return recent.get(lengths, this::made);
    }

    private RunPlan made(Map<String, Long> lengths) {
        axes.check(lengths);
        written.forEach(b -> RunMemory.elements(b, lengths));
        return new RunPlan(
                demand.at(lengths),
                plan.lengths().stream().mapToLong(lengths::get).toArray(),
                small.at(lengths),
                new LaunchCosts(plan.launches(), lengths));
    }
}
