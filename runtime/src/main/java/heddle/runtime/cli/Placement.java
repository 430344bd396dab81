package heddle.runtime.cli;

import heddle.compiler.Compilation;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.schedule.MemoryPlan;
import heddle.runtime.CompiledModel;
import java.util.Map;

/** The last line of a run: what ran where, and the memory of its intermediate results. */
final class Placement {
    private Placement() {}

    static String line(CompiledModel model, Fusion fusion, Map<String, Long> lengths) {
        Compilation compilation = model.compilation();
        String memory = "peak " + peak(compilation, lengths);
        if (fusion == Fusion.UNFUSED) {
            return "unfused, " + model.target() + ", " + memory;
        }
        String unfused = peak(model.model().compilation(Fusion.UNFUSED), lengths);
        return compilation.report().summary() + ", " + model.target() + ", " + memory + " (unfused " + unfused + ")";
    }

    private static String peak(Compilation compilation, Map<String, Long> lengths) {
        return Sizes.text(MemoryPlan.of(compilation.plan(), lengths).peakBytes());
    }
}
