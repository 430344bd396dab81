package heddle.compiler.softmax;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.SumOfProducts;
import heddle.compiler.op.layout.View;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.rule.SourceExcerpt;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Exponentials that are divided by the sum of their row: {@code exp(y) / t}.
 *
 * @param y   the exponents
 * @param sum what they are divided by
 */
record ExponentialQuotient(ElementReference y, RowSum sum) {
    /** What the sum is beside that of the exponentials. */
    enum Kind {
        /** Nothing else. */
        PLAIN,
        /** A number that is lost beside a sum of at least one, or zero. */
        LOST,
        /** A number beside exponentials of scores less their own maximum. */
        TERM,
        /** A positive number, or the exponential of a score for each row. */
        SCORE,
        /** A sum that is raised to a number that it may be less than. */
        RAISED,
        /** As with {@link #TERM}, but gradients do not pass the maximum: the shift of a softmax with a term has one. */
        STOPPED,
        /** Anything else. */
        OTHER
    }

    /** The quotient that a node is. */
    static Optional<ExponentialQuotient> at(Graph graph, Node node) {
        if (!ElementReference.is(node, ScalarFn.DIV)) {
            return Optional.empty();
        }
        Value numerator = graph.operand(node, 0);
        if (!ElementReference.is(numerator.node(), ScalarFn.EXP)
                || !numerator.type().equals(node.type())) {
            return Optional.empty();
        }
        ElementReference whole = ElementReference.in(node.value());
        ElementReference y = whole.operand(graph, 0).operand(graph, 0);
        return RowSum.of(graph, whole.operand(graph, 1))
                .filter(sum -> sum.isOver(graph, y))
                .map(sum -> new ExponentialQuotient(y, sum));
    }

    /** Whether a value is computed of a matmul with exponentials, by views and products. */
    static boolean isOfExponentials(Graph graph, Value value) {
        return isMadeOf(graph, value.node(), false, new HashSet<>());
    }

    private static boolean isMadeOf(Graph graph, Node node, boolean isFactor, Set<Node> seen) {
        boolean isInProduct = isFactor || node.op() instanceof SumOfProducts;
        return ElementReference.is(node, ScalarFn.EXP)
                ? isFactor
                : seen.add(node)
                        && factors(graph, node)
                                .anyMatch(slot -> isMadeOf(
                                        graph, graph.operand(node, slot).node(), isInProduct, seen));
    }

    /** The operands that a node is a view, a multiple or a matmul of, or that it masks with zeros. */
    static IntStream factors(Graph graph, Node node) {
        if (node.op() instanceof View) {
            return IntStream.of(0);
        }
        if (node.op() instanceof SumOfProducts) {
            return IntStream.of(0, 1);
        }
        boolean isMask = ElementReference.is(node, ScalarFn.SELECT);
        boolean isSquare = ElementReference.is(node, ScalarFn.MUL)
                && graph.operand(node, 0).equals(graph.operand(node, 1));
        int end = isSquare
                ? 0
                : isMask
                        ? 3
                        : ElementReference.is(node, ScalarFn.MUL) ? 2 : ElementReference.is(node, ScalarFn.DIV) ? 1 : 0;
        return IntStream.range(isMask ? 1 : 0, end)
                .filter(slot -> graph.operand(node, slot).type().equals(node.type())
                        && (!isMask
                                || ElementReference.in(graph.operand(node, 3 - slot))
                                        .behindViews(graph)
                                        .is(0)));
    }

    /** The quotient that a node is, if it is of a kind. */
    static Optional<ExponentialQuotient> at(Graph graph, Node node, Kind kind) {
        return at(graph, node).filter(q -> q.kind(graph) == kind);
    }

