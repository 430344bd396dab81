package heddle.compiler.softmax;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Equation;
import heddle.compiler.op.SumOfProducts;
import heddle.compiler.op.layout.View;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.rule.Rule;
import heddle.compiler.rule.RuleContext;
import heddle.compiler.rule.SourceExcerpt;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A matmul of exponentials with values that is divided by their sum is a matmul of the quotients.
 *
 * <pre>
 * (exp(y) @ v) / t  → (exp(y) / t) @ v      where t is the sum of each row's exponentials, or more than it
 * </pre>
 *
 * It applies where the quotient is a softmax, so that nothing is divided more often than it was.
 */
public record DivideBeforeProduct() implements Rule {
    /**
     * Exponentials in a product.
     *
     * @param slot     which of its operands they are
     * @param quotient of them and what the product is divided by
     */
    private record Factor(int slot, ExponentialQuotient quotient) {}

    /**
     * A quotient of such a product.
     *
     * @param product what is divided, with the views on it
     * @param factor  the exponentials in it
     * @param divisor what it is divided by, as it is before views
     */
    private record Divided(ViewPath product, Factor factor, ElementReference divisor) {
        Node contraction() {
            return product.end().node();
        }

        /** Whether the product is needed undivided, too. */
        boolean isReadElsewhere(Graph graph) {
            return graph.useCount(contraction()) > 1 || product.views().stream().anyMatch(v -> graph.useCount(v) > 1);
        }

        /** How the divisor stands beside the exponentials. */
        Optional<RowAlignment> alignment() {
            ExponentialQuotient quotient = factor.quotient;
            return RowAlignment.of(divisor, quotient.y(), quotient.sum().axis());
        }
    }

    @Override
    public String name() {
        return "divide-before-product";
    }

    @Override
    public Outcome apply(Node node, RuleContext context) {
        Graph graph = context.graph();
        if (!ElementReference.is(node, ScalarFn.DIV)
                || !graph.operand(node, 0).type().equals(node.type())
                || !ExponentialQuotient.isOfExponentials(
                        graph, View.behind(graph, graph.operand(node, 0)).node())) {
            return NO_MATCH;
        }
        ElementReference whole = ElementReference.in(node.value());
        ViewPath product = ViewPath.of(graph, whole.operand(graph, 0));
        ElementReference divisor = whole.operand(graph, 1);
        return RowSum.of(graph, divisor)
                .flatMap(sum -> factor(graph, product.end(), sum))
                .map(factor -> outcome(node, context, new Divided(product, factor, divisor.behindViews(graph))))
                .orElse(NO_MATCH);
    }

    private static Outcome outcome(Node node, RuleContext context, Divided divided) {
        Graph graph = context.graph();
        Optional<Outcome> otherwise = divided.factor.quotient.declined(graph, node);
        if (otherwise.isPresent()) {
            return otherwise.get();
        }
        if (divided.isReadElsewhere(graph)) {
            return new Outcome.Declined(
                    node,
                    SourceExcerpt.of(divided.contraction()) + " is also read without being divided by the sum",
                    "divide the exponentials by their sum, and multiply with the values then");
        }
        Optional<RowAlignment> alignment = divided.alignment();
        return alignment.isPresent()
                ? Outcome.Replaced.by(node, product(node, context, divided, alignment.get()))
                : new Outcome.Declined(
                        node,
                        SourceExcerpt.of(node) + " divides by sums that do not lie as the rows of the exponentials do",
                        "divide the exponentials by their sum, and multiply with the values then");
    }

    private static Optional<Factor> factor(Graph graph, ElementReference product, RowSum sum) {
        for (int slot = 0; slot < 2; slot++) {
            Node exp = graph.operand(product.node(), slot).node();
            if (ElementReference.is(exp, ScalarFn.EXP)) {
                ElementReference y = new ElementReference(graph.operand(exp, 0), index(product, slot, exp));
                if (sum.isOver(graph, y)) {
                    return Optional.of(new Factor(slot, new ExponentialQuotient(y, sum)));
                }
            }
        }
        return Optional.empty();
    }

    /** Where an element of the product reads its exponentials; what it sums over has axes of its own. */
    private static List<ScalarExpr> index(ElementReference product, int slot, Node exp) {
        Equation equation = ((SumOfProducts) product.node().op()).parsed();
        Map<Character, ScalarExpr> letters = new HashMap<>();
        for (int n = 0; n < equation.result().length(); n++) {
            letters.put(equation.result().charAt(n), product.index().get(n));
        }
        String read = slot == 0 ? equation.left() : equation.right();
        List<ScalarExpr> index = new ArrayList<>();
        for (int n = 0; n < read.length(); n++) {
            Axis summed = new Axis("s" + n, exp.type().dim(n));
            index.add(letters.getOrDefault(read.charAt(n), ScalarExpr.of(summed)));
        }
        return index;
    }

    private static Value product(Node node, RuleContext context, Divided divided, RowAlignment alignment) {
        Graph.Builder out = context.out();
        Node product = divided.contraction();
        int slot = divided.factor.slot;
        List<Value> factors = new ArrayList<>(context.rewriter().operands(product));
        Value divisor = alignment.apply(context, node.origin(), context.get(divided.divisor.value()));
        factors.set(slot, out.value(new Elementwise(ScalarFn.DIV), node.origin(), factors.get(slot), divisor));
        Value result = out.add(product.op(), factors, product.origin()).value();
        for (Node view : divided.product.views().reversed()) {
            result = out.value(view.op(), view.origin(), result);
        }
        return result;
    }
}
