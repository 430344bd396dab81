package heddle.cli.page;

import heddle.compiler.schedule.MemoryPlan;
import heddle.compiler.schedule.Plan;
import heddle.compiler.tile.KernelCost;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.type.Amount;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A plan with what it costs, counted once for all sections.
 *
 * @param prepare of the kernels that run once, in order
 * @param launches of the kernels of every run, in order
 * @param memory  where its values lie; empty while lengths are not known
 */
record PlanCosts(Plan plan, List<KernelCost> prepare, List<KernelCost> launches, Optional<MemoryPlan> memory) {
    /** @param lengths of all symbols; empty when costs are to be formulas */
    static PlanCosts of(Plan plan, Optional<Map<String, Long>> lengths) {
        return new PlanCosts(
                plan,
                costs(plan.prepare(), lengths),
                costs(plan.launches(), lengths),
                lengths.map(known -> MemoryPlan.of(plan, known)));
    }

    private static List<KernelCost> costs(List<TileKernel> kernels, Optional<Map<String, Long>> lengths) {
        return kernels.stream()
                .map(k -> lengths.map(known -> KernelCost.of(k, known)).orElseGet(() -> KernelCost.of(k)))
                .toList();
    }

    /** Bytes that the kernels of a run read and write. */
    Amount bytes() {
        return launches.stream().map(KernelCost::bytes).reduce(Amount.ZERO, Amount::plus);
    }

    /** Operations of the kernels of a run. */
    Amount flops() {
        return launches.stream().map(KernelCost::flops).reduce(Amount.ZERO, Amount::plus);
    }
}
