package heddle.compiler.report;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Contract;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Reduce;
import heddle.compiler.rule.DeclinedException;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.rule.SourceExcerpt;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the function of the scores that stands where attention has its softmax. */
final class SoftmaxSubstitute {
    private SoftmaxSubstitute() {}

    /** What stands in the place of a softmax; empty when scores meet values as they are. */
    static Optional<DeclinedException> in(Graph graph, ScoreFlow flow) {
        List<Node> functions = flow.between().stream()
                .filter(node -> !isLinear(graph, flow, node))
                .toList();
        return functions.stream()
                .filter(node -> !isMaximum(graph, node))
                .findFirst()
                .filter(node -> !isOnlySummed(graph, node))
                .or(() -> functions.stream().findFirst())
                .map(at -> isPartOfAnother(graph, flow, at) ? last(functions) : at)
                .map(at -> declined(graph, at));
    }

    /** Whether an exponential is no part of a softmax, since nothing is summed: it may be that of a sigmoid. */
    private static boolean isPartOfAnother(Graph graph, ScoreFlow flow, Node at) {
        return isExponential(at)
                && Stream.concat(graph.users(at).stream(), flow.between().stream())
                        .noneMatch(node -> isSum(node) || node.op() instanceof Contract && node != flow.values());
    }

    /** The function whose numbers meet the values. */
    private static Node last(List<Node> functions) {
        return functions.reversed().stream()
                .filter(node -> node.type().dtype().isFloat())
                .findFirst()
                .orElseThrow();
    }

    /** Whether what stands in the place of a softmax is an exponential, which lacks its sum alone. */
    static boolean isExponential(Node at) {
        return ElementReference.is(at, ScalarFn.EXP);
    }

    private static DeclinedException declined(Graph graph, Node at) {
        String quote = SourceExcerpt.of(at);
        if (!isExponential(at)) {
            return new DeclinedException(
                    at,
                    quote + " stands where attention has its softmax",
                    "write softmax; with another function of the scores they are stored");
        }
        return isSummedInParts(graph, at)
                ? new DeclinedException(
                        at,
                        quote + " is divided by a sum over several parts of the keys",
                        "join the keys of all parts with concat, and their values, and write one softmax")
                : new DeclinedException(
                        at,
                        quote + " is not divided by its own sum along the keys",
                        isDividedAcross(graph, at)
                                ? "write `keepdims = true` in its sum: without the axis, each key is divided by the sum of"
                                        + " another row"
                                : "divide it by that sum, or write softmax");
    }

    /** Whether an exponential is divided by its sum, which has lost the axis that it is a sum over. */
    private static boolean isDividedAcross(Graph graph, Node exp) {
        return graph.users(exp).stream()
                .filter(div -> ElementReference.is(div, ScalarFn.DIV))
                .map(div -> ElementReference.in(graph.operand(div, 1))
                        .behindViews(graph)
                        .node())
                .anyMatch(by -> isSum(by)
                        && !((Reduce) by.op()).keepDims()
                        && graph.operand(by, 0).node() == exp);
    }

    /** Whether a node is a maximum along an axis, or one of several such, by which exponentials are shifted. */
    private static boolean isMaximum(Graph graph, Node node) {
        return Reduce.is(node, Reduction.MAX)
                || ElementReference.is(node, ScalarFn.MAX)
                        && graph.operands(node).stream()
                                .allMatch(v -> isMaximum(
                                        graph,
                                        ElementReference.in(v)
                                                .behindViews(graph)
                                                .node()));
    }

    /** Whether nothing but sums reads a node, so that the values meet another function, as in log_softmax. */
    private static boolean isOnlySummed(Graph graph, Node node) {
        return graph.users(node).stream().allMatch(SoftmaxSubstitute::isSum);
    }

    /** Whether the sum of exponentials is added to another sum along an axis. */
    private static boolean isSummedInParts(Graph graph, Node exp) {
        return graph.users(exp).stream()
                .filter(SoftmaxSubstitute::isSum)
                .flatMap(sum -> graph.users(sum).stream())
                .filter(node -> ElementReference.is(node, ScalarFn.ADD))
                .anyMatch(add -> graph.operands(add).stream()
                        .allMatch(v ->
                                isSum(ElementReference.in(v).behindViews(graph).node())));
    }

    private static boolean isSum(Node node) {
        return Reduce.is(node, Reduction.SUM);
    }

    private static boolean isLinear(Graph graph, ScoreFlow flow, Node node) {
        List<Value> operands = graph.operands(node);
        List<Boolean> dependent = operands.stream()
                .map(v -> v.node() == flow.scores() || flow.between().contains(v.node()))
                .toList();
        return switch (node.op()) {
            case Elementwise e ->
                switch (e.fn()) {
                    case MUL -> !dependent.getFirst() || !dependent.getLast();
                    case DIV -> !dependent.getLast();
                    case NEG, ADD, SUB, SELECT -> true;
                    default -> false;
                };
            case Reduce r -> r.kind() == Reduction.SUM;
            case Contract c -> true;
            default -> node.type().dtype().isFloat();
        };
    }
}
