package heddle.compiler.pack;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Cast;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Input;
import heddle.compiler.op.layout.Expand;
import heddle.compiler.op.layout.Iota;
import heddle.compiler.pack.AxisMeaning.Kind;
import heddle.compiler.rule.DeclinedException;
import heddle.compiler.type.Dim;
import heddle.compiler.type.TensorType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Makes of a graph for one text in each row a graph for texts end to end, where each token has what it has when its text is alone:
 *
 * <pre>
 * iota(N)                   ⇒   positions
 * table[0:N]                ⇒   table[positions]
 * softmax(scores)           ⇒   softmax(where(segments[q] == segments[k], scores, -inf))
 * sum over k of p[q, k]…    ⇒   sum over k of where(segments[q] == segments[k], p[q, k], 0)…
 * </pre>
 *
 * <p>Each value of the new graph stands for one of the given graph: at a row and tokens of one text, it has the elements that the
 * given one has for that text alone, at their positions. This is shown operation by operation, so it holds for the outputs. A
 * step that looks at tokens by where they lie, or at all of them at once, has no such value, and then neither has the graph.
 */
public final class PackSequences {
    private PackSequences() {}

    /**
     * What was decided.
     *
     * @param graph    the graph for texts end to end, whose inputs are those of {@link PackInputs} as far as they are needed
     * @param longest  the most tokens of a text that the graph's tables have places for; {@code Long.MAX_VALUE} without one
     * @param declined why there is none
     */
    public record Result(Optional<Graph> graph, long longest, Optional<Outcome.Declined> declined) {
        /** There is none. */
        public static Result declined(Outcome.Declined why) {
            return new Result(Optional.empty(), 0, Optional.of(why));
        }
    }

    /** The graph with numbers in place of the inputs that are alike for all tokens, and indexes in place of those that hold places. */
    public static Graph withoutPadding(Graph graph, PackInputs inputs) {
        return Rewriter.replace(graph, (node, rewriter) -> {
            if (!(node.op() instanceof Input i)) {
                return Optional.empty();
            }
            Graph.Builder out = rewriter.out();
            if (inputs.alike().containsKey(i.key())) {
                return Optional.of(
                        out.value(Constant.splat(i.type(), inputs.alike().get(i.key())), node.origin()));
            }
            if (!inputs.places().contains(i.key()) || i.type().rank() < 1) {
                return Optional.empty();
            }
            Value places = out.part(new Iota(i.type().dim(-1)), node.origin());
            Value ofType = places.type().dtype() == i.type().dtype()
                    ? places
                    : out.part(new Cast(i.type().dtype()), node.origin(), places);
            return Optional.of(out.value(new Expand(i.type().shape()), node.origin(), ofType));
        });
    }

    /** Packs a graph whose inputs that are alike have been replaced. All that is in it is needed for its outputs. */
    public static Result pack(Graph graph, PackInputs inputs) {
        try {
            return packed(graph, inputs);
        } catch (DeclinedException e) {
            return Result.declined(e.outcome());
        }
    }

    private static Result packed(Graph graph, PackInputs inputs) {
        TensorType type = idsOf(graph, inputs);
        PackedValues values = new PackedValues(new Graph.Builder(graph.name()), inputs, type.dim(0), type.dim(1));
        Map<Value, Tracked> tracked = tracked(graph, inputs, values, (node, why) -> {
            throw why;
        });
        graph.outputs().forEach((name, value) -> values.out().output(name, output(name, tracked.get(value), value)));
        Graph packed = onlyNeeded(values.out().build());
        return new Result(Optional.of(packed), values.longest(), Optional.empty());
    }

    /** The type of the input for token numbers. @throws DeclinedException when it does not have rows and tokens of any number */
    static TensorType idsOf(Graph graph, PackInputs inputs) {
        Set<Node> used = needed(graph, Map.of());
        Node ids = graph.nodes().stream()
                .filter(n ->
                        used.contains(n) && n.op() instanceof Input i && i.key().equals(inputs.ids()))
                .findFirst()
                .orElseThrow(() -> new DeclinedException(
                        graph.outputs().firstEntry().getValue().node(),
                        "the output does not depend on token numbers",
                        "compute it from the input " + inputs.ids()));
        TensorType type = ids.type();
        if (type.rank() != 2
                || type.dim(0).asSymbol().isEmpty()
                || type.dim(1).asSymbol().isEmpty()
                || type.dim(0).equals(type.dim(1))) {
            throw new DeclinedException(
                    ids,
                    "the input " + inputs.ids() + " is " + type,
                    "declare it with rows and tokens of any number: input " + inputs.ids() + ": i64[B, N]");
        }
        return type;
    }

