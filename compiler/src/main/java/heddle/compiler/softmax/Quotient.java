package heddle.compiler.softmax;

import heddle.compiler.ir.Graph;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.scalar.ScalarFn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A quotient: a numerator with the shape of the result, and a denominator. */
record Quotient(ElementReference numerator, ElementReference denominator) {
    /** The ways to read a node as a quotient: a division, and a product with {@code 1 / d} or {@code d ** -1}. */
    static List<Quotient> at(Graph graph, ElementReference place) {
        List<Quotient> quotients = new ArrayList<>();
        if (place.is(ScalarFn.DIV)) {
            quotients.add(new Quotient(place.operand(graph, 0), place.operand(graph, 1)));
        } else if (place.is(ScalarFn.MUL)) {
            for (int slot = 0; slot < 2; slot++) {
                ElementReference factor = place.operand(graph, 1 - slot).behindViews(graph);
                ElementReference numerator = place.operand(graph, slot);
                reciprocal(graph, factor).ifPresent(d -> quotients.add(new Quotient(numerator, d)));
            }
        }
        return quotients.stream()
                .filter(q -> q.numerator.value().type().equals(place.value().type()))
                .toList();
    }

    /** What one is divided by. */
    private static Optional<ElementReference> reciprocal(Graph graph, ElementReference factor) {
        if (factor.is(ScalarFn.DIV)
                && factor.operand(graph, 0).behindViews(graph).is(1)) {
            return Optional.of(factor.operand(graph, 1));
        }
        return factor.is(ScalarFn.POW)
                        && factor.operand(graph, 1).behindViews(graph).is(-1)
                ? Optional.of(factor.operand(graph, 0))
                : Optional.empty();
    }
}
