package heddle.compiler.join;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Value;
import heddle.compiler.join.JoinedSoftmax.Part;
import heddle.compiler.op.Equation;
import heddle.compiler.op.Softmax;
import heddle.compiler.op.SumOfProducts;
import heddle.compiler.op.gradient.Gradient;
import heddle.compiler.op.layout.Slice;
import heddle.compiler.rule.Rule;
import heddle.compiler.rule.RuleContext;
import heddle.compiler.rule.RuleSet;
import heddle.compiler.scalar.ScalarFn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Makes attention of each part of the keys whose scores are joined, and merges them by their maxima and sums:
 *
 * <pre>
 * softmax(concat([s, t])) @ concat([v, w])                  → (softmax(s) @ v) * a + (softmax(t) @ w) * b
 * softmax(concat([s, t]))[:, :n] @ v                        → (softmax(s) @ v) * a
 * where c = max(max(s), max(t)), a = sum(exp(s - c)) / (sum(exp(s - c)) + sum(exp(t - c))), and b likewise
 * </pre>
 *
 * A cache and what is new are attended to this way without joining, and so copying, their keys and values. Graphs that ask for
 * gradients are left alone, as by {@link NormaliseParts}.
 */
public record SplitJoinedSoftmax() implements Rule {
    /** The rule, until no product reads a softmax of joined scores. */
    public static final RuleSet RULES =
            new RuleSet("split-joined-softmax", List.of(new SplitJoinedSoftmax()), SplitJoinedSoftmax::products);

    /**
     * A product with probabilities of some parts.
     *
     * @param slot  which of its operands they are
     * @param parts which it reads
     */
    private record Reader(Node product, int slot, JoinedSoftmax joined, List<Part> parts) {
        /** The product that a node is. */
        static Optional<Reader> of(Graph graph, Node node) {
            return node.op() instanceof SumOfProducts
                    ? IntStream.range(0, 2)
                            .boxed()
                            .flatMap(slot -> of(graph, node, slot).stream())
                            .findFirst()
                    : Optional.empty();
        }

        private static Optional<Reader> of(Graph graph, Node product, int slot) {
            Node read = graph.operand(product, slot).node();
            Node softmax = read.op() instanceof Slice ? graph.operand(read, 0).node() : read;
            return JoinedSoftmax.of(graph, softmax).flatMap(joined -> {
                List<Part> parts = parts(joined, read);
                return !parts.isEmpty() && isOfRows(graph, product, slot, joined.axis())
                        ? Optional.of(new Reader(product, slot, joined, parts))
                        : Optional.empty();
            });
        }

        /** The parts that a softmax, or a slice of it along the keys, is made of. */
        private static List<Part> parts(JoinedSoftmax joined, Node read) {
            if (!(read.op() instanceof Slice slice)) {
                return joined.parts();
            }
            int axis = joined.axis();
            boolean isAlongKeys = slice.steps().get(axis) == 1
                    && slice.equals(Slice.along(
                            joined.softmax().type().shape(),
                            axis,
                            slice.starts().get(axis),
                            slice.lengths().get(axis)));
            return isAlongKeys
                    ? joined.within(slice.starts().get(axis), slice.lengths().get(axis))
                    : List.of();
        }

        /** Whether a product sums along the keys, and all other axes of the probabilities are rows. */
        private static boolean isOfRows(Graph graph, Node product, int slot, int axis) {
            Equation equation = ((SumOfProducts) product.op()).parsed();
            String letters = slot == 0 ? equation.left() : equation.right();
            return equation.summed().equals(letters.substring(axis, axis + 1))
                    && IntStream.range(0, letters.length())
                            .allMatch(n -> n == axis || equation.result().indexOf(letters.charAt(n)) >= 0);
        }

