package heddle.compiler.softmax;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Elementwise;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.rule.NonNegative;
import heddle.compiler.rule.ProductSearch;
import heddle.compiler.rule.Rule;
import heddle.compiler.rule.RuleContext;
import heddle.compiler.rule.SourceExcerpt;
import heddle.compiler.rule.WeightReaders;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.Precision;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Exponentials with weights that are divided by their sum are exponentials of scores with the logarithms of the weights.
 *
 * <pre>
 * exp(y) * w   → exp(y + log(w))      where it is summed, and read otherwise, too
 * </pre>
 *
 * No weight is below zero, by how it is made. One of zero gives minus infinity, and so a key without weight. An exponential that
 * overflows and is multiplied by zero is meant to be zero. Weights of zeros and ones are masks: {@link MaskInsideExponent}.
 */
public record WeightInsideExponent() implements Rule {
    @Override
    public String name() {
        return "weight-inside-exponent";
    }

    @Override
    public Outcome apply(Node node, RuleContext context) {
        Graph graph = context.graph();
        OptionalInt slot = exponential(graph, node, context.analysis(NonNegative.class, NonNegative::new));
        if (slot.isEmpty()) {
            return unknown(graph, node);
        }
        if (!ElementReference.is(graph.operand(node, slot.getAsInt()).node(), ScalarFn.EXP)) {
            return NO_MATCH;
        }
        Graph.Builder out = context.out();
        Node exp = graph.operand(node, slot.getAsInt()).node();
        Value logarithm = logarithm(node, context, graph.operand(node, 1 - slot.getAsInt()));
        Value y = context.get(graph.operand(exp, 0));
        Value weighted = out.part(new Elementwise(ScalarFn.ADD), node.origin(), y, logarithm);
        return Outcome.Replaced.by(node, out.value(exp.op(), node.origin(), weighted));
    }

    /** Why exponentials with weights are no softmax: the weights may be below zero. */
    private static Outcome unknown(Graph graph, Node node) {
        for (int slot = 0; ElementReference.is(node, ScalarFn.MUL) && slot < 2; slot++) {
            Value weight = graph.operand(node, 1 - slot);
            if (ElementReference.is(graph.operand(node, slot).node(), ScalarFn.EXP)
                    && isOfExponential(graph, graph.operand(node, slot).node())
                    && !MaskedExponential.isZeroOrOne(graph, weight)
                    && WeightReaders.of(graph, node).areNormalised()) {
                return new Outcome.Declined(
                        node,
                        SourceExcerpt.of(node)
                                + " weighs exponentials before they are summed, by weights that may be below zero",
                        "make weights that are seen to be zero or more, by abs, relu, sigmoid or exp");
            }
        }
        return NO_MATCH;
    }

    private static Value logarithm(Node node, RuleContext context, Value weight) {
        return ElementReference.is(weight.node(), ScalarFn.EXP)
                ? context.get(context.graph().operand(weight.node(), 0))
                : context.out().part(new Elementwise(ScalarFn.LOG), node.origin(), context.get(weight));
    }

    /** How many products with weights a graph has, those of products counted. */
    static long in(Graph graph) {
        NonNegative signs = new NonNegative(graph);
        return graph.nodes().stream()
                .filter(node -> exponential(graph, node, signs).isPresent())
                .count();
    }

    /** Which operand of a product with weights is an exponential, or a product with one. */
    private static OptionalInt exponential(Graph graph, Node node, NonNegative signs) {
        for (int slot = 0; ElementReference.is(node, ScalarFn.MUL) && slot < 2; slot++) {
            Value weight = graph.operand(node, 1 - slot);
            if (graph.operand(node, slot).type().equals(node.type())
                    && !Precision.isNarrow(node.type().dtype()) // Sixteen bits have too few digits for the logarithm.
                    && isOfExponential(graph, graph.operand(node, slot).node())
                    && signs.is(weight)
                    && !MaskedExponential.isZeroOrOne(graph, weight)
                    && WeightReaders.of(graph, node).areNormalised()) {
                return OptionalInt.of(slot);
            }
        }
        return OptionalInt.empty();
    }

    private static boolean isOfExponential(Graph graph, Node node) {
        Set<Node> seen = new HashSet<>(Set.of(node));
        Deque<Node> open = new ArrayDeque<>(seen);
        while (!open.isEmpty()) {
            Node at = open.pop();
            if (ElementReference.is(at, ScalarFn.EXP) && ProductSearch.isAny(graph, at.value(), product -> true)) {
                return true;
            }
            for (Value operand : ElementReference.is(at, ScalarFn.MUL) ? graph.operands(at) : List.<Value>of()) {
                if (seen.add(operand.node())) {
                    open.push(operand.node());
                }
            }
        }
        return false;
    }
}
