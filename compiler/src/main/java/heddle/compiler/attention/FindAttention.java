package heddle.compiler.attention;

import heddle.compiler.ir.Decision;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.LengthCondition;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Value;
import heddle.compiler.layout.AttentionCall;
import heddle.compiler.layout.StoredElements;
import heddle.compiler.op.Equation;
import heddle.compiler.op.Softmax;
import heddle.compiler.op.SumOfProducts;
import heddle.compiler.op.attention.AttentionResult.Kind;
import heddle.compiler.rule.DeclinedException;
import heddle.compiler.rule.Dependence;
import heddle.compiler.rule.Probabilities;
import heddle.compiler.rule.ProductSearch;
import heddle.compiler.rule.SourceExcerpt;
import heddle.compiler.softmax.RowStatistic;
import heddle.compiler.tile.proof.AddressProof;
import heddle.compiler.type.TensorType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds the attentions of a graph that are fused: the largest set for which, when all are fused, no node reads their
 * scores any more. Attentions that share scores each compute them again, and so do those whose scores are written once more for another
 * reader: that equal expressions became one is no reason to store them for all.
 */
final class FindAttention {
    static final String ONE_KEY = "there is one key alone, so that there are no more scores than queries";

    private final Graph graph;
    private final Dependence dependence;
    private final AddressProof addresses;
    private final List<RowStatistic> statistics;
    private final SequencedMap<Node, List<AttentionMatch>> matches = new LinkedHashMap<>();
    private final Map<Node, Outcome.Declined> declined = new HashMap<>();

    private FindAttention(Graph graph) {
        this.graph = graph;
        this.dependence = new Dependence(graph);
        this.addresses = new AddressProof(LengthCondition.facts(graph));
        Trained trained = new Trained(graph);
        this.statistics = RowStatistic.in(graph).stream()
                .filter(s -> s.kind() == Kind.LOG_SUM_EXP || !trained.isAny())
                .toList();
        for (Node node : graph.nodes()) {
            if (node.op() instanceof Softmax) {
                try {
                    List<AttentionMatch> found = match(node);
                    found.forEach(trained::require);
                    if (!found.isEmpty()) {
                        matches.put(node, found);
                    }
                } catch (DeclinedException e) {
                    declined.put(node, e.outcome());
                }
            }
        }
    }

    static FindAttention in(Graph graph) {
        FindAttention search = new FindAttention(graph);
        Set<Node> read = search.new Computed().declineStored();
        search.matches.replaceAll(
                (softmax, all) -> all.stream().map(m -> m.reading(read)).toList());
        return search;
    }

    /** What is fused, by each node that is replaced by one of its results. */
    Map<Node, AttentionMatch> replaced() {
        Map<Node, AttentionMatch> replaced = new HashMap<>();
        matches.values().forEach(all -> all.forEach(m -> m.replaced().forEach(node -> replaced.put(node, m))));
        return replaced;
    }

    /**
     * What is decided about each softmax, in graph order: one decision for each of its attentions that is fused, or why none
     * is; nothing when it is none of attention.
     */
    List<Decision> decisions() {
        List<Decision> decisions = new ArrayList<>();
        for (Node node : graph.nodes()) {
            for (AttentionMatch match : matches.getOrDefault(node, List.of())) {
                Outcome fused = new Outcome.Replaced(List.of(), Set.copyOf(match.replaced()), match);
                decisions.add(new Decision(FuseAttention.NAME, node, fused));
            }
            if (declined.containsKey(node)) {
                decisions.add(new Decision(FuseAttention.NAME, node, declined.get(node)));
            }
        }
        return decisions;
    }

    private List<AttentionMatch> match(Node softmax) {
        List<AttentionMatch> found = new ArrayList<>();
        if (ProductSearch.isAny(graph, graph.operand(softmax, 0), product -> true)) {
            for (Probabilities probabilities : Probabilities.of(graph, softmax)) {
                requireKeys(softmax, probabilities.product());
                requireHidden(softmax);
                GrowAttention grow = new GrowAttention(graph, dependence, addresses, softmax, probabilities);
                ProgramSize.require(softmax, grow.scores());
                AttentionParts parts = grow.parts();
                TensorType output = probabilities.product().type();
                AttentionCall fused = parts.fused(output, Optional.empty());
                ProgramSize.require(softmax, fused.op().definition());
                Optional<RowLayout> rows = found.isEmpty() ? grow.rows(parts.roles()) : Optional.empty();
                Map<Node, Kind> wanted = rows.isEmpty() ? Map.of() : statistics(softmax, fused);
                found.add(new AttentionMatch(
                        softmax,
                        grow.scores(),
                        probabilities,
                        wanted.isEmpty() ? fused : parts.fused(output, rows),
                        probabilities.product(),
                        wanted));
            }
        }
        return found;
    }

