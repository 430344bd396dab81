package heddle.compiler.pack;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Input;
import heddle.compiler.op.Pointwise;
import heddle.compiler.op.SumOfProducts;
import heddle.compiler.rule.DeclinedException;
import heddle.compiler.type.Dim;
import heddle.compiler.type.TensorType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Divides a graph for one text in each row where tokens become what a text has as a whole, such as its mean:
 *
 * <pre>
 * tokens = attention(words)   ⇒   packed
 * pooled = mean(tokens)       ⇒   computed afterwards, of texts of one length in rows
 * </pre>
 *
 * Neither part needs padding. The second one is for what is small beside the first: it has no products that give something for tokens, and
 * nothing for pairs of them.
 */
public final class SplitPooling {
    private final Graph graph;
    private final PackInputs inputs;
    private final TensorType ids;
    private final Map<Value, Tracked> tracked;
    private final Map<Node, DeclinedException> reasons = new HashMap<>();
    private final Set<Node> ofTexts = new HashSet<>();

    /**
     * The parts.
     *
     * @param tokens     its outputs have something for each token: those of the graph, and what the second part reads
     * @param afterwards its inputs are outputs of the first; it keeps rows apart
     */
    public record Parts(Graph tokens, Graph afterwards) {}

    private SplitPooling(Graph graph, PackInputs inputs) {
        this.graph = graph;
        this.inputs = inputs;
        this.ids = PackSequences.idsOf(graph, inputs);
        PackedValues trial = new PackedValues(new Graph.Builder(graph.name()), inputs, ids.dim(0), ids.dim(1));
        this.tracked = PackSequences.tracked(graph, inputs, trial, reasons::put);
        for (Node node : graph.nodes()) {
            boolean given = node.op() instanceof Input;
            if (given || graph.operands(node).stream().anyMatch(v -> ofTexts.contains(v.node()))) {
                ofTexts.add(node);
            }
        }
    }

    /**
     * The parts of a graph whose inputs that are alike have been replaced.
     *
     * @throws DeclinedException when there are none
     */
    public static Parts of(Graph graph, PackInputs inputs) {
        return new SplitPooling(graph, inputs).parts();
    }

    private Parts parts() {
        Set<Node> needed = PackSequences.needed(graph, Map.of());
        Set<Node> afterwards = new HashSet<>();
        Set<Value> outputs = new HashSet<>(graph.outputs().values());
        Set<Value> between = new LinkedHashSet<>();
        for (Node node : graph.nodes().reversed()) {
            if (!needed.contains(node) || !ofTexts.contains(node)) {
                continue;
            }
            List<Value> read = Rewriter.results(node).stream()
                    .filter(v -> outputs.contains(v) || isRead(v, afterwards))
                    .toList();
            boolean isReady =
                    read.stream().allMatch(v -> tracked.containsKey(v) && PackSequences.isOfTokens(tracked.get(v)));
            if (!tracked.containsKey(node.value()) || !isReady) {
                requireSmall(node);
                afterwards.add(node);
            } else {
                read.stream()
                        .filter(v -> !outputs.contains(v) || isRead(v, afterwards))
                        .forEach(between::add);
            }
        }
        return new Parts(tokens(afterwards, between), afterwards(afterwards, between));
    }

    private boolean isRead(Value value, Set<Node> by) {
        return graph.users(value.node()).stream()
                .anyMatch(u -> by.contains(u) && graph.operands(u).contains(value));
    }

    private void requireSmall(Node node) {
        if (node.op() instanceof Input i) {
            throw reasons.getOrDefault(
                    node,
                    new DeclinedException(
                            node,
                            "the input " + i.key() + " is not made from texts",
                            "compute the output from token numbers, their mask and their types"));
        }
        Dim tokens = ids.dim(1);
        Dim size = node.type().shape().size();
        boolean ofPairs = !(node.op() instanceof Pointwise)
                && size.dividedExactlyBy(tokens.times(tokens)).isPresent();
        if (ofPairs
                || node.op() instanceof SumOfProducts
                        && size.dividedExactlyBy(tokens).isPresent()) {
            throw first().orElseGet(() -> new DeclinedException(
                    node,
                    "tokens are computed of what a text has as a whole",
                    "let tokens see each other by attention, and pool at the end"));
        }
    }

    /** Why the first node is not packed that is not. */
    private Optional<DeclinedException> first() {
        return graph.nodes().stream()
                .filter(reasons::containsKey)
                .map(reasons::get)
                .findFirst();
    }

    private static String name(Value value) {
        return "between." + value.node().id() + "." + value.index();
    }

    private Graph tokens(Set<Node> afterwards, Set<Value> between) {
        Rewriter copy = new Rewriter(graph);
        graph.outputs().forEach((name, value) -> {
            if (!afterwards.contains(value.node())) {
                copy.out().output(name, copy.getOrCopy(value));
            }
        });
        between.forEach(value -> copy.out().output(name(value), copy.getOrCopy(value)));
        return copy.out().build();
    }

    private Graph afterwards(Set<Node> afterwards, Set<Value> between) {
        Rewriter copy = new Rewriter(graph);
        Set<String> given = new TreeSet<>();
        between.forEach(value -> {
            copy.replace(
                    value.node(),
                    List.of(copy.out()
                            .value(
                                    new Input(name(value), value.type()),
                                    value.node().origin())));
            given.add(name(value));
        });
        graph.outputs().forEach((name, value) -> {
            if (afterwards.contains(value.node())) {
                copy.out().output(name, copy.getOrCopy(value));
            }
        });
        Graph result = copy.out().build();
        requireRowsApart(result, given);
        return result;
    }

    /** Tokens are an axis like others here. */
    private void requireRowsApart(Graph result, Set<String> given) {
        PackedValues values =
                new PackedValues(new Graph.Builder(result.name()), inputs, ids.dim(0), Dim.symbol("no tokens"));
        PackedOperations operations = new PackedOperations(values, given);
        Map<Value, Tracked> all = new HashMap<>();
        for (Node node : result.nodes()) {
            Tracked t = operations.packed(
                    node, result.operands(node).stream().map(all::get).toList());
            PackSequences.requireOneAxisOfRows(node, t);
            all.put(node.value(), t);
        }
        result.outputs().forEach((name, value) -> {
            Tracked t = all.get(value);
            boolean ofRows = !t.perRow() && t.rank() > 0 && t.axes().getFirst().is(AxisMeaning.Kind.ROWS);
            if (!ofRows) {
                throw new DeclinedException(
                        value.node(),
                        "the output " + name + " is " + value.type() + ", whose first axis is not rows",
                        "give it something for each text, rows first");
            }
        });
    }
}
