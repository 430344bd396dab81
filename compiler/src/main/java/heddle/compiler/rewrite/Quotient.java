package heddle.compiler.rewrite;

import heddle.compiler.ir.Graph;
import heddle.compiler.tile.ScalarFn;
import java.util.ArrayList;
import java.util.List;

/** A quotient: a numerator with the shape of the result, and a denominator. */
record Quotient(Place numerator, Place denominator) {
    /** The ways to read a node as a quotient: a division, and a product with {@code 1 / denominator}. */
    static List<Quotient> at(Graph graph, Place place) {
        List<Quotient> quotients = new ArrayList<>();
        if (place.is(ScalarFn.DIV)) {
            quotients.add(new Quotient(place.operand(graph, 0), place.operand(graph, 1)));
        } else if (place.is(ScalarFn.MUL)) {
            for (int slot = 0; slot < 2; slot++) {
                Place factor = place.operand(graph, 1 - slot).behindViews(graph);
                if (factor.is(ScalarFn.DIV) && factor.operand(graph, 0).is(1)) {
                    quotients.add(new Quotient(place.operand(graph, slot), factor.operand(graph, 1)));
                }
            }
        }
        return quotients.stream()
                .filter(q -> q.numerator.value().type().equals(place.value().type()))
                .toList();
    }
}
