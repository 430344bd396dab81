package heddle.compiler.join;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Pointwise;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.Softmax;
import heddle.compiler.op.SumOfProducts;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.rule.ProductSearch;
import heddle.compiler.rule.RuleContext;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.softmax.Exponents;
import heddle.compiler.softmax.MaximumShift;
import heddle.compiler.softmax.RowAlignment;
import heddle.compiler.type.Precision;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Exponentials of scores, {@code exp(x - c)}, that are summed, and meet values without being divided by just their sum. They are a part
 * of a softmax over more keys where blocks of keys are merged.
 *
 * @param exponentials the node that computes them
 * @param axis         of the keys
 * @param x            the scores
 * @param isOwn        whether c is the maximum of each row's scores, guarded or not
 * @param shift        any other c
 */
record PartOfSoftmax(Node exponentials, int axis, Value x, boolean isOwn, Optional<RowNumber> shift) {
    /**
     * One number for each row, or for several rows.
     *
     * @param beside how it stands beside the rows
     */
    record RowNumber(Value value, RowAlignment beside) {
        /** The second operand of a node, when it is that. */
        static Optional<RowNumber> of(Graph graph, ElementReference whole, int axis) {
            ElementReference read = whole.operand(graph, 1).behindViews(graph);
            return RowAlignment.of(read, whole, axis).map(beside -> new RowNumber(read.value(), beside));
        }

        Value in(RuleContext context, Node of) {
            return beside.apply(context, of.origin(), context.get(value));
        }
    }

    /** The part that exponentials are along an axis, when nothing else needs them or their scores. */
    static Optional<PartOfSoftmax> of(Graph graph, Node node, int axis) {
        return ElementReference.is(node, ScalarFn.EXP)
                        && isReadForParts(graph, node, axis)
                        && isOfUnreadProduct(graph, node)
                ? ofScores(graph, node, axis)
                : Optional.empty();
    }

    /** The part that exponentials are which nothing but sums read, where a softmax of the same scores is there as well. */
    static Optional<PartOfSoftmax> ofSums(Graph graph, Node node, int axis) {
        boolean isSummed = ElementReference.is(node, ScalarFn.EXP)
                && graph.users(node).stream().allMatch(user -> isSum(user, axis))
                && graph.outputs().values().stream().noneMatch(v -> v.node() == node)
                && isOfUnreadProduct(graph, node);
        return isSummed
                ? ofScores(graph, node, axis)
                        .filter(part -> graph.users(part.x.node()).stream()
                                .anyMatch(user -> user.op().equals(new Softmax(axis))))
                : Optional.empty();
    }

    /** Whether exponentials are of a product that nothing reads but exponentials, softmaxes and maxima: else its scores are stored anyway. */
    private static boolean isOfUnreadProduct(Graph graph, Node exponentials) {
        List<Node> products = ProductSearch.all(graph, graph.operand(exponentials, 0), v -> true);
        Deque<Node> open = new ArrayDeque<>(products);
        Set<Node> outputs = graph.outputs().values().stream().map(Value::node).collect(Collectors.toSet());
        Set<Node> seen = new HashSet<>();
        while (!open.isEmpty()) {
            Node node = open.pop();
            if (!seen.add(node) || ElementReference.is(node, ScalarFn.EXP)) {
                continue;
            }
            if (outputs.contains(node)) {
                return false;
            }
            for (Node user : graph.users(node)) {
                if (user.op() instanceof Pointwise) {
                    open.push(user);
                } else if (!(user.op() instanceof Softmax || Reduce.is(user, Reduction.MAX))) {
                    return false;
                }
            }
        }
        return !products.isEmpty();
    }

    /** Whether a node sums along one axis alone. */
    static boolean isSum(Node node, int axis) {
        return node.op() instanceof Reduce r
                && r.kind() == Reduction.SUM
                && r.axes().equals(List.of(axis));
    }

