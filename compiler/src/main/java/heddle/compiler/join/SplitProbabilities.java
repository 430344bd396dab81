package heddle.compiler.join;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Pointwise;
import heddle.compiler.op.Softmax;
import heddle.compiler.op.SumOfProducts;
import heddle.compiler.op.TermwiseProduct;
import heddle.compiler.op.layout.View;
import heddle.compiler.rule.Dependence;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.rule.ElementwiseCone;
import heddle.compiler.rule.ProductSearch;
import heddle.compiler.rule.Rule;
import heddle.compiler.rule.RuleContext;
import heddle.compiler.rule.RuleSet;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.Precision;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Multiplies the terms of sums and differences of probabilities with the values one by one, so that each term is
 * attention, or a product without scores:
 *
 * <pre>
 * (softmax(s) - c * softmax(t)) @ v        → softmax(s) @ v - (c * softmax(t)) @ v
 * ((softmax(s) - softmax(t)) * c) @ v      → (softmax(s) * c) @ v - (softmax(t) * c) @ v
 * where(m, softmax(s) - softmax(t), 0) @ v → where(m, softmax(s), 0) @ v - where(m, softmax(t), 0) @ v
 * (a * softmax(s) + b) @ v                 → (a * softmax(s)) @ v + b @ v
 * </pre>
 *
 * Differential attention is written this way (Ye et al. 2024, arXiv:2410.05258, section 2.1), and so is attention that is mixed with the
 * identity or centred (Noci et al. 2023, arXiv:2306.17759).
 */
public record SplitProbabilities() implements Rule {
    /** More than the products that a step may leave to {@link SumBesideRepeated}. */
    private static final long SPLIT = 1L << 16;

    /** The rules, until no product with a sum of probabilities is left, and none with a number that is the same for all values. */
    public static final RuleSet RULES = new RuleSet(
            "split-probabilities",
            List.of(new SplitProbabilities(), new SumBesideRepeated()),
            graph -> products(graph) * SPLIT + SumBesideRepeated.products(graph));

    /** How many products there would be if each had one term of each factor, less those that there are: a step leaves fewer. */
    private static long products(Graph graph) {
        Search search = new Search(graph);
        return graph.nodes().stream()
                .filter(node -> search.slot(node).isPresent())
                .mapToLong(node -> search.terms(graph.operand(node, 0).node())
                                * search.terms(graph.operand(node, 1).node())
                        - 1)
                .sum();
    }

    @Override
    public String name() {
        return "split-probabilities";
    }

    @Override
    public Outcome apply(Node node, RuleContext context) {
        if (!(node.op() instanceof SumOfProducts)) {
            return NO_MATCH;
        }
        Search search = context.analysis(Search.class, Search::new);
        return search.slot(node)
                .map(slot ->
                        new TermwiseProduct(context.graph(), search, context.rewriter(), node, slot, node.op()).value())
                .<Outcome>map(sum -> Outcome.Replaced.by(node, sum))
                .orElse(NO_MATCH);
    }

    /** Finds products with sums of probabilities of scores. */
    private static final class Search implements TermwiseProduct.Terms {
        private final Graph graph;
        /** Values computed elementwise from a softmax of a matmul of computed tensors, by node number. */
        private final BitSet probabilities = new BitSet();

        private final Map<Node, OptionalInt> sums = new HashMap<>();

        Search(Graph graph) {
            this.graph = graph;
            Dependence dependence = new Dependence(graph);
            for (Node node : graph.nodes()) {
                boolean found = node.op() instanceof Softmax
                        ? ProductSearch.isAny(graph, graph.operand(node, 0), dependence::isProductOfComputed)
                        : node.op() instanceof Pointwise
                                && graph.operands(node).stream()
                                        .anyMatch(
                                                v -> probabilities.get(v.node().id()));
                probabilities.set(node.id(), found);
            }
        }

        /** The operand of a product that is such a sum. */
        Optional<Integer> slot(Node product) {
            return product.op() instanceof SumOfProducts
                    ? IntStream.range(0, 2)
                            .filter(slot -> isSplit(graph.operand(product, slot).node()))
                            .boxed()
                            .findFirst()
                    : Optional.empty();
        }

        private boolean isSplit(Node node) {
            return isSum(node) || scaledSum(node).isPresent();
        }

        /** The terms that a factor is split into; one when it is none that is split. */
        long terms(Node node) {
            if (isSum(node)) {
                return terms(graph.operand(node, 0).node())
                        + terms(graph.operand(node, 1).node());
            }
            OptionalInt scaled = scaledSum(node);
            return scaled.isPresent()
                    ? terms(graph.operand(node, scaled.getAsInt()).node())
                    : 1;
        }

