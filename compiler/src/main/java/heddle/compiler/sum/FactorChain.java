package heddle.compiler.sum;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.layout.View;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.scalar.ScalarFn;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * What a value is computed of by views, products with factors and quotients by them.
 *
 * @param factors how many factors
 * @param end     what is left
 */
record FactorChain(int factors, Node end) {
    /** @param isFactor which values are factors */
    static FactorChain of(Graph graph, Node node, Predicate<Value> isFactor) {
        int factors = 0;
        Node at = node;
        OptionalInt slot = slot(graph, at, isFactor);
        while (slot.isPresent()) {
            factors += at.op() instanceof View ? 0 : 1;
            at = graph.operand(at, slot.getAsInt()).node();
            slot = slot(graph, at, isFactor);
        }
        return new FactorChain(factors, at);
    }

    /** Which operand a view is of, or is multiplied with or divided by a factor. */
    static OptionalInt slot(Graph graph, Node node, Predicate<Value> isFactor) {
        if (node.op() instanceof View) {
            return OptionalInt.of(0);
        }
        int slots = ElementReference.is(node, ScalarFn.MUL) ? 2 : ElementReference.is(node, ScalarFn.DIV) ? 1 : 0;
        return IntStream.range(0, slots)
                .filter(slot -> graph.operand(node, slot).type().equals(node.type())
                        && isFactor.test(graph.operand(node, 1 - slot)))
                .findFirst();
    }
}
