package heddle.compiler.rewrite;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Pass;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Cast;
import heddle.compiler.op.Contract;
import heddle.compiler.op.Pointwise;
import heddle.compiler.op.Softmax;
import heddle.compiler.tile.ScalarFn;
import heddle.compiler.type.DType;
import java.util.BitSet;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Multiplies sums and differences of probabilities with the values one by one, so that each is attention:
 *
 * <pre>
 * (softmax(s) - c * softmax(t)) @ v        → softmax(s) @ v - (c * softmax(t)) @ v
 * </pre>
 *
 * This is how differential attention is written (Ye et al. 2024, arXiv:2410.05258, section 2.1).
 */
public record SplitProbabilities() implements Pass {
    @Override
    public String name() {
        return "split-probabilities";
    }

    @Override
    public Graph run(Graph graph) {
        Search search = new Search(graph);
        return Rewriter.replace(
                graph,
                (node, rewriter) -> search.slot(node)
                        .map(slot -> new Split(search, rewriter, node, slot).of(graph.operand(node, slot))));
    }

    /** The products of the terms of a sum, summed; in f32 where sixteen bits would round each before they are. */
    private record Split(Search search, Rewriter rewriter, Node product, int slot) {
        Value of(Value factor) {
            return cast(sum(factor), product.type().dtype());
        }

        private Value sum(Value factor) {
            if (search.isSum(factor.node())) {
                Node sum = factor.node();
                Value first = sum(search.graph.operand(sum, 0));
                Value last = sum(search.graph.operand(sum, 1));
                return rewriter.out().value(sum.op(), sum.origin(), first, last);
            }
            DType type = Lookup.wide(product.type().dtype());
            Value other = cast(rewriter.operands(product).get(1 - slot), type);
            Value own = cast(rewriter.get(factor), type);
            return slot == 0
                    ? rewriter.out().value(product.op(), product.origin(), own, other)
                    : rewriter.out().value(product.op(), product.origin(), other, own);
        }

        private Value cast(Value value, DType type) {
            return value.type().dtype() == type ? value : rewriter.out().value(new Cast(type), product.origin(), value);
        }
    }

    /** Finds products with sums of probabilities of scores. */
    private static final class Search {
        private final Graph graph;
        /** What is made elementwise of a softmax of a product of computed tensors, by the node's number. */
        private final BitSet probabilities = new BitSet();

        Search(Graph graph) {
            this.graph = graph;
            Dependence dependence = new Dependence(graph);
            for (Node node : graph.nodes()) {
                boolean found = node.op() instanceof Softmax
                        ? Scores.isAnyProduct(graph, node, p -> ScoreFlow.isProductOfComputed(graph, p, dependence))
                        : node.op() instanceof Pointwise
                                && graph.operands(node).stream()
                                        .anyMatch(
                                                v -> probabilities.get(v.node().id()));
                probabilities.set(node.id(), found);
            }
        }

        /** The operand of a product that is such a sum. */
        Optional<Integer> slot(Node product) {
            return product.op() instanceof Contract
                    ? IntStream.range(0, 2)
                            .filter(slot -> isSum(graph.operand(product, slot).node()))
                            .boxed()
                            .findFirst()
                    : Optional.empty();
        }

        /** Whether a node is a sum of probabilities that one node alone reads. */
        boolean isSum(Node node) {
            return (Place.is(node, ScalarFn.ADD) || Place.is(node, ScalarFn.SUB))
                    && graph.useCount(node) == 1
                    && graph.operands(node).stream()
                            .allMatch(v -> v.type().equals(node.type())
                                    && probabilities.get(v.node().id()));
        }
    }
}
