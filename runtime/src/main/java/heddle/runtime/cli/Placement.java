package heddle.runtime.cli;

import heddle.compiler.Compilation;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.schedule.Plan;
import heddle.compiler.tile.TileKernel;
import heddle.runtime.CompiledModel;
import java.util.Map;

/** The last line of a run: what ran where, and the memory of its intermediate results. */
final class Placement {
    private Placement() {}

    static String line(CompiledModel model, Fusion fusion, Map<String, Long> lengths) {
        Compilation compilation = model.compilation();
        Plan plan = compilation.plan();
        String memory = "peak " + Sizes.text(bytes(plan, lengths));
        if (fusion == Fusion.UNFUSED) {
            return "unfused, target jvm, " + memory;
        }
        Plan unfused = model.model().compilation(Fusion.UNFUSED).plan();
        return compilation.report().summary() + ", target jvm, " + memory + " (unfused "
                + Sizes.text(bytes(unfused, lengths)) + ")";
    }

    private static long bytes(Plan plan, Map<String, Long> lengths) {
        return plan.launches().stream()
                .map(TileKernel::writes)
                .flatMap(java.util.List::stream)
                .mapToLong(b -> b.type().shape().size().evaluate(lengths)
                        * b.type().dtype().bytes())
                .sum();
    }
}
