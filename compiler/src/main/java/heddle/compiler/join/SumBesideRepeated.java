package heddle.compiler.join;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Contract;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Equation;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.Softmax;
import heddle.compiler.op.SumOfProducts;
import heddle.compiler.op.layout.Expand;
import heddle.compiler.op.layout.Reshape;
import heddle.compiler.rule.ElementwiseCone;
import heddle.compiler.rule.Rule;
import heddle.compiler.rule.RuleContext;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.Precision;
import heddle.compiler.type.Shape;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A product of the values of attention with a factor that is the same for all of them is a sum of multiples.
 *
 * <pre>
 * expand(c, [N, N]) @ v    → sum(c * v, axis = 0, keepdims = true)     where softmax(s) @ v is computed, too
 * </pre>
 *
 * Attention that is centred has such products, once its probabilities meet the values by themselves.
 */
record SumBesideRepeated() implements Rule {
    /**
     * Such a product.
     *
     * @param slot    which of its operands is repeated
     * @param base    that operand before it is repeated
     * @param letters of the axes along which {@code base} has elements of its own, in which the values have some as well
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
                if (base.type().dim(axis).equals(factor.type().dim(missing + axis))
                        && !base.type().dim(axis).is(1)) {
                    own.append(all.charAt(missing + axis));
                }
            }
            String letters = own.toString();
            boolean isRepeated = !base.equals(factor)
                    && equation.summed().chars().anyMatch(c -> isLong(graph, product, slot, all.indexOf(c)))
                    && equation.summed().chars().noneMatch(c -> letters.indexOf(c) >= 0)
                    && all.chars().allMatch(c -> (equation.result() + others).indexOf(c) >= 0)
                    && letters.chars().allMatch(c -> others.indexOf(c) >= 0);
            return isRepeated ? Optional.of(new Found(product, slot, base, letters)) : Optional.empty();
        }

        private static boolean isLong(Graph graph, Node product, int slot, int axis) {
            return !graph.operand(product, slot).type().dim(axis).is(1);
        }

        private Value addTo(RuleContext context) {
            Equation equation = ((Contract) product.op()).parsed();
            String others = slot == 0 ? equation.right() : equation.left();
            List<Integer> summed = IntStream.range(0, others.length())
                    .filter(axis -> equation.result().indexOf(others.charAt(axis)) < 0)
                    .boxed()
                    .toList();
            Value other = context.rewriter().operands(product).get(1 - slot);
            Shape shape = new Shape(letters.chars()
                    .mapToObj(c -> other.type().dim(others.indexOf(c)))
                    .toList());
            Value own = context.get(base);
            if (!own.type().shape().equals(shape)) {
                own = context.out().part(new Reshape(shape), product.origin(), own);
            }
            Value scale = Equation.aligned(context.out(), product.origin(), own, letters, others);
            Value multiples = context.out().part(new Elementwise(ScalarFn.MUL), product.origin(), scale, other);
            Value sum = context.out().part(new Reduce(Reduction.SUM, summed, true), product.origin(), multiples);
            Value value = Equation.aligned(context.out(), product.origin(), sum, others, equation.result());
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
        return isSum
                ? IntStream.range(0, 2)
                        .boxed()
                        .flatMap(slot -> Found.of(graph, node, slot).stream())
                        .filter(found -> isOfValues(graph, node, found.slot))
                        .findFirst()
                : Optional.empty();
    }

    /** Whether probabilities meet the same values in another product like this one. */
    private static boolean isOfValues(Graph graph, Node node, int slot) {
        return graph.users(graph.operand(node, 1 - slot).node()).stream()
                .anyMatch(user -> user != node
                        && user.op() instanceof SumOfProducts p
                        && p.parsed().equals(((Contract) node.op()).parsed())
                        && ElementwiseCone.of(graph, graph.operand(user, slot)).stream()
                                .anyMatch(n -> n.op() instanceof Softmax));
    }

    /** How many such products there are: a step leaves one less. */
    static long products(Graph graph) {
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
