package heddle.compiler.softmax;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Reduce;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.rule.Rule;
import heddle.compiler.rule.RuleContext;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scalar.Scale;
import java.util.Optional;

/**
 * Scores are scaled before the maximum is taken off, where a written-out softmax scales them afterwards.
 *
 * <pre>
 * exp((x - max(x)) * n)                 → exp(x * n - max(x) * n)
 * exp((x - max(x)) / n)                 → exp(x / n - max(x) / n)
 * exp((x - (max(x) + l / n)) * n)       → exp(x * n - (max(x) * n + l))      a log-sum-exp in another base
 * </pre>
 *
 * The number n is positive and of moderate size, so that nothing overflows that did not. A maximum that is infinite makes NaN of its
 * row in both.
 */
public record ScaleBeforeShift() implements Rule {
    private static final double NEARLY = 1e-6;

    /**
     * A difference with a maximum, times a number.
     *
     * @param by     the product or quotient
     * @param number what it multiplies with, or divides by
     */
    private record Scaled(ElementReference by, double number) {
        double factor() {
            return by.is(ScalarFn.DIV) ? 1 / number : number;
        }

        Elementwise function() {
            return (Elementwise) by.node().op();
        }
    }

    @Override
    public String name() {
        return "scale-before-shift";
    }

    @Override
    public Outcome apply(Node node, RuleContext context) {
        Graph graph = context.graph();
        if (!ElementReference.is(node, ScalarFn.EXP)) {
            return NO_MATCH;
        }
        return scaled(graph, ElementReference.in(graph.operand(node, 0)))
                .<Outcome>map(s -> Outcome.Replaced.by(node, exponential(node, context, s)))
                .orElse(NO_MATCH);
    }

    /** Whether the rule applies at a node. */
    static boolean isAt(Graph graph, Node node) {
        return ElementReference.is(node, ScalarFn.EXP)
                && scaled(graph, ElementReference.in(graph.operand(node, 0))).isPresent();
    }

    private static Optional<Scaled> scaled(Graph graph, ElementReference y) {
        return moderate(graph, y).filter(s -> {
            ElementReference difference = y.operand(graph, slot(graph, y));
            return difference.is(ScalarFn.SUB)
                    && difference.value().type().equals(y.value().type())
                    && graph.operand(difference.node(), 0)
                            .type()
                            .equals(y.value().type())
                    && isShift(graph, difference.operand(graph, 1));
        });
    }

    /** The product or quotient with a number that an element is. */
    private static Optional<Scaled> moderate(Graph graph, ElementReference y) {
        boolean scales = y.is(ScalarFn.MUL) || y.is(ScalarFn.DIV);
        return scales
                ? y.operand(graph, 1 - slot(graph, y))
                        .behindViews(graph)
                        .number()
                        .map(n -> new Scaled(y, n))
                        .filter(s -> s.factor() > 0 && Scale.isModerate(s.factor()))
                : Optional.empty();
    }

    /** Which operand is scaled. */
    private static int slot(Graph graph, ElementReference y) {
        return y.is(ScalarFn.MUL)
                        && y.operand(graph, 0).behindViews(graph).number().isPresent()
                ? 1
                : 0;
    }

    /** Whether what is taken off is a maximum, or a maximum and something else. */
    private static boolean isShift(Graph graph, ElementReference read) {
        ElementReference shift = Exponents.shift(graph, read);
        return shift.is(ScalarFn.ADD)
                ? isMaximum(graph, shift.operand(graph, 0)) || isMaximum(graph, shift.operand(graph, 1))
                : isMaximum(graph, shift);
    }

    private static boolean isMaximum(Graph graph, ElementReference read) {
        return Reduce.is(Exponents.shift(graph, read).node(), Reduction.MAX);
    }

    private static Value exponential(Node node, RuleContext context, Scaled scaled) {
        Graph graph = context.graph();
        Graph.Builder out = context.out();
        ElementReference difference = scaled.by.operand(graph, slot(graph, scaled.by));
        Origin origin = difference.node().origin();
        Value x = times(context, scaled, context.get(graph.operand(difference.node(), 0)));
        Value shift = shift(context, scaled, difference.operand(graph, 1));
        Value y = out.value(difference.node().op(), origin, x, shift);
        return out.value(node.op(), node.origin(), y);
    }

    /** A shift, scaled: a sum term by term. */
    private static Value shift(RuleContext context, Scaled scaled, ElementReference read) {
        Graph graph = context.graph();
        ViewPath path = ViewPath.of(graph, read);
        Value value = path.end().is(ScalarFn.ADD)
                ? context.out()
                        .part(
                                path.end().node().op(),
                                path.end().node().origin(),
                                term(context, scaled, path.end().operand(graph, 0)),
                                term(context, scaled, path.end().operand(graph, 1)))
                : times(context, scaled, context.get(path.end().value()));
        return path.over(context, read.node().origin(), value);
    }

    /** A term of a shift, scaled. What is scaled by the opposite already is taken as it was. */
    private static Value term(RuleContext context, Scaled scaled, ElementReference read) {
        Graph graph = context.graph();
        ViewPath path = ViewPath.of(graph, read);
        ElementReference at = path.end();
        if (at.is(ScalarFn.DIV) || at.is(ScalarFn.MUL)) {
            int slot = slot(graph, at);
            Optional<Double> number = number(graph, at.operand(graph, 1 - slot).behindViews(graph));
            double factor = number.map(n -> at.is(ScalarFn.DIV) ? 1 / n : n).orElse(0.0) * scaled.factor();
            Value inner = graph.operand(at.node(), slot);
            if (Math.abs(factor - 1) < NEARLY && inner.type().equals(at.value().type())) {
                return path.over(context, read.node().origin(), context.get(inner));
            }
        }
        return path.over(context, read.node().origin(), times(context, scaled, context.get(at.value())));
    }

    /** A number, or the logarithm of one. */
    private static Optional<Double> number(Graph graph, ElementReference at) {
        return at.is(ScalarFn.LOG)
                ? at.operand(graph, 0).behindViews(graph).number().map(Math::log)
                : at.number();
    }

    private static Value times(RuleContext context, Scaled scaled, Value value) {
        Origin origin = scaled.by.node().origin();
        Value number = context.out().part(Constant.scalar(value.type().dtype(), scaled.number), origin);
        return context.out().part(scaled.function(), origin, value, number);
    }
}
