package heddle.compiler.join;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.op.Reduce;
import heddle.compiler.rule.Rule;
import heddle.compiler.rule.RuleContext;
import heddle.compiler.rule.RuleSet;
import heddle.compiler.scalar.Reduction;
import java.util.List;
import java.util.Optional;

/**
 * Turns sums over products of elements into matmuls, see {@link BroadcastProduct}.
 *
 * <pre>
 * sum(q[:, :, new] * k[:, new], axis = -1)  → q @ transpose(k)
 * </pre>
 *
 * A product of a matrix and a vector stays a sum over a row, which costs the same, but where both are scores or values of
 * attention.
 */
public record ContractSums() implements Rule {
    /** The rule, until no such sum is left. */
    public static final RuleSet RULES = new RuleSet("contract-sums", List.of(new ContractSums()), ContractSums::sums);

    private static long sums(Graph graph) {
        return graph.nodes().stream()
                .filter(node -> Reduce.is(node, Reduction.SUM))
                .count();
    }

    @Override
    public String name() {
        return "contract-sums";
    }

    @Override
    public Outcome apply(Node node, RuleContext context) {
        if (!(node.op() instanceof Reduce)) {
            return NO_MATCH;
        }
        WrittenProducts products = context.analysis(WrittenProducts.class, WrittenProducts::in);
        Optional<BroadcastProduct> product = products.of(node);
        return product.isPresent()
                ? Outcome.Replaced.by(node, product.get().addTo(context.graph(), context))
                : NO_MATCH;
    }
}
