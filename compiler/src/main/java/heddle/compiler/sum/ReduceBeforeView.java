package heddle.compiler.sum;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.layout.Reshape;
import heddle.compiler.op.layout.Slice;
import heddle.compiler.op.layout.View;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.rule.RowView;
import heddle.compiler.rule.Rule;
import heddle.compiler.rule.RuleContext;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.Dim;
import java.util.List;
import java.util.Optional;

/**
 * Exponentials are summed as they are computed, and the maximum of scores is taken as others read them, not of a view of them.
 *
 * <pre>
 * sum(transpose(exp(y)), axis = 0)     → sum(exp(y), axis = 1)
 * exp(x - max(transpose(x), axis = 0)) → exp(x - max(x, axis = 1))
 * </pre>
 */
record ReduceBeforeView() implements Rule {
    @Override
    public String name() {
        return "reduce-before-view";
    }

    /** The views between a reduction and what it is moved before. */
    static int views(Graph graph, Node node) {
        int views = 0;
        if (at(graph, node).isPresent()) {
            for (Node at = graph.operand(node, 0).node();
                    at.op() instanceof View;
                    at = graph.operand(at, 0).node()) {
                views++;
            }
        }
        return views;
    }

    private static Optional<RowView> at(Graph graph, Node node) {
        return node.op() instanceof Reduce reduce
                        && reduce.axes().size() == 1
                        && graph.operand(node, 0).node().op() instanceof View
                        && isOfSoftmax(graph, node, reduce.kind())
                ? RowView.of(graph, graph.operand(node, 0).node(), reduce.axes().getFirst())
                : Optional.empty();
    }

    private static boolean isOfSoftmax(Graph graph, Node node, Reduction kind) {
        Value base = View.behind(graph, graph.operand(node, 0));
        return switch (kind) {
            case SUM ->
                PlainSums.isOfExponentials(graph, base)
                        && isSharedSlice(graph, graph.operand(node, 0).node());
            case MAX -> graph.users(base.node()).stream().anyMatch(user -> ElementReference.is(user, ScalarFn.SUB));
            default -> false;
        };
    }

    /** Whether slices of rows are read otherwise, too: else the sums of the other rows would be computed for nothing. */
    private static boolean isSharedSlice(Graph graph, Node view) {
        Node at = view;
        while (at.op() instanceof View && !(at.op() instanceof Slice)) {
            at = graph.operand(at, 0).node();
        }
        return !(at.op() instanceof Slice) || graph.useCount(at) > 1 || graph.useCount(view) > 1;
    }

    @Override
    public Outcome apply(Node node, RuleContext context) {
        Optional<RowView> view = at(context.graph(), node);
        if (view.isEmpty()) {
            return NO_MATCH;
        }
        Reduce reduce =
                new Reduce(((Reduce) node.op()).kind(), List.of(view.get().axis()), true);
        Value x = context.get(context.graph().operand(view.get().view(), 0));
        Value row = context.out().part(reduce, node.origin(), x);
        Value seen = context.out().part(view.get().op(Dim.ONE), node.origin(), row);
        return Outcome.Replaced.by(
                node,
                seen.type().equals(node.type())
                        ? seen
                        : context.out().value(new Reshape(node.type().shape()), node.origin(), seen));
    }
}
