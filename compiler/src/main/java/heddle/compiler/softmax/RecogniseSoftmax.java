package heddle.compiler.softmax;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Pass;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.op.Softmax;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.scalar.ScalarFn;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Turns a written-out softmax, with or without the shift by the maximum, into a softmax. Also removes a shift by the
 * maximum from a softmax, since softmax does that itself.
 *
 * <pre>
 * exp(x) / sum(exp(x))                             → softmax(x)
 * exp(x) * (1 / sum(exp(x)))                       → softmax(x)
 * exp(x - max(x)) / sum(exp(x - max(x)))           → softmax(x)
 * exp(x - log(sum(exp(x))))                        → softmax(x)
 * softmax(x - max(x))                              → softmax(x)
 * (exp(x) @ v) / sum(exp(x))                       → softmax(x) @ v
 * exp(x - m) / (exp(z - m) + sum(exp(x - m)))      → softmax(concat([x, z])), z's column left out
 * exp(x - max(x)) / (c + sum(exp(x - max(x))))     → softmax(x) with the term c
 * </pre>
 *
 * Sums and maxima may reach the quotient through any views. Where the written form overflows, or divides zero by zero
 * because a whole row is minus infinity, softmax gives the value that was meant.
 */
public record RecogniseSoftmax() implements Pass {
    @Override
    public String name() {
        return "recognise-softmax";
    }

    @Override
    public Graph run(Graph graph) {
        return Rewriter.replace(
                graph,
                (node, rewriter) -> softmax(graph, node)
                        .map(s -> s.addTo(rewriter, node.origin()))
                        .or(() -> product(graph, node).map(p -> p.addTo(graph, rewriter, node.origin()))));
    }

    private static Optional<WrittenSoftmax> softmax(Graph graph, Node node) {
        if (node.op() instanceof Softmax softmax) {
            return WrittenSoftmax.unshifted(graph, ElementReference.in(graph.operand(node, 0)), softmax.axis())
                    .map(x -> new WrittenSoftmax(x.value(), softmax.axis(), Optional.empty(), softmax.term()));
        }
        if (ElementReference.is(node, ScalarFn.EXP)) {
            return ofDifference(graph, ElementReference.in(graph.operand(node, 0)));
        }
        return quotients(graph, node)
                .filter(q -> q.numerator().is(ScalarFn.EXP))
                .flatMap(q -> ofQuotient(graph, q.numerator().operand(graph, 0), q.denominator()).stream())
                .findFirst();
    }

    private static Optional<DividedProduct> product(Graph graph, Node node) {
        return quotients(graph, node)
                .flatMap(q -> DividedProduct.of(graph, q).stream())
                .findFirst();
    }

    private static Stream<Quotient> quotients(Graph graph, Node node) {
        return Quotient.at(graph, ElementReference.in(node.value())).stream();
    }

    private static Optional<WrittenSoftmax> ofQuotient(Graph graph, ElementReference y, ElementReference denominator) {
        return RowSum.of(graph, denominator)
                .filter(s -> s.isOver(graph, y))
                .flatMap(s -> WrittenSoftmax.of(graph, y, s));
    }

    /** Of the exponents {@code y - log(sum(exp(y)))}, and {@code x - (m + log(sum(exp(x - m))))}. */
    private static Optional<WrittenSoftmax> ofDifference(Graph graph, ElementReference exponents) {
        if (!exponents.is(ScalarFn.SUB)) {
            return Optional.empty();
        }
        ElementReference x = exponents.operand(graph, 0);
        ElementReference logarithm = exponents.operand(graph, 1).behindViews(graph);
        if (!x.value().type().equals(exponents.value().type())) {
            return Optional.empty();
        }
        if (logarithm.is(ScalarFn.LOG)) {
            return ofQuotient(graph, x, logarithm.operand(graph, 0));
        }
        return logarithm.is(ScalarFn.ADD)
                ? ofShifted(graph, x, logarithm, 0).or(() -> ofShifted(graph, x, logarithm, 1))
                : Optional.empty();
    }

    private static Optional<WrittenSoftmax> ofShifted(Graph graph, ElementReference x, ElementReference sum, int slot) {
        ElementReference shift = sum.operand(graph, slot).behindViews(graph);
        ElementReference logarithm = sum.operand(graph, 1 - slot).behindViews(graph);
        if (!logarithm.is(ScalarFn.LOG)) {
            return Optional.empty();
        }
        return RowSum.of(graph, logarithm.operand(graph, 0)).flatMap(s -> {
            ElementReference y = new ElementReference(s.exponents(), x.index());
            boolean shifted = s.isOver(graph, y)
                    && y.is(ScalarFn.SUB)
                    && y.operand(graph, 0).equals(x)
                    && y.operand(graph, 1).behindViews(graph).equals(shift);
            return shifted ? WrittenSoftmax.of(graph, y, s) : Optional.empty();
        });
    }
}
