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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is computed of exponentials by views, masks, products and matmuls, and then divided by their sum, is computed of the quotients.
 *
 * <pre>
 * (exp(y) @ v) / t              → (exp(y) / t) @ v      where t is the sum of each row's exponentials, or more than it
 * (((exp(y) * w) @ v) * c) / t  → (((exp(y) / t) * w) @ v) * c
 * (where(m, exp(y), 0) @ v) / t → where(m, exp(y) / t, 0) @ v
 * view(exp(y)) / t              → view(exp(y) / t')     where t' lies as the rows of y do
 * </pre>
 *
 * It applies where the quotient is a softmax, so that nothing is divided more often than it was.
 */
public record DivideBeforeProduct() implements Rule {
    /** A node that is computed of exponentials, which it reads in an operand. */
    private record Step(Node node, int slot) {}

    /**
     * What is divided.
     *
     * @param steps    what is computed of the exponentials, the last first
     * @param exp      the exponentials, where an element of the quotient reads them
     * @param quotient of them and what is divided by
     * @param divisor  that, as it is before views
     */
    private record Divided(
            List<Step> steps, ElementReference exp, ExponentialQuotient quotient, ElementReference divisor) {
        /** The matmul that is divided, if there is one. */
        Optional<Step> product() {
            return steps.stream()
                    .filter(step -> step.node.op() instanceof SumOfProducts)
                    .findFirst();
        }

        /** Whether division has further to go than past products of elements, which have rules of their own. */
        boolean isFar() {
            return product().isPresent()
                    || !steps.isEmpty() && steps.getLast().node.op() instanceof View;
        }

        /** Whether products of elements, before the matmul if there is one, are needed undivided, too: they would be computed twice. */
        boolean isShared(Graph graph) {
            int from = product().map(steps::indexOf).orElse(-1) + 1;
            return steps.subList(from, steps.size()).stream()
                    .anyMatch(step -> !(step.node.op() instanceof View) && graph.useCount(step.node) > 1);
        }

        /** Whether the matmul is needed undivided, too. */
        boolean isReadElsewhere(Graph graph) {
            return product()
                    .filter(product -> steps.subList(0, steps.indexOf(product) + 1).stream()
                            .anyMatch(step -> graph.useCount(step.node) > 1))
                    .isPresent();
        }

        /** How the divisor stands beside the exponentials. */
        Optional<RowAlignment> alignment() {
            return RowAlignment.of(divisor, quotient.y(), quotient.sum().axis());
        }

        /** The same steps over quotients. */
        Value quotients(Node node, RuleContext context, RowAlignment alignment) {
            Graph.Builder out = context.out();
            Value below = alignment.apply(context, node.origin(), context.get(divisor.value()));
            Elementwise div = new Elementwise(ScalarFn.DIV);
            Value result = out.value(div, node.origin(), context.get(exp.value()), below);
            for (Step step : steps.reversed()) {
                List<Value> operands = new ArrayList<>(context.rewriter().operands(step.node));
                operands.set(step.slot, result);
                result = out.add(step.node.op(), operands, step.node.origin()).value();
            }
            return result;
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
                || !graph.operand(node, 0).type().equals(node.type())) {
            return NO_MATCH;
        }
        ElementReference whole = ElementReference.in(node.value());
        ElementReference divisor = whole.operand(graph, 1);
        return RowSum.of(graph, divisor)
                .flatMap(sum -> new Search(graph, sum, divisor.behindViews(graph), new HashSet<>())
                        .at(whole.operand(graph, 0), List.of()))
                .filter(divided -> divided.isFar() && !divided.isShared(graph))
                .map(divided -> outcome(node, context, divided))
                .orElse(NO_MATCH);
    }

    private static Outcome outcome(Node node, RuleContext context, Divided divided) {
        Graph graph = context.graph();
        Optional<Outcome> otherwise = divided.quotient.declined(graph, node);
        if (otherwise.isPresent()) {
            return otherwise.get();
        }
        if (divided.isReadElsewhere(graph)) {
            return new Outcome.Declined(
                    node,
                    SourceExcerpt.of(divided.product().orElseThrow().node)
                            + " is also read without being divided by the sum",
                    "divide the exponentials by their sum, and multiply with the values then");
        }
        Optional<RowAlignment> alignment = divided.alignment();
        return alignment.isPresent()
                ? Outcome.Replaced.by(node, divided.quotients(node, context, alignment.get()))
                : new Outcome.Declined(
                        node,
                        SourceExcerpt.of(node) + " divides by sums that do not lie as the rows of the exponentials do",
                        "divide the exponentials by their sum, and multiply with the values then");
    }

    /**
     * Looks for the exponentials of a sum in what is divided by it.
     *
     * @param seen values that have none, or are being looked at
     */
    private record Search(Graph graph, RowSum sum, ElementReference divisor, Set<Value> seen) {
        Optional<Divided> at(ElementReference at, List<Step> steps) {
            if (at.is(ScalarFn.EXP)) {
                ElementReference y = at.operand(graph, 0);
                return sum.isOver(graph, y)
                        ? Optional.of(new Divided(steps, at, new ExponentialQuotient(y, sum), divisor))
                        : Optional.empty();
            }
            boolean isDivided = at.is(ScalarFn.DIV)
                    && RowSum.of(graph, at.operand(graph, 1)).isPresent();
            if (isDivided || !seen.add(at.value())) {
                return Optional.empty();
            }
            return ExponentialQuotient.factors(graph, at.node())
                    .mapToObj(slot -> at(operand(graph, at, slot), with(steps, new Step(at.node(), slot))))
                    .flatMap(Optional::stream)
                    .findFirst();
        }
    }

    private static List<Step> with(List<Step> steps, Step last) {
        List<Step> longer = new ArrayList<>(steps);
        longer.add(last);
        return longer;
    }

    /** Where an element of a step reads an operand; what a matmul sums over has axes of its own. */
    private static ElementReference operand(Graph graph, ElementReference step, int slot) {
        if (!(step.node().op() instanceof SumOfProducts product)) {
            return step.operand(graph, slot);
        }
        Equation equation = product.parsed();
        Map<Character, ScalarExpr> letters = new HashMap<>();
        for (int n = 0; n < equation.result().length(); n++) {
            letters.put(equation.result().charAt(n), step.index().get(n));
        }
        String read = slot == 0 ? equation.left() : equation.right();
        Value operand = graph.operand(step.node(), slot);
        List<ScalarExpr> index = new ArrayList<>();
        for (int n = 0; n < read.length(); n++) {
            Axis summed = new Axis(step.value() + "s" + n, operand.type().dim(n));
            index.add(letters.getOrDefault(read.charAt(n), ScalarExpr.of(summed)));
        }
        return new ElementReference(operand, index);
    }
}
