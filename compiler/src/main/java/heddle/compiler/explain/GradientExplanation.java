package heddle.compiler.explain;

import heddle.compiler.ir.Graph;
import heddle.compiler.op.gradient.Gradient;
import heddle.compiler.report.FusionReport;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.schedule.MemoryPlan;
import heddle.compiler.schedule.Plan;
import heddle.compiler.tile.TileKernel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/**
 * What gradients add to a run of a model.
 *
 * @param attention the cost of the kernels that compute the gradient of each fused attention, by its path; one that no gradient flows
 *                  through is left out
 * @param forward   the cost of the kernels that compute the outputs that are no gradients, with what they store for the backward pass
 * @param backward  the cost of all others
 * @param unfused   of both, with a kernel for each operation
 * @param memory    the bytes of intermediate results and outputs; empty when lengths are not known
 * @param unfusedMemory the same with a kernel for each operation
 */
public record GradientExplanation(
        SequencedMap<String, Work> attention,
        Work forward,
        Work backward,
        Work unfused,
        Optional<Long> memory,
        Optional<Long> unfusedMemory) {
    public GradientExplanation {
        attention = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(attention));
    }

    /**
     * Explains the gradients of a model.
     *
     * @param given   the graph that asks for them
     * @param plan    of the compiled model
     * @param unfused of the model with a kernel for each operation
     * @param lengths of symbols, as far as they are known
     */
    public static GradientExplanation of(
            Graph given, FusionReport report, Plan plan, Plan unfused, Map<String, Long> lengths) {
        Optional<Map<String, Long>> known = Optional.of(lengths)
                .filter(l ->
                        l.keySet().containsAll(plan.lengths()) && l.keySet().containsAll(unfused.lengths()));
        SequencedMap<String, Work> attention = new LinkedHashMap<>();
        for (FusionReport.Fused one : report.fused()) {
            String path = one.node().path();
            List<TileKernel> kernels = plan.launches().stream()
                    .filter(k -> k.name().startsWith(path + ".gradient."))
                    .toList();
            if (!kernels.isEmpty()) {
                attention.put(path, Work.of(kernels, known));
            }
        }
        List<TileKernel> forward = forward(given, plan);
        List<TileKernel> backward = new ArrayList<>(plan.launches());
        backward.removeAll(forward);
        return new GradientExplanation(
                attention,
                Work.of(forward, known),
                Work.of(backward, known),
                Work.of(unfused.launches(), known),
                known.map(l -> MemoryPlan.of(plan, l).peakBytes()),
                known.map(l -> MemoryPlan.of(unfused, l).peakBytes()));
    }

    /** The kernels that outputs need that are no gradients, in order. */
    private static List<TileKernel> forward(Graph given, Plan plan) {
        Set<Buffer> needed = new HashSet<>();
        given.outputs().forEach((name, value) -> {
            if (!(value.node().op() instanceof Gradient)) {
                needed.add(plan.outputs().get(name));
            }
        });
        List<TileKernel> kernels = new ArrayList<>();
        for (TileKernel kernel : plan.launches().reversed()) {
            if (kernel.writes().stream().anyMatch(needed::contains)) {
                kernels.addFirst(kernel);
                needed.addAll(kernel.reads());
            }
        }
        return kernels;
    }
}
