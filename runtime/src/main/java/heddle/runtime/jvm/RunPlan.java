package heddle.runtime.jvm;

import heddle.compiler.schedule.MemoryPlan;
import heddle.compiler.schedule.Plan;
import heddle.compiler.tile.TileKernel;
import heddle.runtime.input.CountableAxes;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What follows from the lengths of a run alone.
 *
 * @param memory where intermediate results lie
 * @param values the lengths in the plan's order, as generated code takes them
 * @param small  entries of the generated class that are too little work for several threads
 * @param costs  of each launch, for those who profile
 */
record RunPlan(MemoryPlan memory, long[] values, Set<Integer> small, LaunchCosts costs) {
    /** @throws heddle.dsl.diagnostic.DiagnosticException when a tensor does not fit into an array */
    static RunPlan of(Plan plan, SmallKernels small, Map<String, Long> lengths) {
        CountableAxes.check(plan, lengths);
        plan.launches().forEach(k -> k.writes().forEach(b -> RunMemory.elements(b, lengths)));
        List<TileKernel> kernels = plan.launches();
        return new RunPlan(
                MemoryPlan.of(plan, lengths),
                plan.lengths().stream().mapToLong(lengths::get).toArray(),
                small.at(lengths),
                new LaunchCosts(kernels, lengths));
    }
}