        /** The attentions of the parts, merged. */
        Value merged(RuleContext context) {
            Graph graph = context.graph();
            Origin origin = product.origin();
            Equation equation = ((SumOfProducts) product.op()).parsed();
            String letters = slot == 0 ? equation.left() : equation.right();
            Value values = graph.operand(product, 1 - slot);
            String valueLetters = slot == 0 ? equation.right() : equation.left();
            // First, so that they come before the sums of the scores: an attention that has these as results reads
            // nothing that comes later.
            Map<Part, Value> cut = new HashMap<>();
            for (Part part : parts) {
                Part read = new Part(part.from().minus(parts.getFirst().from()), part.length());
                cut.put(part, JoinedSoftmax.values(context, values, valueLetters.indexOf(equation.summed()), read));
            }
            RowSums sums = new RowSums(context, joined.softmax().origin(), joined.axis());
            Map<Part, Value> scores = new HashMap<>();
            joined.parts().forEach(part -> scores.put(part, joined.scores(context, part)));
            Map<Part, Value> shares = shares(sums, scores);
            RowSums merge = new RowSums(context, origin, joined.axis());
            Value result = null;
            for (Part part : parts) {
                List<Value> factors = new ArrayList<>(context.rewriter().operands(product));
                Origin named =
                        joined.softmax().origin().part("part" + joined.parts().indexOf(part));
                factors.set(slot, context.out().value(new Softmax(joined.axis()), named, scores.get(part)));
                factors.set(1 - slot, cut.get(part));
                Value normal = context.out()
                        .add(product.op(), factors, origin.part("part"))
                        .value();
                Value share = Equation.aligned(
                        context.out(), origin.part("share"), shares.get(part), letters, equation.result());
                Value zero = merge.number(share, 0);
                Value scaled = merge.part(
                        ScalarFn.SELECT,
                        merge.part(ScalarFn.EQ, share, zero),
                        zero,
                        merge.part(ScalarFn.MUL, normal, share));
                result = result == null ? scaled : merge.part(ScalarFn.ADD, result, scaled);
            }
            return result;
        }

        /** What each part has of the sum of a row. */
        private Map<Part, Value> shares(RowSums sums, Map<Part, Value> scores) {
            Map<Part, Value> maxima = new HashMap<>();
            Value greatest = null;
            for (Part part : joined.parts()) {
                Value maximum = sums.maximum(scores.get(part));
                maxima.put(part, maximum);
                greatest = greatest == null ? maximum : sums.part(ScalarFn.MAX, greatest, maximum);
            }
            Value shift = sums.guarded(greatest);
            Map<Part, Value> own = new HashMap<>();
            Value all = null;
            for (Part part : joined.parts()) {
                Value sum = sums.sum(scores.get(part), maxima.get(part), Optional.of(shift));
                own.put(part, sum);
                all = all == null ? sum : sums.part(ScalarFn.ADD, all, sum);
            }
            Value total = all;
            Value isNone = sums.part(ScalarFn.EQ, total, sums.number(total, 0));
            own.replaceAll((part, sum) ->
                    sums.part(ScalarFn.SELECT, isNone, sums.number(total, 0), sums.part(ScalarFn.DIV, sum, total)));
            return own;
        }
    }

    private static long products(Graph graph) {
        return graph.nodes().stream()
                .filter(node -> Reader.of(graph, node).isPresent())
                .count();
    }

    /**
     * Whether nothing but such products reads a softmax, which is stored otherwise, and several parts are read: what is joined to scores
     * for their sum alone is a sink.
     */
    private static boolean isReadForParts(Graph graph, Node softmax) {
        Set<Part> read = new HashSet<>();
        return isReadForParts(graph, softmax, read) && read.size() > 1;
    }

    private static boolean isReadForParts(Graph graph, Node node, Set<Part> read) {
        for (Node user : graph.users(node)) {
            Optional<Reader> reader = Reader.of(graph, user);
            reader.ifPresent(r -> read.addAll(r.parts));
            if (reader.isEmpty() && !(user.op() instanceof Slice && isReadForParts(graph, user, read))) {
                return false;
            }
        }
        return graph.outputs().values().stream().noneMatch(v -> v.node() == node);
    }

    @Override
    public String name() {
        return "split-joined-softmax";
    }

    @Override
    public Outcome apply(Node node, RuleContext context) {
        Graph graph = context.graph();
        if (!(node.op() instanceof SumOfProducts) || context.analysis(Boolean.class, Gradient::isAsked)) {
            return NO_MATCH;
        }
        return Reader.of(graph, node)
                .filter(reader -> isReadForParts(graph, reader.joined.softmax()))
                .<Outcome>map(reader -> Outcome.Replaced.by(node, reader.merged(context)))
                .orElse(NO_MATCH);
    }
}