    /** Asked first: with one key every other reason is moot. */
    private void requireKeys(Node softmax, Node product) {
        Equation e = ((SumOfProducts) product.op()).parsed();
        boolean oneSummed = e.summed()
                .chars()
                .allMatch(c -> graph.operand(product, 0)
                        .type()
                        .dim(e.left().indexOf(c))
                        .is(1));
        if (oneSummed && softmax.type().dim(((Softmax) softmax.op()).axis()).is(1)) {
            throw new DeclinedException(
                    softmax, ONE_KEY, "leave it as it is: it stores no more than a fused kernel would");
        }
    }

    /** Asked next, since probabilities that are an output are stored however they meet the values. */
    private void requireHidden(Node softmax) {
        if (graph.outputs().values().stream().anyMatch(v -> v.node() == softmax)) {
            throw areOutput("the probabilities", softmax);
        }
    }

    private static DeclinedException areOutput(String what, Node at) {
        return new DeclinedException(
                at,
                what + " are an output of the model, so they must be stored",
                "remove the output; `heddle attend` shows the probabilities of fused attention over tokens");
    }

    /**
     * Where a number for each row is written that the attention of a softmax has, too. What the attention reads must come before it in
     * the graph's order, so that nothing that it depends on is made of it.
     */
    private Map<Node, Kind> statistics(Node softmax, AttentionCall fused) {
        Softmax op = (Softmax) softmax.op();
        Value scores = graph.operand(softmax, 0);
        int last = fused.operands().stream()
                .map(this::behindViews)
                .mapToInt(v -> v.node().id())
                .max()
                .orElse(-1);
        return statistics.stream()
                .filter(s -> op.term() == 0 && s.axis() == op.axis() && s.x().equals(scores))
                .filter(s -> s.node().id() > last)
                .collect(Collectors.toMap(RowStatistic::node, RowStatistic::kind));
    }

    /** What a value is a view of: with that, views can be computed anywhere. */
    private Value behindViews(Value value) {
        Value at = value;
        while (StoredElements.isView(at)) {
            at = graph.operand(at.node(), 0);
        }
        return at;
    }

    /** The nodes that are computed although all matches that are left are fused, each gone to once. */
    private final class Computed {
        private final Map<Node, AttentionMatch> replaced = replaced();
        private final Map<Node, List<Node>> softmaxes = new HashMap<>();
        /** Each node that is computed, with one that reads it; an output needs none. */
        private final Map<Node, Optional<Node>> readers = new HashMap<>();

        private final Deque<Node> open = new ArrayDeque<>();

        Computed() {
            matches.forEach((softmax, all) -> softmaxes
                    .computeIfAbsent(all.getFirst().scores().product(), product -> new ArrayList<>())
                    .add(softmax));
        }

        /** Declines attentions whose scores are needed anyway, and then those whose scores these need. Says what is read then. */
        Set<Node> declineStored() {
            graph.outputs().values().forEach(output -> read(output, Optional.empty()));
            while (!open.isEmpty()) {
                Node node = open.remove();
                if (node.origin().merged().isEmpty()) {
                    softmaxes.getOrDefault(node, List.of()).forEach(this::decline);
                }
                AttentionMatch match = replaced.get(node);
                List<Value> read =
                        match == null ? graph.operands(node) : match.fused().operands();
                read.forEach(operand -> read(operand, Optional.of(node)));
            }
            return readers.keySet();
        }

        private void read(Value value, Optional<Node> reader) {
            if (readers.putIfAbsent(value.node(), reader) == null) {
                open.add(value.node());
            }
        }

        private void decline(Node softmax) {
            List<AttentionMatch> all = matches.remove(softmax);
            declined.put(softmax, declined(all, readers).outcome());
            for (AttentionMatch match : all) {
                for (Node node : match.replaced()) {
                    replaced.remove(node);
                    if (readers.containsKey(node)) {
                        graph.operands(node).forEach(operand -> read(operand, Optional.of(node)));
                    }
                }
            }
        }
    }

    /** Says which node needs the scores of one softmax, or values computed from them. */
    private static DeclinedException declined(List<AttentionMatch> all, Map<Node, Optional<Node>> readers) {
        ScoreCone scores = all.getFirst().scores();
        Set<Node> after = new HashSet<>(Set.of(all.getFirst().softmax()));
        all.forEach(m -> after.addAll(m.probabilities().path()));
        Node read = scores.product();
        Optional<Node> reader = readers.get(read);
        while (reader.isPresent() && (scores.cone().contains(reader.get()) || after.contains(reader.get()))) {
            read = reader.get();
            reader = readers.get(read);
        }
        Optional<Node> ofParts = reader.filter(r ->
                all.size() > 1 && all.stream().anyMatch(m -> m.probabilities().product() == r));
        if (ofParts.isPresent() && !after.contains(read)) {
            return SoftmaxRead.partOfKeys(all.getFirst().softmax(), ofParts.get());
        }
        String what = after.contains(read) ? "the probabilities" : "the scores";
        return reader.isEmpty()
                ? areOutput(what, read)
                : new DeclinedException(
                        reader.get(),
                        what + " are also read by " + SourceExcerpt.of(reader.get()) + ", so they must be stored",
                        "read " + what + " in attention alone");
    }
}
