package heddle.compiler.rewrite;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Contract;
import heddle.compiler.op.Pointwise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The way down from a softmax: through pointwise nodes to the contraction that multiplies the probabilities with the
 * values.
 *
 * @param product the contraction
 * @param slot    its operand that the probabilities are
 * @param path    the pointwise nodes between
 */
record Probabilities(Node product, int slot, Set<Node> path) {
    /** Empty when no contraction reads the probabilities at all. @throws DeclinedException when others do too */
    static Optional<Probabilities> of(Graph graph, Node softmax) {
        if (!reachesProduct(graph, softmax)) {
            return Optional.empty();
        }
        Set<Node> path = new HashSet<>();
        Node node = softmax;
        while (true) {
            Node user = onlyUser(graph, node);
            if (user.op() instanceof Contract) {
                int slot = graph.operand(user, 0).node() == node ? 0 : 1;
                return Optional.of(new Probabilities(user, slot, path));
            }
            if (!(user.op() instanceof Pointwise)) {
                throw new DeclinedException(
                        user,
                        Quote.of(user) + " stands between the softmax and the product with the values",
                        "multiply the probabilities with the values first, or change the scores before the softmax");
            }
            Scores.requireNoEdges(user);
            path.add(user);
            node = user;
        }
    }

    private static boolean reachesProduct(Graph graph, Node softmax) {
        Set<Node> seen = new HashSet<>();
        Deque<Node> open = new ArrayDeque<>(List.of(softmax));
        while (!open.isEmpty()) {
            for (Node user : graph.users(open.pop())) {
                if (user.op() instanceof Contract) {
                    return true;
                }
                if (user.op() instanceof Pointwise && seen.add(user)) {
                    open.push(user);
                }
            }
        }
        return false;
    }

    private static Node onlyUser(Graph graph, Node node) {
        List<Node> users = graph.users(node);
        if (graph.useCount(node) == 1 && users.size() == 1) {
            return users.getFirst();
        }
        boolean output = graph.outputs().values().stream().anyMatch(v -> v.node() == node);
        throw new DeclinedException(
                output ? node : users.getLast(),
                output
                        ? "the probabilities are an output of the model, so they must be stored"
                        : "the probabilities are read more than once, so they must be stored",
                output
                        ? "remove the output; `heddle attend` shows the probabilities of attention that is fused"
                        : "read the probabilities in the product with the values alone");
    }

    /** The probabilities as the product reads them. */
    Value weights(Graph graph) {
        return graph.operand(product, slot);
    }

    /** What they are multiplied with. */
    Value values(Graph graph) {
        return graph.operand(product, 1 - slot);
    }
}
