package heddle.compiler.attention;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.op.Contract;
import heddle.compiler.op.Equation;
import heddle.compiler.op.Inliner;
import heddle.compiler.rule.DeclinedException;
import heddle.compiler.rule.Probabilities;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.type.DType;
import heddle.compiler.type.Precision;
import heddle.compiler.type.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Queries and keys at the index for which the result is computed.
 *
 * @param q     varies along {@code d}, not along the softmax axis
 * @param k     varies along {@code d} and the softmax axis
 * @param d     the axis the scores sum over, several letters as one
 * @param score the matmul with the factors that were taken off q and k
 * @param zeros whose zeros add nothing to the matmul, q being the left factor
 */
record QueryAndKey(ScalarExpr q, ScalarExpr k, Axis d, ScalarExpr score, Annihilating zeros) {
    /**
     * @param index where the softmax is computed
     * @param j     the softmax axis
     * @param raw   stands for the product
     */
    static QueryAndKey of(
            Graph graph,
            Node softmax,
            ScoreCone scores,
            List<ScalarExpr> index,
            Axis j,
            ScalarExpr.Variable raw,
            CapturePolicy policy) {
        Node product = scores.product();
        Contract contract = (Contract) product.op();
        Equation e = contract.parsed();
        Map<Character, ScalarExpr> letters = new HashMap<>();
        put(letters, e.result(), productIndex(graph, softmax, scores, index, policy));
        Shape inner = new Shape(e.summed()
                .chars()
                .mapToObj(c -> graph.operand(product, 0).type().dim(e.left().indexOf(c)))
                .toList());
        Axis d = new Axis("d", inner.size());
        put(letters, e.summed(), IndexSimplifier.index(inner, ScalarExpr.of(d)));
        ScaledTerm a = policy.multiplicand(graph.operand(product, 0), at(product, e.left(), letters), d);
        ScaledTerm b = policy.multiplicand(graph.operand(product, 1), at(product, e.right(), letters), d);
        ScalarExpr score = b.apply().apply(a.apply().apply(product(raw, a.core().type())));
        boolean rightIsKey = ScalarExprs.reads(b.core(), j);
        if (rightIsKey == ScalarExprs.reads(a.core(), j)) {
            throw new DeclinedException(
                    product,
                    rightIsKey
                            ? "both operands of the scores run along the softmax axis"
                            : "the product of the scores does not run along the softmax axis",
                    "multiply queries, which have no axis of the keys, with keys, which have one");
        }
        return rightIsKey
                ? new QueryAndKey(a.core(), b.core(), d, score, contract.zeros())
                : new QueryAndKey(b.core(), a.core(), d, score, contract.zeros().exchanged());
    }

    /**
     * What stands for the product in programs. Of sixteen bits it is a variable of that type, which {@link
     * heddle.compiler.scalar.Widening} reads as the product it is: the type follows from queries and keys, and rounds nothing.
     */
    static ScalarExpr product(ScalarExpr.Variable raw, DType type) {
        return Precision.computed(type) == type
                ? ScalarExpr.cast(type, raw)
                : new ScalarExpr.Variable(raw.name(), type);
    }

    private static void put(Map<Character, ScalarExpr> at, String letters, List<ScalarExpr> index) {
        for (int n = 0; n < letters.length(); n++) {
            at.put(letters.charAt(n), index.get(n));
        }
    }

    private static List<ScalarExpr> at(Node product, String letters, Map<Character, ScalarExpr> index) {
        if (!letters.chars().allMatch(c -> index.containsKey((char) c))) {
            throw new DeclinedException(
                    product,
                    "the product of the scores sums an axis that only one operand has",
                    "sum that operand along the axis before the product");
        }
        return letters.chars().mapToObj(c -> index.get((char) c)).toList();
    }

    /** Where the softmax at its index reads the product. */
    private static List<ScalarExpr> productIndex(
            Graph graph, Node softmax, ScoreCone scores, List<ScalarExpr> index, CapturePolicy policy) {
        Node product = scores.product();
        List<List<ScalarExpr>> found = new ArrayList<>();
        Inliner inliner = new Inliner(graph, (value, at) -> {
            if (value.node() == product) {
                found.add(at);
            }
            return scores.cone().contains(value.node()) && value.node() != product
                    ? Optional.empty()
                    : policy.position(value, at);
        });
        inliner.at(graph.operand(softmax, 0), index);
        if (!found.stream().allMatch(at -> isWithin(product.type().shape(), at))) {
            scores.cone().forEach(Probabilities::requireNoEdges);
        }
        if (found.size() != 1) {
            throw new DeclinedException(
                    product,
                    "the scores of several positions are mixed before the softmax",
                    "let each score depend on its own query and key; mix queries or keys instead");
        }
        return found.getFirst();
    }

    private static boolean isWithin(Shape shape, List<ScalarExpr> index) {
        return IntStream.range(0, shape.rank()).allMatch(n -> IndexSimplifier.isWithin(index.get(n), shape.dim(n)));
    }
}