    /**
     * What stands for each value that outputs need, in the graph that is being built.
     *
     * @param otherwise told of nodes that nothing stands for; those that read them are left out without a word
     */
    static Map<Value, Tracked> tracked(
            Graph graph, PackInputs inputs, PackedValues values, BiConsumer<Node, DeclinedException> otherwise) {
        PackedOperations operations = new PackedOperations(values, Set.of(inputs.ids()));
        Map<Node, RunningSum> sums = new HashMap<>();
        for (Node node : graph.nodes()) {
            RunningSum.in(graph, node, values.tokens()).ifPresent(sum -> sums.put(node, sum));
        }
        Set<Node> needed = needed(graph, sums);
        Map<Value, Tracked> tracked = new HashMap<>();
        for (Node node : graph.nodes()) {
            List<Value> operands =
                    sums.containsKey(node) ? List.of(sums.get(node).of()) : graph.operands(node);
            if (!needed.contains(node) || !tracked.keySet().containsAll(operands)) {
                continue;
            }
            List<Tracked> given = operands.stream().map(tracked::get).toList();
            try {
                Tracked result = sums.containsKey(node)
                        ? sums.get(node).packed(node, given.getFirst(), values)
                        : operations.packed(node, given);
                requireOneAxisOfRows(node, result);
                tracked.put(node.value(), result);
            } catch (DeclinedException e) {
                otherwise.accept(node, e);
            }
        }
        return tracked;
    }

    /** Whether a value has rows and tokens for its first axes, and something of the model's own behind. */
    static boolean isOfTokens(Tracked t) {
        return !t.perRow()
                && t.rank() >= 2
                && t.axes().get(0).is(Kind.ROWS)
                && t.axes().get(1).is(Kind.TOKENS)
                && t.axes().stream().skip(2).allMatch(AxisMeaning::isOther);
    }

    /** The graph without what no output needs, inputs too. */
    private static Graph onlyNeeded(Graph graph) {
        Rewriter rewriter = new Rewriter(graph);
        Set<Node> needed = needed(graph, Map.of());
        graph.nodes().stream().filter(needed::contains).forEach(rewriter::copy);
        return rewriter.finish();
    }

    /** The nodes that outputs need, but for the steps of running sums. */
    static Set<Node> needed(Graph graph, Map<Node, RunningSum> sums) {
        Set<Node> needed = new HashSet<>();
        graph.outputs().values().forEach(v -> needed.add(v.node()));
        for (Node node : graph.nodes().reversed()) {
            if (needed.contains(node)) {
                List<Value> operands =
                        sums.containsKey(node) ? List.of(sums.get(node).of()) : graph.operands(node);
                operands.forEach(v -> needed.add(v.node()));
            }
        }
        return needed;
    }

    static void requireOneAxisOfRows(Node node, Tracked t) {
        long rows = t.axes().stream()
                .flatMap(a -> a.parts().stream())
                .filter(p -> p.kind() == Kind.ROWS)
                .count();
        if (rows > 1 || rows == 1 && t.perRow()) {
            throw new DeclinedException(
                    node, "texts of different rows meet here", "keep each row of the input apart from the others");
        }
    }

    private static Value output(String name, Tracked t, Value given) {
        boolean ofTokens = t.rank() >= 2
                && t.axes().get(0).is(Kind.ROWS)
                && t.axes().get(1).is(Kind.TOKENS);
        if (!ofTokens) {
            Dim first = given.type().rank() == 0 ? Dim.ONE : given.type().dim(0);
            throw new DeclinedException(
                    given.node(),
                    "the output " + name + " is " + given.type() + ", whose first axes are not rows and tokens",
                    "give it an element for each token" + (first.is(1) ? "" : ", rows first"));
        }
        if (!t.axes().stream().skip(2).allMatch(AxisMeaning::isOther)) {
            throw new DeclinedException(
                    given.node(),
                    "the output " + name + " is " + given.type() + ", which has something for each pair of tokens",
                    "give it an element for each token");
        }
        return t.value();
    }
}
