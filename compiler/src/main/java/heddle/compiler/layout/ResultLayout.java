package heddle.compiler.layout;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.attention.AttentionResult;
import heddle.compiler.op.layout.Permute;
import heddle.compiler.op.layout.Reshape;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where an output is stored when the permutes and reshapes after it are folded into its index. So merging heads costs
 * nothing.
 *
 * @param passed the nodes before the last view that is folded, the one that computes the output among them; they are read
 *               for that alone
 * @param root   the last view that is folded, or the node itself
 * @param type   of the result as it is stored
 * @param index  of an element
 */
record ResultLayout(List<Node> passed, Node root, TensorType type, List<ScalarExpr> index) {
    ResultLayout {
        passed = List.copyOf(passed);
        index = List.copyOf(index);
    }

    /** The output of an attention. */
    AttentionResult output() {
        return new AttentionResult(AttentionResult.Kind.OUTPUT, type, index);
    }

    /** The layout of the output of the node that gives it. */
    static ResultLayout of(Graph graph, Node node, AttentionResult output) {
        return of(graph, node.value(), output.index());
    }

    /** @param before of an element of {@code value}, as it is before */
    static ResultLayout of(Graph graph, Value value, List<ScalarExpr> before) {
        Set<ScalarExpr> parts = parts(before);
        List<ScalarExpr> index = before;
        List<Node> passed = new ArrayList<>();
        Node at = value.node();
        ResultLayout best = new ResultLayout(passed, at, value.type(), before);
        Optional<Node> reader = reader(graph, value);
        while (reader.isPresent()) {
            passed.add(at);
            at = reader.get();
            Shape from = graph.operands(at).getFirst().type().shape();
            if (at.op() instanceof Permute permute) {
                index = permuted(permute, index);
            } else if (at.op() instanceof Reshape reshape) {
                index = IndexSimplifier.index(reshape.shape(), IndexSimplifier.address(from, index));
            } else {
                break;
            }
            ScalarExpr address = IndexSimplifier.address(at.type().shape(), index);
            if (!parts.containsAll(IndexSimplifier.form(address).terms().keySet())) {
                break;
            }
            best = new ResultLayout(passed, at, at.type(), index);
            reader = reader(graph, at.value());
        }
        return best;
    }

    /** The node that reads a value, when it is the only one, reads it once and the value is no output of the graph. */
    private static Optional<Node> reader(Graph graph, Value value) {
        List<Node> readers = graph.users(value.node()).stream()
                .flatMap(user ->
                        graph.operands(user).stream().filter(value::equals).map(v -> user))
                .toList();
        boolean isOutput = graph.outputs().containsValue(value);
        return readers.size() == 1 && !isOutput ? Optional.of(readers.getFirst()) : Optional.empty();
    }

    /** What the index of an output is made of: an address that is affine in that costs nothing. */
    private static Set<ScalarExpr> parts(List<ScalarExpr> index) {
        Set<ScalarExpr> parts = new HashSet<>();
        for (ScalarExpr x : index) {
            parts.addAll(IndexSimplifier.form(x).terms().keySet());
            ScalarExprs.visit(x, e -> {
                if (e instanceof ScalarExpr.Index) {
                    parts.add(e);
                }
            });
        }
        return parts;
    }

    private static List<ScalarExpr> permuted(Permute permute, List<ScalarExpr> index) {
        return permute.order().stream().map(index::get).toList();
    }
}
