package heddle.runtime.onnx.idiom;

import heddle.runtime.onnx.OnnxAttribute;
import heddle.runtime.onnx.OnnxGraph;
import heddle.runtime.onnx.OnnxNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Chains of nodes that exporters write for one thing, made the one operator that says it. A chain stays as it is where somebody
 * else reads what is computed on its way. The new node has the names of all that it replaces.
 */
public final class Idioms {
    private static final List<Idiom> ALL = List.of(
            new LayerNormalisation(),
            new RootMeanSquareNormalisation(),
            GaussianUnit.byErf(),
            GaussianUnit.byTanh(),
            SigmoidUnit.silu(),
            SigmoidUnit.quickGelu(),
            new DynamicQuantisation(),
            new StaticQuantisation(),
            new QuantisedAttention(),
            new QuantisedWeight(),
            new QuantisedTable());

    private final NodeIndex index;
    private final List<Idiom> idioms;
    private final TreeMap<Integer, List<OnnxNode>> replaced = new TreeMap<>();
    private final TreeSet<Integer> absorbed = new TreeSet<>();
    private final TreeSet<Integer> seen = new TreeSet<>();

    private Idioms(OnnxGraph graph, Optional<NodeIndex> around, List<Idiom> idioms) {
        this.index = new NodeIndex(graph, around);
        this.idioms = idioms;
    }

    /** The same graph in fewer nodes, graphs inside of its nodes included. Activations are not rounded where the file rounds them. */
    public static OnnxGraph recognise(OnnxGraph graph) {
        return recognise(graph, Optional.empty(), ALL);
    }

    /** The same, with activations rounded to the numbers of eight bits that the file makes of them. */
    public static OnnxGraph recogniseWithRounding(OnnxGraph graph) {
        return recognise(
                graph,
                Optional.empty(),
                ALL.stream().filter(idiom -> !idiom.leavesOutRounding()).toList());
    }

    private static OnnxGraph recognise(OnnxGraph graph, Optional<NodeIndex> around, List<Idiom> all) {
        Idioms idioms = new Idioms(graph, around, all);
        for (int place = graph.nodes().size() - 1; place >= 0; place--) {
            idioms.replaceAt(place);
        }
        return new OnnxGraph(graph.name(), graph.inputs(), graph.outputs(), graph.initialisers(), idioms.nodes(graph));
    }

    /** From the last node to the first one, so that the longest chain is found before its parts. */
    private void replaceAt(int place) {
        OnnxNode node = index.node(place);
        if (absorbed.contains(place)
                || node.outputs().isEmpty()
                || node.operator().equals("Constant")) {
            return;
        }
        for (Idiom idiom : idioms) {
            Optional<Match> match = idiom.pattern()
                    .at(node.outputs().getFirst(), new Match(index))
                    .filter(Match::isClosed)
                    .filter(found -> !idiom.replacement(found).isEmpty())
                    .findFirst();
            if (match.isPresent()) {
                absorbed.addAll(match.get().absorbed());
                seen.addAll(match.get().seen());
                replaced.put(place, idiom.replacement(match.get()));
                return;
            }
        }
    }

    private List<OnnxNode> nodes(OnnxGraph graph) {
        List<OnnxNode> nodes = new ArrayList<>();
        for (int place = 0; place < graph.nodes().size(); place++) {
            if (replaced.containsKey(place)) {
                nodes.addAll(replaced.get(place));
            } else if (!absorbed.contains(place)) {
                nodes.add(withInner(graph.nodes().get(place)));
            }
        }
        List<OnnxNode> passed = seen.stream()
                .filter(place -> !absorbed.contains(place))
                .map(index::node)
                .toList();
        return withoutUnread(nodes, passed, graph);
    }

    private OnnxNode withInner(OnnxNode node) {
        if (node.attributes().values().stream().noneMatch(OnnxAttribute.GraphValue.class::isInstance)) {
            return node;
        }
        Map<String, OnnxAttribute> attributes = new TreeMap<>(node.attributes());
        attributes.replaceAll((name, attribute) -> attribute instanceof OnnxAttribute.GraphValue inner
                ? new OnnxAttribute.GraphValue(recognise(inner.value(), Optional.of(index), idioms))
                : attribute);
        return new OnnxNode(node.names(), node.domain(), node.operator(), node.inputs(), node.outputs(), attributes);
    }

    /** Drops nodes that matches looked through, and nobody reads any longer. */
    private static List<OnnxNode> withoutUnread(List<OnnxNode> nodes, List<OnnxNode> passed, OnnxGraph graph) {
        NodeIndex now = new NodeIndex(
                new OnnxGraph(graph.name(), graph.inputs(), graph.outputs(), graph.initialisers(), nodes),
                Optional.empty());
        Map<String, Integer> dropped = new HashMap<>();
        Set<OnnxNode> unread = Collections.newSetFromMap(new IdentityHashMap<>());
        for (OnnxNode node : passed.reversed()) {
            if (node.outputs().stream().allMatch(output -> now.reads(output) == dropped.getOrDefault(output, 0))) {
                unread.add(node);
                node.inputs().forEach(input -> dropped.merge(input, 1, Integer::sum));
            }
        }
        return nodes.stream().filter(node -> !unread.contains(node)).toList();
    }
}
