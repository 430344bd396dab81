package heddle.compiler.sum;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Contract;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Equation;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.layout.Expand;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.rule.Rule;
import heddle.compiler.rule.RuleContext;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scalar.Scale;
import heddle.compiler.type.Precision;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A product of exponentials with a number is their sum.
 *
 * <pre>
 * exp(y) @ ones([N, 1])       → sum(exp(y), axis = -1, keepdims = true)
 * exp(y) @ full([N, 1], c)    → sum(exp(y), axis = -1, keepdims = true) * c
 * </pre>
 */
record ProductWithNumber() implements Rule {
    /**
     * Such a product.
     *
     * @param slot   which of its operands are the exponentials
     * @param number what the other one is throughout
     */
    record Found(Node product, int slot, double number) {
        private Equation equation() {
            return ((Contract) product.op()).parsed();
        }

        private String letters() {
            return slot == 0 ? equation().left() : equation().right();
        }

        /** Whether nothing is summed along which the number alone runs. */
        private boolean isSumOfExponentials() {
            String other = slot == 0 ? equation().right() : equation().left();
            return other.chars()
                    .allMatch(c ->
                            letters().indexOf(c) >= 0 || equation().result().indexOf(c) >= 0);
        }

        /** Whether the sum is rounded and overflows as the product does. */
        private boolean isExact() {
            return number == 1
                    || Scale.isModerate(number)
                            && !Precision.isNarrow(product.type().dtype());
        }

        private Value addTo(RuleContext context) {
            String letters = letters();
            String result = equation().result();
            List<Integer> summed = IntStream.range(0, letters.length())
                    .filter(axis -> result.indexOf(letters.charAt(axis)) < 0)
                    .boxed()
                    .toList();
            Value value = context.rewriter().operands(product).get(slot);
            if (!summed.isEmpty()) {
                value = context.out().part(new Reduce(Reduction.SUM, summed, true), product.origin(), value);
            }
            if (number != 1) {
                Constant constant = Constant.scalar(value.type().dtype(), number);
                Value scale = context.out().part(constant, product.origin());
                value = context.out().part(new Elementwise(ScalarFn.MUL), product.origin(), value, scale);
            }
            value = Equation.aligned(context.out(), product.origin(), value, letters, result);
            return value.type().equals(product.type())
                    ? value
                    : context.out().value(new Expand(product.type().shape()), product.origin(), value);
        }
    }

    static Optional<Found> at(Graph graph, Node node) {
        return node.op() instanceof Contract && node.type().dtype().isFloat()
                ? at(graph, node, 0).or(() -> at(graph, node, 1))
                : Optional.empty();
    }

    private static Optional<Found> at(Graph graph, Node node, int slot) {
        return PlainSums.isOfExponentials(graph, graph.operand(node, slot))
                ? ElementReference.in(graph.operand(node, 1 - slot))
                        .behindViews(graph)
                        .number()
                        .map(number -> new Found(node, slot, number))
                        .filter(found -> found.isSumOfExponentials() && found.isExact())
                : Optional.empty();
    }

    @Override
    public String name() {
        return "product-with-number";
    }

    @Override
    public Outcome apply(Node node, RuleContext context) {
        return at(context.graph(), node)
                .<Outcome>map(found -> Outcome.Replaced.by(node, found.addTo(context)))
                .orElse(NO_MATCH);
    }
}
