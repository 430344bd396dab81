package heddle.cli.page;

import heddle.compiler.explain.Explanation;
import heddle.compiler.report.FusionReport;
import heddle.compiler.schedule.MemoryPlan;
import heddle.compiler.schedule.Plan;
import heddle.compiler.tile.KernelCost;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.type.Dim;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The section {@code head}: what the report is about, and the verdict with its numbers. */
final class HeadSection {
    private HeadSection() {}

    static Map<String, Object> of(Inspected in, String version, Optional<Profile> profile) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("schema", Report.SCHEMA);
        fields.put("heddle", version);
        fields.put("model", in.compilation().plan().name());
        fields.put("file", in.files().getFirst().name());
        fields.put("target", in.target());
        fields.put("lengths", in.lengths());
        fields.put(
                "open",
                in.compilation().plan().lengths().stream()
                        .filter(l -> !in.lengths().containsKey(l))
                        .toList());
        Map<String, Long> typical = new LinkedHashMap<>();
        in.model().declaration().lengths().forEach(l -> l.typical().ifPresent(n -> typical.put(l.name(), n)));
        if (!typical.isEmpty()) {
            fields.put("typical", typical);
        }
        fields.put("fused", in.explanation().fused().size());
        fields.put("total", in.explanation().report().total());
        fields.put("declined", count(in.explanation(), FusionReport.Kind.IN_THE_WAY));
        fields.put("oneKey", count(in.explanation(), FusionReport.Kind.ONE_KEY));
        fields.put("withoutSoftmax", count(in.explanation(), FusionReport.Kind.NO_SOFTMAX));
        fields.put("passes", in.history().stages().size() - 1);
        fields.put("work", work(in, in.compilation().plan()));
        fields.put("unfused", work(in, in.unfused()));
        profile.ifPresent(p -> fields.put("nanos", p.measured().nanos()));
        return fields;
    }

    private static int count(Explanation explanation, FusionReport.Kind kind) {
        return explanation.report().declined(kind).size();
    }

    /** Of the kernels of a run; those that prepare weights are not in it. */
    private static Map<String, Object> work(Inspected in, Plan plan) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("kernels", plan.launches().size());
        in.known().ifPresent(l -> fields.put("peak", MemoryPlan.of(plan, l).peakBytes()));
        List<KernelCost> costs = plan.launches().stream().map(k -> cost(in, k)).toList();
        fields.put("bytes", in.amount(costs.stream().map(KernelCost::bytes).reduce(Dim.ZERO, Dim::plus)));
        fields.put("flops", in.amount(costs.stream().map(KernelCost::flops).reduce(Dim.ZERO, Dim::plus)));
        return fields;
    }

    static KernelCost cost(Inspected in, TileKernel kernel) {
        return in.known().map(l -> KernelCost.of(kernel, l)).orElseGet(() -> KernelCost.of(kernel));
    }
}
