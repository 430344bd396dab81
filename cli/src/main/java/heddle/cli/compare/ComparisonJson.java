package heddle.cli.compare;

import com.fasterxml.jackson.jr.ob.JSON;
import heddle.cli.compare.AttentionDifference.Pair;
import heddle.cli.compare.ComparedReport.Attention;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Writes a comparison as JSON; {@code docs/diff.md} lists the keys. The page has the same as its section {@code diff}. */
public final class ComparisonJson {
    /** The schema's name and major version. */
    public static final String SCHEMA = "heddle.diff/1";

    private ComparisonJson() {}

    /** The JSON as text. */
    public static String of(Comparison comparison, Comparison.Verdicts verdicts) {
        try {
            return JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(fields(comparison, verdicts)) + "\n";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same as objects. */
    public static Map<String, Object> fields(Comparison comparison, Comparison.Verdicts verdicts) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("schema", SCHEMA);
        fields.put("a", side(comparison.a()));
        fields.put("b", side(comparison.b()));
        fields.put("equal", comparison.isEmpty());
        fields.put("sameLengths", comparison.sameLengths());
        fields.put("verdict", comparison.verdict());
        fields.put("lost", pairs(comparison.attentions().lost()));
        fields.put("gained", pairs(comparison.attentions().gained()));
        fields.put("kept", pairs(comparison.attentions().kept()));
        fields.put("declined", pairs(comparison.attentions().declined()));
        fields.put(
                "measures",
                comparison.measures().stream().map(ComparisonJson::measure).toList());
        fields.put("written", graph(comparison.written()));
        fields.put("optimised", graph(comparison.optimised()));
        fields.put("equalLayers", comparison.layers().equal());
        fields.put("otherLayers", comparison.layers().other());
        fields.put(
                "sources",
                comparison.sources().stream().map(ComparisonJson::source).toList());
        fields.put("limits", verdicts.all().stream().map(ComparisonJson::limit).toList());
        return fields;
    }

    private static Map<String, Object> side(ComparedReport report) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("called", report.called());
        for (String key : List.of("model", "file", "target", "heddle")) {
            fields.put(key, report.head().text(key));
        }
        fields.put("lengths", report.lengths());
        return fields;
    }

    private static List<Object> pairs(List<Pair> pairs) {
        List<Object> all = new ArrayList<>();
        for (Pair pair : pairs) {
            Map<String, Object> fields = new LinkedHashMap<>();
            pair.before().ifPresent(x -> fields.put("a", attention(x)));
            pair.now().ifPresent(y -> fields.put("b", attention(y)));
            all.add(fields);
        }
        return all;
    }

    private static Map<String, Object> attention(Attention attention) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("node", attention.path());
        fields.put("id", attention.id());
        fields.put("scope", attention.scope());
        fields.put("place", attention.place());
        fields.put("fused", attention.fused());
        if (!attention.fused()) {
            fields.put("reason", attention.reason());
            fields.put("remedy", attention.remedy());
            fields.put("inTheWay", attention.culprit());
            fields.put("atNode", attention.at());
        }
        return fields;
    }

    private static Map<String, Object> measure(Measure measure) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", measure.name());
        fields.put("unit", measure.unit().name().toLowerCase(Locale.ROOT));
        put(fields, "a", measure.before());
        put(fields, "b", measure.now());
        fields.put("textA", measure.text(measure.before()));
        fields.put("textB", measure.text(measure.now()));
        fields.put("change", measure.change());
        return fields;
    }

    private static void put(Map<String, Object> fields, String key, Optional<Object> value) {
        value.ifPresent(v -> fields.put(key, v));
    }

    private static Map<String, Object> graph(GraphDifference graph) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("equal", graph.equal());
        fields.put("renamed", graph.renamed());
        fields.put("added", nodes(graph.added()));
        fields.put("removed", nodes(graph.removed()));
        List<Object> changed = new ArrayList<>();
        for (GraphDifference.Changed c : graph.changed()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("a", node(c.before()));
            one.put("b", node(c.now()));
            one.put("what", c.what());
            changed.add(one);
        }
        fields.put("changed", changed);
        fields.put(
                "outputs",
                graph.outputs().stream().map(o -> o.sign() + o.name()).toList());
        List<List<Integer>> pairs = new ArrayList<>();
        graph.pairs().forEach((x, y) -> pairs.add(List.of(x, y)));
        fields.put("pairs", pairs);
        return fields;
    }

    private static List<Object> nodes(List<ComparedGraph.Node> nodes) {
        return nodes.stream().<Object>map(ComparisonJson::node).toList();
    }

    private static Map<String, Object> node(ComparedGraph.Node node) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", node.id());
        fields.put("path", node.path());
        fields.put("op", node.op());
        return fields;
    }

    private static Map<String, Object> source(SourceDifference file) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("file", file.file());
        fields.put("added", file.added());
        fields.put("removed", file.removed());
        List<Object> hunks = new ArrayList<>();
        for (SourceDifference.Hunk hunk : file.hunks()) {
            hunks.add(hunk.lines().stream().map(ComparisonJson::line).toList());
        }
        fields.put("hunks", hunks);
        return fields;
    }

    private static List<Object> line(SourceDifference.Line line) {
        return List.of(String.valueOf(line.sign()), line.before(), line.now(), line.text());
    }

    private static Map<String, Object> limit(Limit.Checked checked) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("limit", checked.limit().text());
        fields.put("met", checked.isMet());
        fields.put("why", checked.why());
        return fields;
    }
}