        /** The operand of a node that is such a sum, when the node does the same to each term and is read for splits alone. */
        @Override
        public OptionalInt scaledSum(Node node) {
            return isReadForSplits(node)
                    ? IntStream.range(0, graph.operands(node).size())
                            .filter(slot -> isLinear(node, slot)
                                    && isSplit(graph.operand(node, slot).node()))
                            .findFirst()
                    : OptionalInt.empty();
        }

        /** Whether a node multiplies what it reads in {@code slot} with something, arranges it otherwise or sets some to zero. */
        private boolean isLinear(Node node, int slot) {
            if (node.op() instanceof View || ElementReference.is(node, ScalarFn.NEG)) {
                return true;
            }
            boolean keeps = graph.operand(node, slot).type().equals(node.type());
            return keeps
                    && (ElementReference.is(node, ScalarFn.MUL)
                            || ElementReference.is(node, ScalarFn.DIV) && slot == 0
                            || ElementReference.is(node, ScalarFn.SELECT) && slot > 0 && hidesWithZeros(node, slot));
        }

        private boolean hidesWithZeros(Node select, int slot) {
            return !probabilities.get(graph.operand(select, 0).node().id())
                    && ElementReference.in(select.value())
                            .operand(graph, 3 - slot)
                            .behindViews(graph)
                            .is(0);
        }

        /** Whether only one node reads a node, or only matmuls, which are all split. */
        private boolean isReadForSplits(Node node) {
            List<Node> users = graph.users(node);
            return graph.useCount(node) == 1
                    || users.size() == graph.useCount(node)
                            && users.stream().allMatch(u -> u.op() instanceof SumOfProducts);
        }

        @Override
        public boolean isSum(Node node) {
            return sum(node).isPresent();
        }

        /**
         * How many tensors are beside probabilities in a sum of them that is read for splits alone. One that is larger than a number takes a
         * product of its own: there is no more than one.
         */
        private OptionalInt sum(Node node) {
            OptionalInt known = sums.get(node);
            if (known == null) {
                known = ElementReference.is(node, ScalarFn.ADD) || ElementReference.is(node, ScalarFn.SUB)
                        ? tensors(node)
                        : OptionalInt.empty();
                sums.put(node, known);
            }
            return known;
        }

        private OptionalInt tensors(Node sum) {
            List<Value> terms = graph.operands(sum);
            boolean areTerms = isReadForSplits(sum)
                    && terms.stream().anyMatch(v -> isProbabilities(v, sum))
                    && terms.stream().allMatch(v -> isProbabilities(v, sum) || isBeside(v, sum));
            int tensors = !areTerms
                    ? 0
                    : terms.stream()
                            .mapToInt(v -> isProbabilities(v, sum) ? tensorsIn(v.node()) : isNumber(v) ? 0 : 1)
                            .sum();
            return areTerms && tensors <= 1 ? OptionalInt.of(tensors) : OptionalInt.empty();
        }

        private int tensorsIn(Node node) {
            OptionalInt scaled = scaledSum(node);
            return scaled.isPresent()
                    ? tensorsIn(graph.operand(node, scaled.getAsInt()).node())
                    : sum(node).orElse(0);
        }

        private boolean isNumber(Value term) {
            return View.behind(graph, term).type().shape().size().is(1);
        }

        private boolean isProbabilities(Value term, Node sum) {
            return term.type().equals(sum.type())
                    && probabilities.get(term.node().id());
        }

        /** Not of the same scores, which would be stored. In sixteen bits what is beside would be converted, and stored for that. */
        private boolean isBeside(Value term, Node sum) {
            if (probabilities.get(term.node().id())
                    || Precision.isNarrow(sum.type().dtype())) {
                return false;
            }
            Set<Node> behind = new HashSet<>(graph.ancestors(term.node()));
            behind.add(term.node());
            return graph.operands(sum).stream()
                    .filter(v -> isProbabilities(v, sum))
                    .flatMap(this::scores)
                    .noneMatch(behind::contains);
        }

        /** The softmaxes that probabilities are made of elementwise, and the products that are their scores. */
        private Stream<Node> scores(Value value) {
            return ElementwiseCone.of(graph, value).stream()
                    .filter(node -> node.op() instanceof Softmax)
                    .flatMap(softmax -> Stream.concat(
                            Stream.of(softmax),
                            ProductSearch.all(graph, graph.operand(softmax, 0), v -> true).stream()));
        }
    }
}
