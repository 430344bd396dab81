package heddle.compiler.softmax;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Contract;
import heddle.compiler.op.Equation;
import heddle.compiler.op.Pointwise;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A matmul of exponentials with values that is divided by their sum afterwards.
 *
 * @param softmax the softmax that the exponentials become when they are divided first
 * @param product the matmul, which nothing else reads
 * @param slot    which of its operands the exponentials are
 * @param views   the views between the matmul and the division, the last first
 */
record DividedProduct(WrittenSoftmax softmax, Node product, int slot, List<Node> views) {
    static Optional<DividedProduct> of(Graph graph, Quotient quotient) {
        List<Node> views = new ArrayList<>();
        ElementReference at = quotient.numerator();
        while (at.node().op() instanceof Pointwise op && op.isView() && graph.useCount(at.node()) == 1) {
            views.add(at.node());
            at = at.operand(graph, 0);
        }
        if (!(at.node().op() instanceof Contract contract) || graph.useCount(at.node()) > 1) {
            return Optional.empty();
        }
        Optional<RowSum> sum = RowSum.of(graph, quotient.denominator());
        for (int slot = 0; sum.isPresent() && slot < 2; slot++) {
            Node exp = graph.operand(at.node(), slot).node();
            if (ElementReference.is(exp, ScalarFn.EXP)) {
                ElementReference y =
                        new ElementReference(graph.operand(exp, 0), index(contract.parsed(), slot, at, exp));
                if (sum.get().isOver(graph, y)) {
                    Node product = at.node();
                    int exponentials = slot;
                    return WrittenSoftmax.of(graph, y, sum.get())
                            .map(s -> new DividedProduct(s, product, exponentials, views));
                }
            }
        }
        return Optional.empty();
    }

    /** Where an element of the product reads its exponentials; what it sums over has axes of its own. */
    private static List<ScalarExpr> index(Equation equation, int slot, ElementReference product, Node exp) {
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

    /** Adds the product of the softmax to the new graph. */
    Value addTo(Graph graph, Rewriter rewriter, Origin origin) {
        List<Value> factors = new ArrayList<>();
        for (int n = 0; n < 2; n++) {
            factors.add(n == slot ? softmax.addTo(rewriter, origin) : rewriter.get(graph.operand(product, n)));
        }
        Value result =
                rewriter.out().add(product.op(), factors, product.origin()).value();
        for (Node view : views.reversed()) {
            result = rewriter.out().value(view.op(), view.origin(), result);
        }
        return result;
    }
}
