package heddle.cli.page;

import heddle.compiler.explain.Explanation;
import heddle.compiler.report.FusionReport;
import java.util.LinkedHashMap;
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
        fields.put("work", work(in, in.fused()));
        fields.put("unfused", work(in, in.unfused()));
        profile.ifPresent(p -> fields.put("nanos", p.measured().nanos()));
        return fields;
    }

    private static int count(Explanation explanation, FusionReport.Kind kind) {
        return explanation.report().declined(kind).size();
    }

    /** Of the kernels of a run; those that prepare weights are not in it. */
    private static Map<String, Object> work(Inspected in, PlanCosts costs) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("kernels", costs.launches().size());
        costs.memory().ifPresent(memory -> fields.put("peak", memory.peakBytes()));
        fields.put("bytes", in.amount(costs.bytes()));
        fields.put("flops", in.amount(costs.flops()));
        return fields;
    }
}
