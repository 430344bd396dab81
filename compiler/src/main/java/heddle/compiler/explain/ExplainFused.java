package heddle.compiler.explain;

import heddle.compiler.layout.FoldLayout;
import heddle.compiler.op.attention.AttentionDefinition;
import heddle.compiler.op.attention.AttentionResult.Kind;
import heddle.compiler.report.FusionReport;
import heddle.compiler.report.WrittenAttention;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarText;
import heddle.compiler.schedule.Launch;
import heddle.compiler.schedule.Lower;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.Schedule;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.tile.BlockCount;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.tile.family.Family;
import heddle.compiler.tile.family.SplitAttention;
import heddle.compiler.type.Amount;
import heddle.compiler.type.LengthFacts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Explains one fused attention. It lowers the fused attention alone, and the operations that it replaced, and compares
 * the kernels.
 */
final class ExplainFused {
    private final FusionReport.Fused fused;
    private final WrittenAttention written;
    private final List<String> operands;
    private final Schedule schedule;
    private final Plan plan;
    private final Plan unfused;
    private final Launch launch;
    private final AttentionDefinition attention;

    ExplainFused(FusionReport.Fused fused, WrittenAttention written, SchedulePolicy policy, LengthFacts facts) {
        this.fused = fused;
        this.written = written;
        StandaloneAttention.Fused standalone = StandaloneAttention.fused(written);
        this.operands = standalone.operands();
        this.schedule = Lower.fused(new FoldLayout().run(standalone.graph()), policy, facts);
        this.plan = schedule.plan();
        this.unfused = Lower.unfused(StandaloneAttention.unfused(written), policy.usual(), facts)
                .plan();
        this.launch = schedule.all().stream()
                .filter(l -> attention(l.family()).isPresent())
                .findFirst()
                .orElseThrow();
        this.attention = attention(launch.family()).orElseThrow();
    }

    private static Optional<AttentionDefinition> attention(Family family) {
        return switch (family) {
            case Attention a -> Optional.of(a.definition());
            case SplitAttention s -> Optional.of(s.whole().definition());
            default -> Optional.empty();
        };
    }

    FusedExplanation with(Map<String, Long> lengths) {
        boolean bound =
                lengths.keySet().containsAll(plan.lengths()) && lengths.keySet().containsAll(unfused.lengths());
        Optional<Map<String, Long>> known = Optional.of(lengths).filter(l -> bound);
        TensorText text = new TensorText(schedule);
        Amount scores = Amount.of(attention.i().extent()).times(attention.j().extent());
        for (Axis axis : attention.batch()) {
            scores = scores.times(axis.extent());
        }
        return new FusedExplanation(
                fused.node(),
                List.copyOf(written.nodes()),
                written.parts(),
                written.folded().call().op().definition(),
                operands,
                programs(),
                TileLayout.of(kernel(), attention.i(), attention.j()),
                known.flatMap(l -> BlockCount.of(kernel(), l)),
                known.flatMap(l -> FiniteFill.of(kernel(), l)),
                launch.tables().stream()
                        .map(t -> t.buffer() + " of " + text.of(t.part())
                                + (kernel().isOfBlocks(t) ? "" : ", a few keys at a time"))
                        .toList(),
                Work.of(plan.launches(), known),
                Work.of(unfused.launches(), known),
                known.isPresent() ? Amount.of(scores.at(known.get())) : scores);
    }

    private TileKernel kernel() {
        return Stream.concat(plan.prepare().stream(), plan.launches().stream())
                .filter(k -> k.name().equals(launch.name()))
                .findFirst()
                .orElseThrow();
    }

    private SequencedMap<String, String> programs() {
        AttentionDefinition a = written.folded().call().op().definition();
        SequencedMap<String, String> programs = new LinkedHashMap<>();
        programs.put("q", text(a.q()));
        programs.put("k", text(a.k()));
        programs.put("v", text(a.v()));
        programs.put("score", text(a.score()));
        a.mask().ifPresent(mask -> programs.put("mask", text(mask)));
        a.weight().ifPresent(weight -> programs.put("weight", text(weight)));
        a.sink().ifPresent(sink -> programs.put("sink", text(sink)));
        storedForRows(Kind.ROW_MAX, "max", "max(score)", programs);
        storedForRows(Kind.ROW_SUM, "sum", "sum(exp(score - max(score)))", programs);
        storedForRows(Kind.LOG_SUM_EXP, "lse", "log(sum(exp(score)))", programs);
        return programs;
    }

    private String text(ScalarExpr program) {
        return ScalarText.of(program, operands::get);
    }

    /** Says of another result what it has for each row of queries. */
    private void storedForRows(Kind kind, String name, String value, Map<String, String> programs) {
        String rows = written.folded().call().op().definition().rows().stream()
                .map(Axis::name)
                .collect(Collectors.joining(", "));
        fused.attention()
                .result(kind)
                .ifPresent(result -> programs.put(name, value + ", stored for each [" + rows + "]"));
    }
}
