package heddle.compiler.softmax;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.Softmax;
import heddle.compiler.op.layout.Expand;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.rule.Rule;
import heddle.compiler.rule.RuleContext;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The maximum of a row's scores is one number for all of the row, which changes no softmax, wherever it stands in the exponents.
 *
 * <pre>
 * softmax((x - max(x)) * f)            → softmax(x * f)        where f is one number for each row
 * softmax(x * f - max(x) * f)          → softmax(x * f)
 * softmax(x - max(x) + b)              → softmax(x + b)
 * softmax(max(x) - x)                  → softmax(-x)
 * softmax(x - max of x and more)       → softmax(x)
 * softmax(where(m, x - max(where(m, x, c)), -inf))  → softmax(where(m, x, -inf))
 * </pre>
 *
 * A maximum that is finite falls out. Where it is not, x is NaN or plus infinity somewhere, or minus infinity everywhere. As it is
 * written such a row is NaN, whatever number or f scales both; without the maximum it is what the scores make of it: NaN, or zeros
 * where all are minus infinity. So x must stand beside its maximum, scaled by the same f and by no less a number. A maximum of other
 * scores may be infinite where these are not, and a minimum is where a mask is: both stay. What a maximum of more than the row
 * has from other rows does not count any more, as with what a mask hides.
 */
public record DropRowMaximum() implements Rule {
    private static final double NEARLY = 1 + 1e-6;

    @Override
    public String name() {
        return "drop-row-maximum";
    }

    @Override
    public Outcome apply(Node node, RuleContext context) {
        Graph graph = context.graph();
        Set<ExponentTerm> dropped = dropped(graph, node);
        if (dropped.isEmpty()) {
            return NO_MATCH;
        }
        ExponentTerm whole = terms(graph, node);
        Value left = left(context, whole, dropped).orElseThrow();
        return Outcome.Replaced.by(node, context.out().value(node.op(), node.origin(), left));
    }

    /** How many softmaxes of a graph have a maximum to drop. */
    static long in(Graph graph) {
        return graph.nodes().stream()
                .filter(node -> !dropped(graph, node).isEmpty())
                .count();
    }

    /** Whether a reduction is a term of each row of a softmax's exponents. */
    public static boolean isShift(Graph graph, Node softmax, Node reduction) {
        int axis = ((Softmax) softmax.op()).axis();
        ScalarExpr along = ElementReference.in(softmax.value()).index().get(axis);
        return terms(graph, softmax).all().stream()
                .filter(t -> t.parts().isEmpty())
                .map(t -> Exponents.shift(graph, t.read()))
                .anyMatch(t -> t.node() == reduction
                        && reduction.op() instanceof Reduce
                        && t.index().stream().noneMatch(i -> ScalarExprs.contains(i, along)));
    }

    private static ExponentTerm terms(Graph graph, Node softmax) {
        int axis = ((Softmax) softmax.op()).axis();
        return ExponentTerm.of(graph, ElementReference.in(graph.operand(softmax, 0)), axis);
    }

    /** The maxima that are dropped. */
    private static Set<ExponentTerm> dropped(Graph graph, Node node) {
        if (!(node.op() instanceof Softmax softmax)) {
            return Set.of();
        }
        List<ExponentTerm> all = terms(graph, node).all();
        ScalarExpr along = ElementReference.in(node.value()).index().get(softmax.axis());
        Set<ExponentTerm> dropped = new HashSet<>();
        for (ExponentTerm term : all) {
            term.maximum(graph)
                    .filter(maximum -> all.stream().anyMatch(x -> isBeside(graph, x, term, maximum, along)))
                    .ifPresent(maximum -> dropped.add(term));
        }
        return dropped;
    }

    /** Whether {@code x} is what a term is the maximum of, in its row or in more. */
    private static boolean isBeside(
            Graph graph, ExponentTerm x, ExponentTerm term, ElementReference maximum, ScalarExpr along) {
        Reduce reduce = (Reduce) maximum.node().op();
        boolean alike = Math.abs(term.number()) <= Math.abs(x.number()) * NEARLY
                && x.factors().equals(term.factors())
                && (x.factors().isEmpty() || reduce.axes().size() == 1);
        return alike
                && isMaskOf(graph, x, x.read(), graph.operand(maximum.node(), 0))
                && reduce.axes().stream().anyMatch(a -> x.read().index().get(a).equals(along))
                && maximum.index().equals(reduced(x.read(), reduce));
    }

