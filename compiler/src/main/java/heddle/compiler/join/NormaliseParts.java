package heddle.compiler.join;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Value;
import heddle.compiler.join.PartOfSoftmax.RowNumber;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Equation;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.SumOfProducts;
import heddle.compiler.op.gradient.Gradient;
import heddle.compiler.op.layout.Reshape;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.rule.Rule;
import heddle.compiler.rule.RuleContext;
import heddle.compiler.rule.RuleSet;
import heddle.compiler.rule.SourceExcerpt;
import heddle.compiler.scalar.ScalarFn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Divides exponentials by their sum before they meet the values, and multiplies with it afterwards, so that each part of a softmax is
 * attention:
 *
 * <pre>
 * exp(x - c) @ v        → (softmax(x) @ v) * s
 * (exp(x - c) / t) @ v  → (softmax(x) @ v) * (s / t)     where t is one number for each row
 * sum(exp(x - c))       → s                              where s is the sum, shifted by the maximum of x
 * </pre>
 *
 * Blocks of keys that are merged by their maxima and sums are written this way, as FlashAttention does itself (Dao et al. 2022,
 * arXiv:2205.14135, algorithm 1), and sums that are changed before something is divided by them. It runs after quotients are softmaxes,
 * and declines products in graphs that ask for gradients: the gradient of a maximum needs the scores.
 */
public record NormaliseParts() implements Rule {
    /** The rule, until no values meet exponentials that are summed as well. */
    public static final RuleSet RULES =
            new RuleSet("normalise-parts", List.of(new NormaliseParts()), NormaliseParts::steps);

    /**
     * Exponentials in a product with values.
     *
     * @param slot    which of its operands they are
     * @param divisor what they are divided by before
     */
    private record Factor(Node product, int slot, PartOfSoftmax part, Optional<RowNumber> divisor) {
        /** Those of a product. */
        static Stream<Factor> in(Graph graph, Node product) {
            return product.op() instanceof SumOfProducts p
                    ? IntStream.range(0, 2).boxed().flatMap(slot -> of(graph, product, p.parsed(), slot).stream())
                    : Stream.empty();
        }

        private static Optional<Factor> of(Graph graph, Node product, Equation equation, int slot) {
            String letters = slot == 0 ? equation.left() : equation.right();
            int axis = letters.indexOf(equation.summed());
            Node node = graph.operand(product, slot).node();
            boolean hasRows = equation.summed().length() == 1
                    && axis >= 0
                    && IntStream.range(0, letters.length())
                            .allMatch(n -> n == axis
                                    || equation.result().indexOf(letters.charAt(n)) >= 0
                                    || node.type().dim(n).is(1));
            if (!hasRows) {
                return Optional.empty();
            }
            boolean isDivided = ElementReference.is(node, ScalarFn.DIV)
                    && graph.operand(node, 0).type().equals(node.type());
            return isDivided
                    ? RowNumber.of(graph, ElementReference.in(node.value()), axis)
                            .flatMap(t -> PartOfSoftmax.of(
                                            graph, graph.operand(node, 0).node(), axis)
                                    .map(part -> new Factor(product, slot, part, Optional.of(t))))
                    : PartOfSoftmax.of(graph, node, axis)
                            .map(part -> new Factor(product, slot, part, Optional.empty()));
        }

        /** The product of probabilities, times the sums. */
        Value value(RuleContext context) {
            Equation equation = ((SumOfProducts) product.op()).parsed();
            List<Value> factors = new ArrayList<>(context.rewriter().operands(product));
            factors.set(slot, part.softmax(context));
            Value normal = context.out()
                    .add(product.op(), factors, product.origin().part("normalised"))
                    .value();
            Value sums = part.sum(context);
            Value scale = divisor.map(t -> context.out()
                            .part(new Elementwise(ScalarFn.DIV), product.origin(), sums, t.in(context, product)))
                    .orElse(sums);
            String letters = slot == 0 ? equation.left() : equation.right();
            Value beside =
                    Equation.aligned(context.out(), product.origin().part("sums"), scale, letters, equation.result());
            return context.out().value(new Elementwise(ScalarFn.MUL), product.origin(), normal, beside);
        }
    }

    /** The products, and the sums that are shifted by something else than their own maximum. */
    private static long steps(Graph graph) {
        return graph.nodes().stream()
                .filter(node -> Factor.in(graph, node).findAny().isPresent()
                        || sum(graph, node).isPresent())
                .count();
    }

    /**
     * The part that a sum is of, where values meet the same exponentials, or a softmax of the same scores, shifted by something else than
     * their own maximum.
     */
    private static Optional<PartOfSoftmax> sum(Graph graph, Node node) {
        if (!(node.op() instanceof Reduce reduce) || reduce.axes().size() != 1) {
            return Optional.empty();
        }
        int axis = reduce.axes().getFirst();
        if (!PartOfSoftmax.isSum(node, axis)) {
            return Optional.empty();
        }
        Node exponentials = graph.operand(node, 0).node();
        return graph.users(exponentials).stream()
                .flatMap(user -> Stream.concat(Stream.of(user), graph.users(user).stream()))
                .flatMap(product -> Factor.in(graph, product))
                .map(Factor::part)
                .filter(part -> part.exponentials() == exponentials && part.axis() == axis)
                .findFirst()
                .or(() -> PartOfSoftmax.ofSums(graph, exponentials, axis))
                .filter(part -> !part.isOwn());
    }

    @Override
    public String name() {
        return "normalise-parts";
    }

    @Override
    public Outcome apply(Node node, RuleContext context) {
        Graph graph = context.graph();
        // Where both factors are that, the second is left to the next sweep.
        Optional<Factor> factor = Factor.in(graph, node).findFirst();
        if (context.analysis(Boolean.class, Gradient::isAsked)) {
            return factor.<Outcome>map(f -> ofGradients(f.part.exponentials())).orElse(NO_MATCH);
        }
        Optional<Value> product = factor.map(f -> f.value(context));
        return product.or(() -> sum(graph, node).map(part -> reduced(node, part.sum(context), context)))
                .<Outcome>map(value -> Outcome.Replaced.by(node, value))
                .orElse(NO_MATCH);
    }

    private static Outcome.Declined ofGradients(Node exponentials) {
        return new Outcome.Declined(
                exponentials,
                SourceExcerpt.of(exponentials)
                        + " is summed apart from the values, which is fused only in models that take no gradients:"
                        + " those of a row's maximum and sum need its scores",
                "where gradients are taken, take one softmax of all scores that a sum is of");
    }

    /** A sum in the shape that it has in the graph. */
    private static Value reduced(Node node, Value sum, RuleContext context) {
        return sum.type().equals(node.type())
                ? sum
                : context.out().value(new Reshape(node.type().shape()), node.origin(), sum);
    }
}