    Kind kind(Graph graph) {
        Optional<MaximumShift> shift = MaximumShift.of(graph, Exponents.withoutSecondMask(graph, y), sum.axis())
                .filter(MaximumShift::own);
        boolean isOneAtLeast = shift.isPresent();
        if (sum.least() > 0 && !(isOneAtLeast && sum.least() <= 1)) {
            return Kind.RAISED;
        }
        if (sum.term().isEmpty()) {
            return Kind.PLAIN;
        }
        Optional<Double> number = sum.term().get().behindViews(graph).number();
        if (number.isPresent()) {
            Kind kind = kind(number.get(), isOneAtLeast);
            return kind == Kind.TERM && shift.get().stopped() ? Kind.STOPPED : kind;
        }
        return RowScore.beside(graph, this).isPresent() ? Kind.SCORE : Kind.OTHER;
    }

    /** Whether a softmax gives the same. */
    boolean isSoftmax(Graph graph) {
        return switch (kind(graph)) {
            case PLAIN, LOST, TERM, SCORE -> true;
            case RAISED, STOPPED, OTHER -> false;
        };
    }

    /** Why no softmax gives the same, and what would; empty when one does. @param at the quotient, as it is written */
    Optional<Outcome> declined(Graph graph, Node at) {
        String quotient = SourceExcerpt.of(at);
        return switch (kind(graph)) {
            case PLAIN, LOST, TERM, SCORE -> Optional.empty();
            case RAISED ->
                Optional.of(new Outcome.Declined(
                        at,
                        quotient + " divides by a bound that the sum of exponentials may be less than"
                                + (isFilled(graph) ? ": what fills in for masked scores may be their maximum" : ""),
                        isFilled(graph)
                                ? "take the maximum with -inf at masked scores, and let the bound be one at most"
                                : "subtract the maximum of the same scores first, and let the bound be one at most"));
            case STOPPED ->
                Optional.of(new Outcome.Declined(
                        at,
                        quotient + " adds a number to a sum that a maximum without gradient shifts",
                        "take the maximum without stop_gradient, or leave the number out"));
            case OTHER -> Optional.of(otherTerm(graph, at));
        };
    }

    /** Whether the shift is a maximum of scores that are a finite number where they are masked. */
    private boolean isFilled(Graph graph) {
        ElementReference difference = Exponents.withoutSecondMask(graph, y);
        if (!difference.is(ScalarFn.SUB)) {
            return false;
        }
        ElementReference shift = Exponents.shift(graph, difference.operand(graph, 1));
        if (!Reduce.is(shift.node(), Reduction.MAX)) {
            return false;
        }
        ElementReference reduced = ElementReference.in(graph.operand(shift.node(), 0));
        return reduced.is(ScalarFn.SELECT)
                && IntStream.rangeClosed(1, 2)
                        .mapToObj(slot ->
                                reduced.operand(graph, slot).behindViews(graph).number())
                        .anyMatch(n -> n.filter(Double::isFinite).isPresent());
    }

    private Outcome otherTerm(Graph graph, Node at) {
        ElementReference term = sum.term().orElseThrow();
        boolean isNumber = term.behindViews(graph).number().isPresent();
        String added = isNumber
                ? "a number that is not above zero and finite"
                : SourceExcerpt.of(term.node()) + ", which is no exponential of one score for each row,";
        return new Outcome.Declined(
                at,
                SourceExcerpt.of(at) + " adds " + added + " to the sum of exponentials",
                isNumber
                        ? "add a positive number, or none"
                        : "add the exponential of one more score for each row, shifted as the others are, or nothing");
    }

    private Kind kind(double number, boolean isOneAtLeast) {
        if (number == 0
                || isOneAtLeast && Math.abs(number) < unit(y.value().type().dtype()) / 4) {
            return Kind.LOST;
        }
        if (number > 0 && number < Double.POSITIVE_INFINITY) {
            return isOneAtLeast ? Kind.TERM : Kind.SCORE;
        }
        return Kind.OTHER;
    }

    /** How far apart numbers near one are. */
    private static double unit(DType type) {
        return switch (type) {
            case F64 -> 0x1p-52;
            case F16 -> 0x1p-10;
            case BF16 -> 0x1p-7;
            default -> 0x1p-23;
        };
    }
}