    /** The place of a reduction that an element is in. */
    private static List<ScalarExpr> reduced(ElementReference element, Reduce reduce) {
        List<ScalarExpr> place = new ArrayList<>();
        for (int n = 0; n < element.index().size(); n++) {
            if (!reduce.axes().contains(n)) {
                place.add(element.index().get(n));
            } else if (reduce.keepDims()) {
                place.add(ScalarExpr.of(0));
            }
        }
        return place;
    }

    /** Whether scores are those reduced, or these behind a mask: any on the scores, or on what is reduced one that the scores have. */
    private static boolean isMaskOf(Graph graph, ExponentTerm x, ElementReference scores, Value reduced) {
        if (scores.value().equals(reduced)) {
            return true;
        }
        if (scores.is(ScalarFn.SELECT)
                && (isMaskOf(graph, x, scores.operand(graph, 1), reduced)
                        || isMaskOf(graph, x, scores.operand(graph, 2), reduced))) {
            return true;
        }
        boolean masked = ElementReference.is(reduced.node(), ScalarFn.SELECT)
                && reduced.type().shape().equals(scores.value().type().shape());
        ElementReference select = new ElementReference(reduced, scores.index());
        for (int slot = 1; masked && slot <= 2; slot++) {
            boolean filled =
                    select.operand(graph, 3 - slot).behindViews(graph).number().isPresent();
            Exponents.Mask mask = new Exponents.Mask(select.operand(graph, 0), slot == 1);
            if (filled
                    && x.masks().contains(mask)
                    && select.operand(graph, slot).equals(scores)) {
                return true;
            }
        }
        return false;
    }

    /** A term of the new graph without what is dropped; empty where nothing is left. */
    private static Optional<Value> left(RuleContext context, ExponentTerm term, Set<ExponentTerm> dropped) {
        if (dropped.contains(term)) {
            return Optional.empty();
        }
        if (term.all().stream().noneMatch(dropped::contains)) {
            return Optional.of(context.get(term.read().value()));
        }
        List<Optional<Value>> parts =
                term.parts().stream().map(part -> left(context, part, dropped)).toList();
        return joined(context, term, parts).map(value -> expanded(context, term, value));
    }

    private static Optional<Value> joined(RuleContext context, ExponentTerm term, List<Optional<Value>> parts) {
        Graph graph = context.graph();
        Node node = term.read().node();
        if (parts.size() == 2 && parts.stream().anyMatch(Optional::isEmpty)) {
            boolean negated = parts.getFirst().isEmpty() && term.read().is(ScalarFn.SUB);
            return parts.getFirst()
                    .or(() -> parts.getLast())
                    .map(value ->
                            negated ? context.out().value(new Elementwise(ScalarFn.NEG), node.origin(), value) : value);
        }
        boolean isMask = term.read().is(ScalarFn.SELECT);
        if (parts.getFirst().isEmpty() && !isMask) {
            return Optional.empty();
        }
        List<Value> operands = new ArrayList<>();
        graph.operands(node).forEach(v -> operands.add(context.get(v)));
        for (int n = 0; n < parts.size(); n++) {
            Constant zero = Constant.scalar(node.type().dtype(), 0);
            operands.set(
                    term.parts().get(n).slot(),
                    parts.get(n).orElseGet(() -> context.out().part(zero, node.origin())));
        }
        return Optional.of(context.out().add(node.op(), operands, node.origin()).value());
    }

    /** What is left may have fewer rows than what it is left of. */
    private static Value expanded(RuleContext context, ExponentTerm term, Value value) {
        Node node = term.read().node();
        return value.type().equals(node.type())
                ? value
                : context.out().part(new Expand(node.type().shape()), node.origin(), value);
    }
}
