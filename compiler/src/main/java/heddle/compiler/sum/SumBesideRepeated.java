package heddle.compiler.sum;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Contract;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Equation;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.layout.Expand;
import heddle.compiler.op.layout.Reshape;
import heddle.compiler.rule.Rule;
import heddle.compiler.rule.RuleContext;
import heddle.compiler.rule.RuleSet;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.Precision;
import heddle.compiler.type.Shape;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A product with a factor that is the same along what is summed is that factor times a sum.
 *
 * <pre>
 * expand(c, [N, N]) @ v    → c * sum(v, axis = 0, keepdims = true)
 * </pre>
 *
 * Attention that is centred has such products, once its probabilities meet the values by themselves.
 */
public record SumBesideRepeated() implements Rule {
    /** The rule, until no factor is repeated along what is summed. */
    public static final RuleSet RULES =
            new RuleSet("sum-beside-repeated", List.of(new SumBesideRepeated()), SumBesideRepeated::products);

    /**
     * Such a product.
     *
     * @param slot    which of its operands is repeated
     * @param base    that operand before it is repeated
     * @param letters of the axes along which {@code base} has elements of its own
     */
    private record Found(Node product, int slot, Value base, String letters) {
        private static Optional<Found> of(Graph graph, Node product, int slot) {
            Equation equation = ((Contract) product.op()).parsed();
            Value factor = graph.operand(product, slot);
            Value base = factor;
            while (base.node().op() instanceof Expand) {
                base = graph.operand(base.node(), 0);
            }
            String all = slot == 0 ? equation.left() : equation.right();
            String others = slot == 0 ? equation.right() : equation.left();
            int missing = all.length() - base.type().rank();
            StringBuilder own = new StringBuilder();
            for (int axis = 0; axis < base.type().rank(); axis++) {
                if (base.type().dim(axis).equals(factor.type().dim(missing + axis))) {
                    own.append(all.charAt(missing + axis));
                }
            }
            Found found = new Found(product, slot, base, own.toString());
            boolean isRepeated = all.length() > own.length()
                    && !equation.summed().isEmpty()
                    && equation.summed().chars().noneMatch(c -> own.indexOf(String.valueOf((char) c)) >= 0)
                    && all.chars().allMatch(c -> (equation.result() + others).indexOf(c) >= 0)
                    && own.chars().allMatch(c -> equation.result().indexOf(c) >= 0);
            return isRepeated ? Optional.of(found) : Optional.empty();
        }

        private Value addTo(RuleContext context) {
            Equation equation = ((Contract) product.op()).parsed();
            String others = slot == 0 ? equation.right() : equation.left();
            List<Integer> summed = IntStream.range(0, others.length())
                    .filter(axis -> equation.result().indexOf(others.charAt(axis)) < 0)
                    .boxed()
                    .toList();
            Value other = context.rewriter().operands(product).get(1 - slot);
            Value sum = context.out().part(new Reduce(Reduction.SUM, summed, true), product.origin(), other);
            Shape shape = new Shape(letters.chars()
                    .mapToObj(c -> product.type().dim(equation.result().indexOf(c)))
                    .toList());
            Value own = context.get(base);
            if (!own.type().shape().equals(shape)) {
                own = context.out().part(new Reshape(shape), product.origin(), own);
            }
            Value value = context.out()
                    .value(
                            new Elementwise(ScalarFn.MUL),
                            product.origin(),
                            Equation.aligned(context.out(), product.origin(), own, letters, equation.result()),
                            Equation.aligned(context.out(), product.origin(), sum, others, equation.result()));
            return value.type().equals(product.type())
                    ? value
                    : context.out().value(new Expand(product.type().shape()), product.origin(), value);
        }
    }

    private static Optional<Found> at(Graph graph, Node node) {
        boolean isSum = node.op() instanceof Contract c
                && c.zeros() == Annihilating.NEITHER
                && node.type().dtype().isFloat()
                && !Precision.isNarrow(node.type().dtype());
        return isSum ? Found.of(graph, node, 0).or(() -> Found.of(graph, node, 1)) : Optional.empty();
    }

    private static long products(Graph graph) {
        return graph.nodes().stream()
                .filter(node -> at(graph, node).isPresent())
                .count();
    }

    @Override
    public String name() {
        return "sum-beside-repeated";
    }

    @Override
    public Outcome apply(Node node, RuleContext context) {
        return at(context.graph(), node)
                .<Outcome>map(found -> Outcome.Replaced.by(node, found.addTo(context)))
                .orElse(NO_MATCH);
    }
}
