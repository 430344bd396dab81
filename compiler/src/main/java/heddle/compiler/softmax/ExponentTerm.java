package heddle.compiler.softmax;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Pointwise;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.layout.View;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scalar.Scale;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A part of the exponents of a softmax that they grow with: a term of a sum or difference, what is scaled, what a mask keeps,
 * what a view shows.
 *
 * @param read    the part
 * @param slot    which operand of the part around it this one is
 * @param number  by which it is scaled
 * @param factors by which it is scaled, too; each is one number for all of a row
 * @param masks   the masks around it
 * @param parts   the parts that it consists of; none where it is no sum, difference and so on
 */
record ExponentTerm(
        ElementReference read,
        int slot,
        double number,
        List<Factor> factors,
        Set<Exponents.Mask> masks,
        List<ExponentTerm> parts) {
    /** A number for each row. @param divides whether what it scales is divided by it */
    record Factor(ElementReference by, boolean divides) {}

    /** The terms of a softmax's exponents. */
    static ExponentTerm of(Graph graph, ElementReference y, int axis) {
        ExponentTerm whole = new ExponentTerm(y, 0, 1, List.of(), Set.of(), List.of());
        Search search = new Search(graph, y, axis);
        ExponentTerm taken = search.term(whole);
        return search.isComplete() ? taken : whole;
    }

    /** This one and all that it consists of. */
    List<ExponentTerm> all() {
        List<ExponentTerm> all = new ArrayList<>();
        all.add(this);
        parts.forEach(part -> all.addAll(part.all()));
        return all;
    }

    /** The maximum that this is, if it is one and no more. */
    Optional<ElementReference> maximum(Graph graph) {
        ElementReference shift = Exponents.shift(graph, read);
        return Reduce.is(shift.node(), Reduction.MAX) ? Optional.of(shift) : Optional.empty();
    }

    private ExponentTerm with(List<ExponentTerm> of) {
        return new ExponentTerm(read, slot, number, factors, masks, of);
    }

    private ExponentTerm operand(Graph graph, int at) {
        return new ExponentTerm(read.operand(graph, at), at, number, factors, masks, List.of());
    }

    private ExponentTerm times(double by) {
        return new ExponentTerm(read, slot, number * by, factors, masks, parts);
    }

    private ExponentTerm times(Factor by) {
        List<Factor> more = new ArrayList<>(factors);
        more.add(by);
        return new ExponentTerm(read, slot, number, List.copyOf(more), masks, parts);
    }

    private ExponentTerm under(Exponents.Mask mask) {
        Set<Exponents.Mask> more = new HashSet<>(masks);
        more.add(mask);
        return new ExponentTerm(read, slot, number, factors, Set.copyOf(more), parts);
    }

    /** Takes exponents apart. It gives up where there is much, as where a value is added to itself many times. */
    private static final class Search {
        private static final int MOST = 64;

        private final Graph graph;
        private final Set<Axis> along = new HashSet<>();
        private int seen;

        Search(Graph graph, ElementReference y, int axis) {
            this.graph = graph;
            ScalarExprs.visit(y.index().get(axis), e -> {
                if (e instanceof ScalarExpr.Index i) {
                    along.add(i.axis());
                }
            });
        }

        boolean isComplete() {
            return seen <= MOST;
        }

        ExponentTerm term(ExponentTerm t) {
            if (++seen > MOST || t.maximum(graph).isPresent()) {
                return t;
            }
            return t.with(parts(t).stream().map(this::term).toList());
        }

        private List<ExponentTerm> parts(ExponentTerm t) {
            ElementReference read = t.read;
            if (read.node().op() instanceof View) {
                return List.of(t.operand(graph, 0));
            }
            if (read.is(ScalarFn.NEG)) {
                return List.of(t.operand(graph, 0).times(-1));
            }
            if (read.is(ScalarFn.ADD)) {
                return List.of(t.operand(graph, 0), t.operand(graph, 1));
            }
            if (read.is(ScalarFn.SUB)) {
                return List.of(t.operand(graph, 0), t.operand(graph, 1).times(-1));
            }
            if (read.is(ScalarFn.MUL)) {
                return scaled(t, 0).or(() -> scaled(t, 1)).stream().toList();
            }
            if (read.is(ScalarFn.DIV)) {
                return scaled(t, 0).stream().toList();
            }
            int hidden = read.hiddenSlot(graph);
            return hidden > 0
                    ? List.of(
                            t.operand(graph, 3 - hidden).under(new Exponents.Mask(read.operand(graph, 0), hidden == 2)))
                    : List.of();
        }

        /** What operand {@code slot} of a product or quotient is, if the other one is a number for each row and of no scores. */
        private Optional<ExponentTerm> scaled(ExponentTerm t, int slot) {
            boolean divides = t.read.is(ScalarFn.DIV);
            ElementReference by = t.read.operand(graph, 1 - slot);
            Optional<Double> number = by.behindViews(graph).number();
            ExponentTerm operand = t.operand(graph, slot);
            if (number.isPresent()) {
                double n = divides ? 1 / number.get() : number.get();
                return Scale.isModerate(n) ? Optional.of(operand.times(n)) : Optional.empty();
            }
            return isOfRow(by) && !isReduced(by.value())
                    ? Optional.of(operand.times(new Factor(by.behindViews(graph), divides)))
                    : Optional.empty();
        }

        private boolean isOfRow(ElementReference element) {
            return along.stream().noneMatch(a -> element.index().stream().anyMatch(x -> ScalarExprs.reads(x, a)));
        }

        /** Whether a value is made of sums or maxima along axes, such as those of scores. */
        private boolean isReduced(Value value) {
            Set<Node> made = new HashSet<>(Set.of(value.node()));
            Deque<Node> open = new ArrayDeque<>(made);
            while (!open.isEmpty()) {
                Node node = open.pop();
                if (node.op() instanceof Reduce) {
                    return true;
                }
                for (Value operand : node.op() instanceof Pointwise ? graph.operands(node) : List.<Value>of()) {
                    if (made.add(operand.node())) {
                        open.push(operand.node());
                    }
                }
            }
            return false;
        }
    }
}
