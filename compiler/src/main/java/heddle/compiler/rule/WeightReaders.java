package heddle.compiler.rule;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.SumOfProducts;
import heddle.compiler.op.layout.View;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/**
 * What reads weights of keys, such as exponentials, also behind factors, masks and views.
 *
 * @param sum      whether they are summed
 * @param quotient whether they are divided by something
 * @param product  whether they meet values
 */
public record WeightReaders(boolean sum, boolean quotient, boolean product) {
    /** Those of the weights that a node makes. */
    public static WeightReaders of(Graph graph, Node weights) {
        Set<Node> seen = new HashSet<>(Set.of(weights));
        Deque<Node> open = new ArrayDeque<>(seen);
        boolean sum = false;
        boolean quotient = false;
        boolean product = false;
        while (!open.isEmpty()) {
            Node read = open.pop();
            for (Node user : graph.users(read)) {
                sum |= Reduce.is(user, Reduction.SUM);
                quotient |= ElementReference.is(user, ScalarFn.DIV)
                        && graph.operand(user, 0).node() == read;
                product |= user.op() instanceof SumOfProducts;
                boolean passes = user.op() instanceof View
                        || ElementReference.is(user, ScalarFn.MUL)
                        || ElementReference.is(user, ScalarFn.SELECT);
                if (passes && seen.add(user)) {
                    open.push(user);
                }
            }
        }
        return new WeightReaders(sum, quotient, product);
    }

    /** Whether they are divided by their sum, as far as the readers tell. */
    public boolean areNormalised() {
        return sum && (quotient || product);
    }
}
