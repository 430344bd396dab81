package heddle.cli.page;

import heddle.compiler.inspect.GraphHistory;
import heddle.compiler.inspect.HistoryNode;
import heddle.compiler.inspect.NodeFamily;
import heddle.compiler.inspect.NodeScope;
import heddle.compiler.ir.AttributeText;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Op;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Value;
import heddle.compiler.schedule.Launch;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/** The section {@code graph}: all nodes of all passes, and the scopes they stand in, in columns. */
final class GraphSection {
    private final Inspected in;
    private final Spans spans;
    private final LetNames names;

    private GraphSection(Inspected in) {
        this.in = in;
        this.spans = new Spans(in.files());
        this.names = LetNames.of(in.files());
    }

    static Map<String, Object> of(Inspected in) {
        return new GraphSection(in).fields();
    }

    private Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("stages", stages());
        fields.put("nodes", nodes());
        fields.put("scopes", scopes());
        fields.put("outputs", outputs());
        fields.put("places", spans.places());
        fields.put("chains", spans.chains());
        return fields;
    }

    private List<Object> stages() {
        List<Object> stages = new ArrayList<>();
        List<GraphHistory.Stage> all = in.history().stages();
        for (int stage = 0; stage < all.size(); stage++) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("name", all.get(stage).name());
            fields.put("nodes", all.get(stage).graph().nodes().size());
            int now = stage;
            fields.put("added", count(node -> now > 0 && isFirst(node, now)));
            fields.put(
                    "removed",
                    count(node -> now > 0
                            && node.alive().get(now - 1)
                            && !node.alive().get(now)));
            fields.put("rewritten", count(node -> node.isRewritten(now)));
            stages.add(fields);
        }
        return stages;
    }

    private static boolean isFirst(HistoryNode node, int stage) {
        return node.alive().get(stage) && !node.alive().get(stage - 1);
    }

    private long count(Predicate<HistoryNode> wanted) {
        return in.history().nodes().stream().filter(wanted).count();
    }

    private Map<String, Object> nodes() {
        Map<Integer, List<Integer>> kernels = kernels();
        Map<String, List<Object>> columns = new LinkedHashMap<>();
        for (HistoryNode node : in.history().nodes()) {
            HistoryNode.Version last = node.last();
            Origin origin = last.node().origin();
            Row row = new Row(columns);
            row.put("path", node.path());
            row.put("op", node.op().name());
            row.put("family", NodeFamily.of(node.op()).name().toLowerCase(Locale.ROOT));
            row.put("kind", kind(node));
            row.put("scope", in.tree().of(node.id()).id());
            row.put("number", last.node().id());
            row.put("types", types(last.node()));
            row.put("attributes", attributes(node.op()));
            row.put("operands", operands(last.operands()));
            row.put("earlier", earlier(node));
            row.put("alive", intervals(node.alive()));
            row.put("rewritten", rewritten(node));
            row.put("forms", forms(node));
            row.put("made", node.made().map(m -> List.of(m.stage(), m.rule())).orElse(List.of()));
            row.put("from", node.made().map(m -> List.copyOf(m.from())).orElse(List.of()));
            row.put("rank", in.ranks().rank(node));
            row.put("order", in.ranks().order(node));
            row.put("places", spans.chain(origin.spans()));
            row.put("merged", origin.merged().stream().map(spans::chain).toList());
            row.put(
                    "let",
                    origin.spans().isEmpty() ? "" : names.of(origin.spans().getFirst()));
            row.put("kernels", kernels.getOrDefault(node.id(), List.of()));
        }
        return new LinkedHashMap<>(columns);
    }

    /** Adds one value to each column. */
    private record Row(Map<String, List<Object>> columns) {
        void put(String column, Object value) {
            columns.computeIfAbsent(column, c -> new ArrayList<>()).add(value);
        }
    }

    private static String kind(HistoryNode node) {
        return switch (node.op().category()) {
            case INPUT -> "input";
            case WEIGHT -> "weight";
            case CONSTANT -> "constant";
            default -> "";
        };
    }

    private static List<List<String>> attributes(Op op) {
        List<List<String>> attributes = new ArrayList<>();
        op.attributes().forEach((key, value) -> attributes.add(List.of(key, AttributeText.of(value))));
        return attributes;
    }

    /** A number for the first result of a node, {@code [node, result]} for another. */
    private static List<Object> operands(List<HistoryNode.Operand> operands) {
        return operands.stream()
                .map(o -> o.result() == 0 ? (Object) o.node() : List.of(o.node(), o.result()))
                .toList();
    }

    /** What it read before, with the first stage of each. */
    private static List<Object> earlier(HistoryNode node) {
        List<Object> earlier = new ArrayList<>();
        List<HistoryNode.Version> versions = node.versions();
        for (int n = 0; n + 1 < versions.size(); n++) {
            earlier.add(
                    List.of(versions.get(n).stage(), operands(versions.get(n).operands())));
        }
        if (!earlier.isEmpty()) {
            earlier.add(List.of(node.last().stage(), operands(node.last().operands())));
        }
        return earlier;
    }

    /** Stages from, to, from, to …; those at the odd places are the first without it. */
    private static List<Integer> intervals(BitSet alive) {
        List<Integer> intervals = new ArrayList<>();
        for (int from = alive.nextSetBit(0); from >= 0; ) {
            int to = alive.nextClearBit(from);
            intervals.add(from);
            intervals.add(to);
            from = alive.nextSetBit(to);
        }
        return intervals;
    }

    private List<Integer> rewritten(HistoryNode node) {
        List<Integer> stages = new ArrayList<>();
        for (int stage = 1; stage < in.history().stages().size(); stage++) {
            if (node.isRewritten(stage)) {
                stages.add(stage);
            }
        }
        return stages;
    }

    /** Attributes and types that a node had before it was rewritten, each with the first stage that no longer has them. */
    private static List<Object> forms(HistoryNode node) {
        List<Object> forms = new ArrayList<>();
        List<HistoryNode.Version> versions = node.versions();
        for (int n = 1; n < versions.size(); n++) {
            int stage = versions.get(n).stage();
            if (node.isRewritten(stage)) {
                Node before = versions.get(n - 1).node();
                forms.add(List.of(stage, attributes(before.op()), types(before)));
            }
        }
        return forms;
    }

    private static List<String> types(Node node) {
        return node.results().stream().map(Object::toString).toList();
    }

    /** The kernels that compute each node. */
    private Map<Integer, List<Integer>> kernels() {
        Map<Integer, List<Integer>> kernels = new LinkedHashMap<>();
        List<Launch> launches = in.compilation().schedule().all();
        for (int kernel = 0; kernel < launches.size(); kernel++) {
            int number = kernel;
            launches.get(kernel)
                    .computes()
                    .nodes()
                    .forEach(node -> in.history()
                            .find(node)
                            .ifPresent(h -> kernels.computeIfAbsent(h.id(), n -> new ArrayList<>())
                                    .add(number)));
        }
        return kernels;
    }

    private List<Object> scopes() {
        List<Object> scopes = new ArrayList<>();
        for (NodeScope scope : in.tree().scopes()) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("path", scope.path());
            fields.put("name", scope.name());
            fields.put("parent", scope.parent().map(NodeScope::id).orElse(-1));
            fields.put("like", scope.like());
            fields.put("rank", in.ranks().rank(scope));
            fields.put("order", in.ranks().order(scope));
            fields.put("places", spans.chain(scope.sites()));
            fields.put(
                    "let", scope.sites().isEmpty() ? "" : names.of(scope.sites().getFirst()));
            scopes.add(fields);
        }
        return scopes;
    }

    private List<Object> outputs() {
        List<Object> outputs = new ArrayList<>();
        in.compilation().graph().outputs().forEach((name, value) -> outputs.add(output(name, value)));
        return outputs;
    }

    private Map<String, Object> output(String name, Value last) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", name);
        fields.put("type", last.type().toString());
        List<Object> reads = new ArrayList<>();
        for (GraphHistory.Stage stage : in.history().stages()) {
            Value value = stage.graph().outputs().get(name);
            reads.add(
                    value == null
                            ? -1
                            : in.history().find(value.node()).orElseThrow().id());
        }
        fields.put("reads", reads);
        return fields;
    }
}
