package heddle.compiler.join;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.op.Pointwise;
import heddle.compiler.op.Softmax;
import heddle.compiler.rule.DeclinedException;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.rule.Probabilities;
import heddle.compiler.rule.Rule;
import heddle.compiler.rule.RuleContext;
import heddle.compiler.rule.RuleSet;
import heddle.compiler.scalar.ScalarFn;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Turns scores that are a sum of two matmuls into one matmul, so that they can be fused:
 *
 * <pre>
 * q · k + p · r                    → [q, p] · [k, r]
 * q · k - p · r / 4                → [q, -p / 4] · [k, r]
 * where(m, q · k + b, -inf) + p · r → where(m, [q, p] · [k, r] + b, -inf)
 * </pre>
 *
 * Models write this when one part of queries and keys knows positions, such as DeepSeek-V2's rotated part, whose keys
 * all heads share (arXiv:2405.04434, section 2.1.3). The joined features are copied. With many queries this costs
 * little compared with the scores; with one query it costs more.
 */
public record JoinProducts() implements Rule {
    /** The rule, until no sum of products is left. A sum of three products is a sum of two after the first step. */
    public static final RuleSet RULES = new RuleSet("join-products", List.of(new JoinProducts()), JoinProducts::sums);

    /** The sums and differences that are computed: each step leaves one less. */
    private static long sums(Graph graph) {
        return graph.nodes().stream().filter(JoinProducts::isSum).count();
    }

    private static boolean isSum(Node node) {
        return ElementReference.is(node, ScalarFn.ADD) || ElementReference.is(node, ScalarFn.SUB);
    }

    @Override
    public String name() {
        return "join-products";
    }

    @Override
    public Outcome apply(Node node, RuleContext context) {
        if (!isSum(node) || !context.analysis(Sums.class, Sums::in).inScores.contains(node)) {
            return NO_MATCH;
        }
        Optional<ProductSum> sum = ProductSum.at(context.graph(), node);
        if (sum.isEmpty()) {
            return NO_MATCH;
        }
        return sum.get().isSmall()
                ? Outcome.Replaced.by(node, sum.get().addTo(context.rewriter()))
                : new Outcome.Declined(
                        node,
                        "the scores come from two products, whose features, joined, would be more numbers than there are scores",
                        "let queries of both products run along the same axes, and keys too");
    }

    /** Sums from which scores are made that meet values after the softmax. */
    private record Sums(Set<Node> inScores) {
        static Sums in(Graph graph) {
            return new Sums(sumsInScores(graph));
        }
    }

    private static Set<Node> sumsInScores(Graph graph) {
        Set<Node> scores = new HashSet<>();
        Deque<Node> open = new ArrayDeque<>();
        for (Node node : graph.nodes()) {
            if (node.op() instanceof Softmax && meetsValues(graph, node)) {
                open.add(graph.operand(node, 0).node());
            }
        }
        while (!open.isEmpty()) {
            Node node = open.pop();
            if (node.op() instanceof Pointwise && scores.add(node)) {
                graph.operands(node).forEach(v -> open.push(v.node()));
            }
        }
        scores.removeIf(n -> !isSum(n));
        return scores;
    }

    private static boolean meetsValues(Graph graph, Node softmax) {
        try {
            return !Probabilities.of(graph, softmax).isEmpty();
        } catch (DeclinedException declined) {
            return false;
        }
    }
}
