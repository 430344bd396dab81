package heddle.compiler.softmax;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Constant;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.rule.RuleContext;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * One more score for each row, whose exponential is added to the sum of the row's: the term of {@link RowSum}.
 *
 * <pre>
 * exp(z - m)       z beside x, where the exponents are x - m with one m for each row
 * exp(-m)          zero beside x
 * exp(z)           z beside the exponents, whatever they are
 * a number         its logarithm beside the exponents
 * </pre>
 *
 * @param scores what it stands beside
 * @param made   makes it in the new graph
 */
record RowScore(Value scores, BiFunction<RuleContext, Origin, Value> made) {
    /** The score beside the exponents of a quotient; empty when the term is no such thing or none of each row. */
    static Optional<RowScore> beside(Graph graph, ExponentialQuotient quotient) {
        ElementReference written = quotient.y();
        ElementReference read = quotient.sum().term().orElseThrow();
        int axis = quotient.sum().axis();
        ElementReference term = read.behindViews(graph);
        Optional<Double> number = term.number();
        if (number.isPresent()) {
            return Optional.of(number(written.value(), Math.log(number.get())));
        }
        if (!term.is(ScalarFn.EXP)) {
            return Optional.empty();
        }
        ElementReference y = Exponents.withoutSecondMask(graph, written);
        return besideUnshifted(graph, y, axis, term.operand(graph, 0))
                .or(() -> besideExponents(graph, written, axis, read));
    }

    private static Optional<RowScore> besideUnshifted(
            Graph graph, ElementReference y, int axis, ElementReference exponent) {
        if (!y.is(ScalarFn.SUB)
                || !graph.operand(y.node(), 0).type().equals(y.value().type())) {
            return Optional.empty();
        }
        ElementReference shift = y.operand(graph, 1).behindViews(graph);
        if (!isOfRow(shift, y, axis)) {
            return Optional.empty();
        }
        Value x = graph.operand(y.node(), 0);
        ElementReference e = exponent.behindViews(graph);
        if (negated(graph, e).filter(n -> n.behindViews(graph).equals(shift)).isPresent()) {
            return Optional.of(number(x, 0));
        }
        if (e.is(ScalarFn.SUB) && e.operand(graph, 1).behindViews(graph).equals(shift)) {
            ElementReference z = e.operand(graph, 0);
            return RowAlignment.of(z, y, axis)
                    .map(a -> new RowScore(x, (c, origin) -> a.apply(c, origin, c.get(z.value()))));
        }
        return Optional.empty();
    }

    /** The score under the views through which its exponential is read; under none, where they arrange it otherwise. */
    private static Optional<RowScore> besideExponents(
            Graph graph, ElementReference y, int axis, ElementReference read) {
        ViewPath path = ViewPath.of(graph, read);
        Value z = graph.operand(path.end().node(), 0);
        return RowAlignment.of(read, y, axis)
                .map(a -> new RowScore(y.value(), (c, origin) -> a.apply(c, origin, path.over(c, origin, c.get(z)))))
                .or(() -> RowAlignment.of(path.end(), y, axis)
                        .map(a -> new RowScore(y.value(), (c, origin) -> a.apply(c, origin, c.get(z)))));
    }

    private static RowScore number(Value scores, double number) {
        Constant constant = Constant.scalar(scores.type().dtype(), number);
        return new RowScore(scores, (c, origin) -> c.out().part(constant, origin));
    }

    /** The x of {@code -x} and of {@code x * -1}, as they read it. */
    static Optional<ElementReference> negated(Graph graph, ElementReference e) {
        if (e.is(ScalarFn.NEG)) {
            return Optional.of(e.operand(graph, 0));
        }
        for (int slot = 0; e.is(ScalarFn.MUL) && slot < 2; slot++) {
            if (e.operand(graph, slot).behindViews(graph).is(-1)) {
                return Optional.of(e.operand(graph, 1 - slot));
            }
        }
        return Optional.empty();
    }

    /** Whether an element is the same one for all elements of the row that {@code y} is in. */
    private static boolean isOfRow(ElementReference element, ElementReference y, int axis) {
        Set<Axis> along = new HashSet<>();
        ScalarExprs.visit(y.index().get(axis), e -> {
            if (e instanceof ScalarExpr.Index i) {
                along.add(i.axis());
            }
        });
        return along.stream().noneMatch(a -> element.index().stream().anyMatch(x -> ScalarExprs.reads(x, a)));
    }
}
