package heddle.cli.page;

import heddle.cli.report.ExplanationJson;
import heddle.compiler.explain.FusedExplanation;
import heddle.compiler.inspect.BlockMap;
import heddle.compiler.report.CapturedPart;
import heddle.compiler.report.FusionReport;
import heddle.compiler.scalar.Axis;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TileStmt;
import heddle.compiler.type.Dim;
import heddle.dsl.source.Span;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The section {@code attention}: each fused attention as {@code explain} has it, and each that is declined. */
final class AttentionSection {
    private AttentionSection() {}

    static Map<String, Object> of(Inspected in) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put(
                "fused",
                in.explanation().fused().stream().map(f -> fused(in, f)).toList());
        Map<Boolean, List<Object>> declined = in.explanation().declined().stream()
                .collect(Collectors.partitioningBy(
                        d -> d.kind() == FusionReport.Kind.IN_THE_WAY,
                        Collectors.mapping(d -> declined(in, d), Collectors.toList())));
        fields.put("declined", declined.get(true));
        if (!declined.get(false).isEmpty()) {
            fields.put("others", declined.get(false));
        }
        return fields;
    }

    private static Map<String, Object> fused(Inspected in, FusedExplanation fused) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", in.number(fused.node()));
        fields.put(
                "woven",
                fused.woven().stream()
                        .map(n -> in.number(n))
                        .filter(n -> n >= 0)
                        .toList());
        fields.putAll(ExplanationJson.fused(fused));
        fields.put("parts", fused.parts().stream().map(p -> part(in, p)).toList());
        fields.put("mathematics", AttentionFormula.of(fused));
        fields.put("scoreBytes", in.amount(fused.scores().times(Dim.of(4))));
        List<TileKernel> kernels = in.kernels();
        for (int n = 0; n < kernels.size(); n++) {
            if (kernels.get(n).name().equals(fused.node().path())) {
                fields.put("kernel", n);
                map(in, fused, kernels.get(n)).ifPresent(map -> fields.put("map", map));
            }
        }
        return fields;
    }

    /** The blocks of one head, at lengths of eight blocks of keys where lengths are not known. */
    private static Optional<Map<String, Object>> map(Inspected in, FusedExplanation fused, TileKernel kernel) {
        Map<String, Long> lengths = new TreeMap<>(in.lengths());
        in.compilation()
                .plan()
                .lengths()
                .forEach(s -> lengths.putIfAbsent(s, 8L * fused.tiles().blockKv()));
        Axis queries = kernel.parallel().stream()
                .filter(a -> a.name().equals(fused.definition().i().name()))
                .findFirst()
                .orElse(fused.definition().i());
        Axis keys = kernel.program().loops().stream()
                .map(TileStmt.Loop::axis)
                .filter(a -> a.name().equals(fused.definition().j().name()))
                .findFirst()
                .orElse(fused.definition().j());
        return BlockMap.of(kernel, queries, lengths).map(map -> {
            Map<String, Object> fields = new LinkedHashMap<>();
            if (!in.isKnown()) {
                Set<String> drawn = new HashSet<>(queries.extent().symbols());
                drawn.addAll(keys.extent().symbols());
                Map<String, Long> example = new TreeMap<>(lengths);
                example.keySet().retainAll(drawn);
                fields.put("example", example);
            }
            fields.put("rowAxis", queries.name());
            fields.put("columnAxis", keys.name());
            fields.put("rows", map.rows());
            fields.put("columns", map.columns());
            fields.put("rowSize", kernel.block(queries));
            fields.put("columnSize", kernel.block(keys));
            fields.put("queries", queries.extent().evaluate(lengths));
            fields.put("keys", keys.extent().evaluate(lengths));
            fields.put("pool", map.pool());
            fields.put("runs", map.runs());
            return fields;
        });
    }

    private static Map<String, Object> part(Inspected in, CapturedPart part) {
        Map<String, Object> fields = new LinkedHashMap<>(ExplanationJson.part(part));
        fields.put("node", in.number(part.node()));
        part.span().ifPresent(s -> fields.put("at", place(in, s)));
        return fields;
    }

    private static Map<String, Object> declined(Inspected in, FusionReport.Declined declined) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", in.number(declined.normaliser()));
        fields.put("atNode", in.number(declined.at()));
        fields.putAll(ExplanationJson.declined(declined));
        return fields;
    }

    /** {@code [file, start, end]}. */
    static List<Integer> place(Inspected in, Span span) {
        return List.of(in.files().indexOf(span.file()), span.start(), span.end());
    }
}
