package heddle.cli.report;

import heddle.compiler.explain.Explanation;
import heddle.compiler.explain.FiniteFill;
import heddle.compiler.explain.FusedExplanation;
import heddle.compiler.explain.GradientExplanation;
import heddle.compiler.explain.TileLayout;
import heddle.compiler.explain.Work;
import heddle.compiler.ir.Node;
import heddle.compiler.recompute.Recomputation;
import heddle.compiler.report.CapturedPart;
import heddle.compiler.report.FusionReport;
import heddle.compiler.tile.BlockCount;
import heddle.dsl.source.Span;
import heddle.runtime.PackedModel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes an explanation as JSON; docs/explain.md lists the keys. Costs are formulas where lengths are not known. */
public final class ExplanationJson {
    private ExplanationJson() {}

    /**
     * An explanation as fields of an object.
     *
     * @param gradients what they add to a run, where they are asked for
     * @param memory what a budget of memory led to, where there is one
     * @param origin of a model that was imported
     * @param texts  how they share runs, where the model gives vectors of them
     */
    public static Map<String, Object> fields(
            Explanation explanation,
            Optional<GradientExplanation> gradients,
            Optional<Recomputation> memory,
            Optional<OnnxOrigin> origin,
            Optional<PackedModel> texts) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put(
                "fused",
                explanation.fused().stream()
                        .map(f -> {
                            Map<String, Object> fields = fused(f);
                            origin.ifPresent(o -> fields.put("onnxNodes", o.nodes(f)));
                            return fields;
                        })
                        .toList());
        all.put(
                "declined",
                explanation.declined().stream()
                        .map(d -> {
                            Map<String, Object> fields = declined(d);
                            origin.ifPresent(o -> {
                                fields.put("onnxNodes", o.nodes(d));
                                ExporterRemedy.of(d).ifPresent(remedy -> fields.put("exporter", remedy));
                            });
                            return fields;
                        })
                        .toList());
        gradients.ifPresent(g -> all.put("gradients", gradients(g)));
        memory.ifPresent(r -> all.put("memory", RecomputationJson.of(r)));
        texts.ifPresent(packed -> all.put("texts", texts(packed)));
        return all;
    }

    private static Map<String, Object> texts(PackedModel packed) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("endToEnd", packed.model().isPresent());
        packed.declined().ifPresent(why -> fields.put("padded", why));
        return fields;
    }

    private static Map<String, Object> fill(FiniteFill fill) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("value", fill.value());
        fields.put("skippedByInfinity", fill.skipped());
        fill.above().ifPresent(above -> fields.put("skippedAbove", above));
        return fields;
    }

    /** One fused attention. */
    public static Map<String, Object> fused(FusedExplanation fused) {
        Map<String, Object> fields = heading(fused.node());
        fields.put("parts", fused.parts().stream().map(ExplanationJson::part).toList());
        fields.put("programs", fused.programs());
        fields.put("tiles", tiles(fused.tiles()));
        fused.blocks().ifPresent(count -> fields.put("blocks", blocks(count)));
        fused.fill().ifPresent(f -> fields.put("finiteFill", fill(f)));
        fields.put("tables", fused.tables());
        fields.put(
                "kernels",
                compared(fused.fusedWork().kernels(), fused.unfusedWork().kernels()));
        fields.put(
                "bytes",
                compared(
                        PlanJson.size(fused.fusedWork().bytes()),
                        PlanJson.size(fused.unfusedWork().bytes())));
        fields.put(
                "flops",
                compared(
                        PlanJson.size(fused.fusedWork().flops()),
                        PlanJson.size(fused.unfusedWork().flops())));
        fields.put("scores", PlanJson.size(fused.scores()));
        return fields;
    }

    private static Map<String, Object> gradients(GradientExplanation gradients) {
        Map<String, Object> fields = new LinkedHashMap<>();
        Map<String, Object> attention = new LinkedHashMap<>();
        gradients.attention().forEach((path, work) -> attention.put(path, work(work)));
        fields.put("attention", attention);
        fields.put("forward", work(gradients.forward()));
        fields.put("backward", work(gradients.backward()));
        fields.put("unfused", work(gradients.unfused()));
        gradients.memory().ifPresent(bytes -> fields.put("memory", bytes));
        gradients.unfusedMemory().ifPresent(bytes -> fields.put("unfusedMemory", bytes));
        return fields;
    }

    private static Map<String, Object> work(Work work) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("kernels", work.kernels());
        fields.put("bytes", PlanJson.size(work.bytes()));
        fields.put("flops", PlanJson.size(work.flops()));
        return fields;
    }

    /** One that is declined. */
    public static Map<String, Object> declined(FusionReport.Declined declined) {
        Map<String, Object> fields = heading(declined.normaliser());
        fields.put(
                "kind",
                switch (declined.kind()) {
                    case IN_THE_WAY -> "in the way";
                    case ONE_KEY -> "one key";
                    case NO_SOFTMAX -> "no softmax";
                });
        fields.put("inTheWay", place(declined.at()));
        fields.put("reason", declined.reason());
        fields.put("remedy", declined.remedy());
        return fields;
    }

    private static Map<String, Object> heading(Node node) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("node", node.path());
        fields.put("scope", node.origin().scope());
        fields.put("place", place(node));
        fields.put(
                "calledFrom",
                node.origin().spans().stream().skip(1).map(Span::toString).toList());
        return fields;
    }

    private static String place(Node node) {
        List<Span> spans = node.origin().spans();
        return spans.isEmpty() ? "" : spans.getFirst().toString();
    }

    /** A piece of source. */
    public static Map<String, Object> part(CapturedPart part) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("role", part.role().toString());
        fields.put("place", part.span().map(Span::toString).orElse(""));
        fields.put("text", part.span().map(Span::text).orElse(""));
        return fields;
    }

    private static Map<String, Object> tiles(TileLayout layout) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("blockQ", layout.blockQ());
        fields.put("blockKv", layout.blockKv());
        fields.put("tiles", layout.tiles().stream().map(ExplanationJson::tile).toList());
        return fields;
    }

    private static Map<String, Object> tile(TileLayout.Placed placed) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", placed.tile().name());
        fields.put("place", placed.place().text());
        fields.put("size", placed.sizes().stream().map(PlanJson::size).toList());
        return fields;
    }

    private static Map<String, Object> blocks(BlockCount count) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("total", count.total());
        fields.put("skipped", count.empty());
        fields.put("full", count.full());
        fields.put("partial", count.partial());
        fields.put("atRunTime", count.open());
        return fields;
    }

    private static Map<String, Object> compared(Object fused, Object unfused) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("fused", fused);
        fields.put("unfused", unfused);
        return fields;
    }
}