    /** Whether exponentials are summed, and otherwise are read by products alone, perhaps divided before. */
    private static boolean isReadForParts(Graph graph, Node node, int axis) {
        return graph.users(node).stream().anyMatch(n -> isSum(n, axis))
                && graph.users(node).stream()
                        .allMatch(n -> isSum(n, axis)
                                || n.op() instanceof SumOfProducts
                                || ElementReference.is(n, ScalarFn.DIV)
                                        && graph.operand(n, 1).node() != node
                                        && graph.users(n).stream().allMatch(p -> p.op() instanceof SumOfProducts))
                && graph.outputs().values().stream().noneMatch(v -> v.node() == node);
    }

    private static Optional<PartOfSoftmax> ofScores(Graph graph, Node node, int axis) {
        ElementReference y = Exponents.withoutSecondMask(graph, ElementReference.in(graph.operand(node, 0)));
        if (MaximumShift.of(graph, y, axis).filter(MaximumShift::own).isPresent()) {
            return Optional.of(new PartOfSoftmax(node, axis, graph.operand(y.node(), 0), true, Optional.empty()));
        }
        // Sums of sixteen bits overflow unless each term is one at most.
        if (Precision.isNarrow(node.type().dtype()) || isShiftedByOthers(graph, y.value())) {
            return Optional.empty();
        }
        boolean isShifted = y.is(ScalarFn.SUB)
                && graph.operand(y.node(), 0).type().equals(y.value().type());
        return isShifted
                ? RowNumber.of(graph, y, axis)
                        .map(c -> new PartOfSoftmax(node, axis, graph.operand(y.node(), 0), false, Optional.of(c)))
                : Optional.of(new PartOfSoftmax(node, axis, y.value(), false, Optional.empty()));
    }

    /** Whether scores are shifted by the maximum of the same scores, masked otherwise, which reads all of them anyway. */
    private static boolean isShiftedByOthers(Graph graph, Value y) {
        Set<Value> scores = new HashSet<>();
        Set<Value> shifts = new HashSet<>();
        unmask(graph, y, scores, shifts);
        return shifts.stream()
                .map(c -> Exponents.shift(graph, ElementReference.in(c)).node())
                .filter(c -> Reduce.is(c, Reduction.MAX))
                .anyMatch(c -> {
                    Set<Value> reduced = new HashSet<>();
                    unmask(graph, graph.operand(c, 0), reduced, new HashSet<>());
                    return !Collections.disjoint(reduced, scores);
                });
    }

    /** Takes masks and differences apart into what is masked or shifted, and shifts. */
    private static void unmask(Graph graph, Value y, Set<Value> scores, Set<Value> shifts) {
        Deque<Value> open = new ArrayDeque<>(List.of(y));
        Set<Value> seen = new HashSet<>();
        while (!open.isEmpty()) {
            Value value = open.pop();
            Node node = value.node();
            if (!seen.add(value) || node.op() instanceof Constant) {
                continue;
            }
            if (ElementReference.is(node, ScalarFn.SELECT)) {
                open.push(graph.operand(node, 1));
                open.push(graph.operand(node, 2));
            } else if (ElementReference.is(node, ScalarFn.SUB)) {
                open.push(graph.operand(node, 0));
                shifts.add(graph.operand(node, 1));
            } else {
                scores.add(value);
            }
        }
    }

    /** The softmax of the scores, in the new graph. */
    Value softmax(RuleContext context) {
        return context.out().part(new Softmax(axis), exponentials.origin(), context.get(x));
    }

    /** The sum of each row's exponentials, in the new graph: see {@link RowSums#sum}. Those shifted by their maximum are summed as they are. */
    Value sum(RuleContext context) {
        RowSums sums = new RowSums(context, exponentials.origin(), axis);
        if (isOwn) {
            return sums.part(new Reduce(Reduction.SUM, List.of(axis), true), context.get(exponentials.value()));
        }
        Value scores = context.get(x);
        return sums.sum(scores, sums.maximum(scores), shift.map(c -> c.in(context, exponentials)));
    }
}
