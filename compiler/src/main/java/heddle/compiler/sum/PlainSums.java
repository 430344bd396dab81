package heddle.compiler.sum;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.SumOfProducts;
import heddle.compiler.op.layout.View;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.rule.ElementwiseCone;
import heddle.compiler.rule.RuleSet;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The rules that make plain sums. */
public final class PlainSums {
    /** More than the views of all sums and the factors of all divisors. */
    private static final long SCALE = 1L << 14;

    private static final long PRODUCT = SCALE << 14;
    private static final long SLICE = PRODUCT << 16;

    /** The rules, in the order in which they are tried at a node. */
    public static final RuleSet RULES = new RuleSet(
            "plain-sums",
            List.of(
                    new SliceBeforeProduct(),
                    new ProductWithNumber(),
                    new ReduceBeforeView(),
                    new ScaleAfterSum(),
                    new DivideByPlainSum()),
            PlainSums::otherSums);

    private PlainSums() {}

    /**
     * What is left to do: a slice becomes a product, which may become a sum, which may be of a view of multiples; multiples of sums that
     * something is divided by.
     */
    private static long otherSums(Graph graph) {
        long all = 0;
        for (Node node : graph.nodes()) {
            all += SliceBeforeProduct.at(graph, node).isPresent() ? SLICE : 0;
            all += ProductWithNumber.at(graph, node).isPresent() ? PRODUCT : 0;
            all += ScaleAfterSum.scales(graph, node) * SCALE;
            all += ReduceBeforeView.views(graph, node);
            all += DivideByPlainSum.factors(graph, node);
        }
        return all;
    }

    /**
     * Whether a value is made of exponentials by views, masks and factors, and not divided by their sum: what is normalised is a product
     * of probabilities with values, ones or not.
     */
    static boolean isOfExponentials(Graph graph, Value value) {
        Set<Node> seen = new HashSet<>();
        Deque<Node> open = new ArrayDeque<>(List.of(value.node()));
        boolean isOf = false;
        while (!open.isEmpty()) {
            Node node = open.pop();
            if (!seen.add(node)) {
                continue;
            }
            boolean isExp = ElementReference.is(node, ScalarFn.EXP);
            if (Reduce.is(node, Reduction.SUM)
                    || isExp && isLessLogarithm(graph, graph.operand(node, 0))
                    || ElementReference.is(node, ScalarFn.DIV) && isSum(graph, graph.operand(node, 1))) {
                return false;
            }
            isOf |= isExp;
            if (isFactor(node)) {
                graph.operands(node).forEach(v -> open.push(v.node()));
            }
        }
        return isOf;
    }

    /** Whether the logarithm of a sum is among what exponents are computed of. */
    private static boolean isLessLogarithm(Graph graph, Value exponents) {
        return ElementwiseCone.of(graph, exponents).stream()
                .anyMatch(node -> ElementReference.is(node, ScalarFn.LOG) && isSum(graph, graph.operand(node, 0)));
    }

    /** Whether a value is computed of a sum element by element; a product with ones is a sum as well. */
    private static boolean isSum(Graph graph, Value value) {
        return ElementwiseCone.of(graph, value).stream()
                .anyMatch(node -> Reduce.is(node, Reduction.SUM) || node.op() instanceof SumOfProducts);
    }

    private static boolean isFactor(Node node) {
        return node.op() instanceof View
                || ElementReference.is(node, ScalarFn.MUL)
                || ElementReference.is(node, ScalarFn.DIV)
                || ElementReference.is(node, ScalarFn.SELECT);
    }
}
