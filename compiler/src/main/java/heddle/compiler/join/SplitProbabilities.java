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
import heddle.compiler.rule.ProductSearch;
import heddle.compiler.rule.Rule;
import heddle.compiler.rule.RuleContext;
import heddle.compiler.rule.RuleSet;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.Precision;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

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
    /** The rule, until no product with a sum of probabilities is left. */
    public static final RuleSet RULES =
            new RuleSet("split-probabilities", List.of(new SplitProbabilities()), SplitProbabilities::products);

    /** The products with such a sum: a step leaves one less. */
    private static long products(Graph graph) {
        Search search = new Search(graph);
        return graph.nodes().stream()
                .filter(node -> search.slot(node).isPresent())
                .count();
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
        private final Dependence dependence;
        /** Values computed elementwise from a softmax of a matmul of computed tensors, by node number. */
        private final BitSet probabilities = new BitSet();

        Search(Graph graph) {
            this.graph = graph;
            this.dependence = new Dependence(graph);
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

        /** Whether a node is a sum of probabilities, or of these and of what is not made of scores, that is read for splits alone. */
        @Override
        public boolean isSum(Node node) {
            return (ElementReference.is(node, ScalarFn.ADD) || ElementReference.is(node, ScalarFn.SUB))
                    && isReadForSplits(node)
                    && graph.operands(node).stream().anyMatch(v -> isProbabilities(v, node))
                    && graph.operands(node).stream().allMatch(v -> isProbabilities(v, node) || isBeside(v, node));
        }

        private boolean isProbabilities(Value term, Node sum) {
            return term.type().equals(sum.type())
                    && probabilities.get(term.node().id());
        }

        /** In sixteen bits what is beside would be converted, and stored for that. */
        private boolean isBeside(Value term, Node sum) {
            return !probabilities.get(term.node().id())
                    && !Precision.isNarrow(sum.type().dtype())
                    && !ProductSearch.isAny(graph, term, dependence::isProductOfComputed);
        }
    }
}
