package heddle.compiler.explain;

import heddle.compiler.ir.Node;
import heddle.compiler.report.FusionReport;
import heddle.compiler.report.WrittenAttention;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.type.LengthFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What happened to each attention of a model.
 *
 * @param report what is fused, and what is not and why
 * @param fused  what is fused in more detail, in graph order
 */
public record Explanation(FusionReport report, List<FusedExplanation> fused) {
    public Explanation {
        fused = List.copyOf(fused);
    }

    /**
     * Explains a report.
     *
     * @param written where fused nodes come from; one that was there before fusion comes from nowhere and is left out
     * @param policy  makes the schedules of the target
     * @param facts   what holds of lengths whenever the model runs
     * @param lengths of symbols, as far as they are known
     */
    public static Explanation of(
            FusionReport report,
            Map<Node, WrittenAttention> written,
            SchedulePolicy policy,
            LengthFacts facts,
            Map<String, Long> lengths) {
        return of(report, written, policy, facts, lengths, () -> {});
    }

    /** The same. @param next called before each attention; what it throws ends the work */
    public static Explanation of(
            FusionReport report,
            Map<Node, WrittenAttention> written,
            SchedulePolicy policy,
            LengthFacts facts,
            Map<String, Long> lengths,
            Runnable next) {
        List<FusedExplanation> fused = new ArrayList<>();
        for (FusionReport.Fused one : report.fused()) {
            next.run();
            WrittenAttention source = written.get(one.node());
            if (source != null) {
                fused.add(new ExplainFused(one, source, policy, facts).with(lengths));
            }
        }
        return new Explanation(report, fused);
    }

    /** What is not fused, in graph order. */
    public List<FusionReport.Declined> declined() {
        return report.declined();
    }

    /** {@code fused 6/6 attention}. */
    public String summary() {
        return report.summary();
    }
}
