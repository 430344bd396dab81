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
     * @param product what is divided, with the views on it
     * @param slot    which of its operands the exponentials are
     * @param quotient  of the exponentials
     * @param divisor what they are divided by, and how it stands beside them
     */
    private record Divided(
            ViewPath product, int slot, ExponentialQuotient quotient, Value divisor, RowAlignment alignment) {}

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
        boolean isReadHere = graph.useCount(product.end().node()) == 1
                && product.views().stream().allMatch(v -> graph.useCount(v) == 1);
        if (!isReadHere) {
            return NO_MATCH;
        }
        ElementReference divisor = whole.operand(graph, 1);
        return RowSum.of(graph, divisor)
                .flatMap(sum -> divided(graph, product, divisor.behindViews(graph), sum))
                .<Outcome>map(d -> Outcome.Replaced.by(node, product(node, context, d)))
                .orElse(NO_MATCH);
    }

    private static Optional<Divided> divided(Graph graph, ViewPath product, ElementReference divisor, RowSum sum) {
        for (int slot = 0; slot < 2; slot++) {
            Node exp = graph.operand(product.end().node(), slot).node();
            if (ElementReference.is(exp, ScalarFn.EXP)) {
                ElementReference y = new ElementReference(graph.operand(exp, 0), index(product.end(), slot, exp));
                if (sum.isOver(graph, y)) {
                    int exponentials = slot;
                    ExponentialQuotient quotient = new ExponentialQuotient(y, sum);
                    return quotient.isSoftmax(graph)
                            ? RowAlignment.of(divisor, y.row(sum.axis(), true), sum.axis())
                                    .map(a -> new Divided(product, exponentials, quotient, divisor.value(), a))
                            : Optional.empty();
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

    private static Value product(Node node, RuleContext context, Divided divided) {
        Graph.Builder out = context.out();
        Node product = divided.product.end().node();
        List<Value> factors = new ArrayList<>(context.rewriter().operands(product));
        Value divisor = divided.alignment.apply(context, node.origin(), context.get(divided.divisor));
        factors.set(
                divided.slot,
                out.value(new Elementwise(ScalarFn.DIV), node.origin(), factors.get(divided.slot), divisor));
        Value result = out.add(product.op(), factors, product.origin()).value();
        for (Node view : divided.product.views().reversed()) {
            result = out.value(view.op(), view.origin(), result);
        }
        return result;
    }
}
