package heddle.compiler.softmax;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Cast;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.Softmax;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.rule.Rule;
import heddle.compiler.rule.RuleContext;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import java.util.List;
import java.util.Optional;

/**
 * Removes a guard that repeats what softmax does anyway: zeros for a row with no finite score.
 *
 * <pre>
 * where(all(x == -inf), 0, softmax(x))             → softmax(x)
 * where(any(x != -inf), softmax(x), 0)             → softmax(x)
 * where(max(x) == -inf, 0, softmax(x))             → softmax(x)
 * </pre>
 *
 * PyTorch exports scaled dot product attention this way. The guard reads every score, so removing it lets fusion store
 * none.
 */
public record UnguardSoftmax() implements Rule {
    @Override
    public String name() {
        return "unguard-softmax";
    }

    @Override
    public Outcome apply(Node node, RuleContext context) {
        return ElementReference.is(node, ScalarFn.SELECT)
                ? guarded(context.graph(), node)
                        .<Outcome>map(softmax -> Outcome.Replaced.by(node, context.get(softmax.value())))
                        .orElse(NO_MATCH)
                : NO_MATCH;
    }

    /** The softmax that {@code select} returns unchanged. */
    private static Optional<Node> guarded(Graph graph, Node select) {
        ElementReference whole = ElementReference.in(select.value());
        ElementReference condition = whole.operand(graph, 0);
        for (int slot = 1; slot <= 2; slot++) {
            ElementReference softmax = whole.operand(graph, slot);
            if (softmax.node().op() instanceof Softmax
                    && softmax.value().type().equals(select.type())
                    && whole.operand(graph, 3 - slot).behindViews(graph).is(0)
                    && new RowGuard(graph, softmax).holds(condition, slot == 1)) {
                return Optional.of(softmax.node());
            }
        }
        return Optional.empty();
    }

    /** Conditions on the row that a softmax is read in. */
    private record RowGuard(Graph graph, ElementReference softmax) {
        private Value scores() {
            return graph.operand(softmax.node(), 0);
        }

        /**
         * Whether a condition is true just where all scores of the row are minus infinity.
         *
         * @param not whether it is the opposite that must be
         */
        boolean holds(ElementReference read, boolean not) {
            ElementReference condition = read.behindViews(graph);
            if (condition.is(ScalarFn.NOT)) {
                return holds(condition.operand(graph, 0), !not);
            }
            if (condition.is(not ? ScalarFn.NE : ScalarFn.EQ)) {
                return condition
                        .compared(graph, Double.NEGATIVE_INFINITY)
                        .flatMap(greatest -> isRow(greatest, Reduction.MAX))
                        .filter(scores()::equals)
                        .isPresent();
            }
            if (!(condition.node().op() instanceof Cast)
                    || condition.value().type().dtype() != DType.BOOL) {
                return false;
            }
            return isRow(condition.operand(graph, 0).behindViews(graph), not ? Reduction.MAX : Reduction.MIN)
                    .filter(truths -> isLowest(new ElementReference(truths, softmax.index()), not))
                    .isPresent();
        }

        /** The value that a place reduces along the row of the softmax, if it does so by {@code kind}. */
        private Optional<Value> isRow(ElementReference place, Reduction kind) {
            int axis = ((Softmax) softmax.node().op()).axis();
            return place.node().op() instanceof Reduce r
                            && r.kind() == kind
                            && r.axes().equals(List.of(axis))
                            && place.index().equals(softmax.row(axis, r.keepDims()))
                    ? Optional.of(graph.operand(place.node(), 0))
                    : Optional.empty();
        }

        /** Whether a truth value is that of a score being minus infinity, or not being it. */
        private boolean isLowest(ElementReference read, boolean not) {
            ElementReference truth = read.behindViews(graph);
            if (truth.is(ScalarFn.NOT)) {
                return isLowest(truth.operand(graph, 0), !not);
            }
            if (truth.node().op() instanceof Cast) {
                return isLowest(truth.operand(graph, 0), not);
            }
            return truth.is(not ? ScalarFn.NE : ScalarFn.EQ)
                    && truth.compared(graph, Double.NEGATIVE_INFINITY)
                            .filter(new ElementReference(scores(), softmax.index()).behindViews(graph)::equals)
                            .isPresent();
        }
    }
}
