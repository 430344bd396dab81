package heddle.compiler.report;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Contract;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Equation;
import heddle.compiler.op.NodeOperands;
import heddle.compiler.op.Pointwise;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.Softmax;
import heddle.compiler.op.SumOfProducts;
import heddle.compiler.rule.Dependence;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.Dim;
import heddle.compiler.type.TensorType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Traces elements back to the elements that they are made of. Unlike inlining, it goes through sums, softmax and
 * matmuls too. An axis that is summed over gets an index of its own. The names of such axes do not distinguish
 * elements, so paths that part and meet again, as at every residual connection, are followed once.
 */
final class Provenance {
    /**
     * An element of a value.
     *
     * @param summed how many axes of the index are summed over; they are numbered in the order in which it names them
     */
    record Element(Value value, List<ScalarExpr> index, int summed) {}

    private static final String SUMMED = "summed";

    /** At how many indexes one value is looked at. A stack of shifts asks for more and more: what it says is known then. */
    private static final int MOST_INDEXES = 64;

    private final Graph graph;
    private final Dependence dependence;
    private final Predicate<Element> followed;
    private final Map<Element, List<Element>> parts = new LinkedHashMap<>();
    private final Map<Value, Integer> indexes = new HashMap<>();

    /** @param followed whether to continue from an element to its operands */
    Provenance(Graph graph, Dependence dependence, Predicate<Element> followed) {
        this.graph = graph;
        this.dependence = dependence;
        this.followed = followed;
    }

    /** Follows an element of a value as far as that was not done before. @return the element */
    Element follow(Value value, List<ScalarExpr> index) {
        Element start = element(value, index);
        Deque<Element> open = new ArrayDeque<>(List.of(start));
        while (!open.isEmpty()) {
            Element element = open.pop();
            if (!parts.containsKey(element)) {
                boolean goesOn = indexes.merge(element.value, 1, Integer::sum) <= MOST_INDEXES;
                List<Element> made = goesOn && followed.test(element) ? madeOf(element) : List.of();
                parts.put(element, made);
                made.reversed().forEach(open::push);
            }
        }
        return start;
    }

    /** The elements that a visited element is made of; none when it was not followed further. */
    List<Element> partsOf(Element element) {
        return parts.get(element);
    }

    /** Every visited element. */
    Set<Element> met() {
        return parts.keySet();
    }

    private static Element element(Value value, List<ScalarExpr> index) {
        List<ScalarExpr> simple = index.stream().map(IndexSimplifier::simplify).toList();
        Map<Axis, ScalarExpr> names = new LinkedHashMap<>();
        boolean[] named = {true};
        for (ScalarExpr at : simple) {
            ScalarExprs.visit(at, e -> {
                if (e instanceof ScalarExpr.Index i && isSummed(i.axis()) && !names.containsKey(i.axis())) {
                    Axis axis = summed(names.size(), i.axis().extent());
                    named[0] &= axis.equals(i.axis());
                    names.put(i.axis(), ScalarExpr.of(axis));
                }
            });
        }
        return new Element(
                value,
                named[0]
                        ? simple
                        : simple.stream()
                                .map(e -> IndexSimplifier.simplify(ScalarExprs.substitute(e, names)))
                                .toList(),
                names.size());
    }

    private static Axis summed(int number, Dim length) {
        return new Axis(SUMMED + number, length);
    }

    private static boolean isSummed(Axis axis) {
        return axis.name().startsWith(SUMMED);
    }

    private List<Element> madeOf(Element element) {
        Node node = element.value.node();
        Step step = new Step(element);
        switch (node.op()) {
            case Pointwise p -> p.at(element.index, new NodeOperands(graph, node, step::read));
            case Reduce r -> step.read(graph.operand(node, 0), step.operandIndex(r, node, element.index));
            case Softmax s -> step.read(graph.operand(node, 0), element.index);
            case Contract c -> step.product(node, c.parsed(), element.index);
            default -> {}
        }
        return step.read;
    }

    /** From one element to those it is made of. */
    private final class Step {
        private final List<Element> read = new ArrayList<>();
        private int summed;

        Step(Element from) {
            this.summed = from.summed;
        }

        /** Notes an element that is asked for; what is made of it does not matter. */
        private ScalarExpr read(Value operand, List<ScalarExpr> index) {
            read.add(element(operand, index));
            return new ScalarExpr.Variable(operand.toString(), operand.type().dtype());
        }

        private List<ScalarExpr> operandIndex(Reduce reduce, Node node, List<ScalarExpr> index) {
            TensorType operand = graph.operand(node, 0).type();
            List<ScalarExpr> at = new ArrayList<>();
            int result = 0;
            for (int axis = 0; axis < operand.rank(); axis++) {
                boolean reduced = reduce.axes().contains(axis);
                at.add(reduced ? summed(operand.dim(axis)) : index.get(result));
                result += reduced && !reduce.keepDims() ? 0 : 1;
            }
            ScalarExpr along =
                    tableAxes(graph.operand(node, 0)).stream().map(at::get).reduce(ScalarExpr.of(0), Provenance::plus);
            reduce.axes().forEach(axis -> at.set(axis, plus(at.get(axis), along)));
            return at;
        }

        private void product(Node node, Equation e, List<ScalarExpr> index) {
            Map<Character, ScalarExpr> left = letters(e, index);
            Map<Character, ScalarExpr> right = new HashMap<>(left);
            mapped(node, 1, e.columns(), left).forEach(left::put);
            mapped(node, 0, e.rows(), right).forEach(right::put);
            read(graph.operand(node, 0), at(e.left(), graph.operand(node, 0), left));
            read(graph.operand(node, 1), at(e.right(), graph.operand(node, 1), right));
        }

        /**
         * A product with a table of numbers takes positions to positions, as sums over all keys before do: the summed axis
         * then goes by the index of the result. One with weights takes features to features.
         */
        private Map<Character, ScalarExpr> mapped(
                Node node, int table, String results, Map<Character, ScalarExpr> letters) {
            Map<Character, ScalarExpr> mapped = new HashMap<>();
            if (dependence.isConstant(graph.operand(node, table).node())) {
                Equation e = ((SumOfProducts) node.op()).parsed();
                for (char c : e.summed().toCharArray()) {
                    Dim length = graph.operand(node, 0).type().dim(e.left().indexOf(c));
                    mapped.put(
                            c,
                            results.chars()
                                    .mapToObj(r -> letters.get((char) r))
                                    .reduce(summed(length), Provenance::plus));
                }
            }
            return mapped;
        }

        private List<ScalarExpr> at(String operand, Value value, Map<Character, ScalarExpr> letters) {
            List<ScalarExpr> at = new ArrayList<>();
            for (int n = 0; n < operand.length(); n++) {
                Dim length = value.type().dim(n);
                at.add(letters.computeIfAbsent(operand.charAt(n), c -> summed(length)));
            }
            return at;
        }

        private ScalarExpr summed(Dim length) {
            return ScalarExpr.of(Provenance.summed(summed++, length));
        }
    }

    /**
     * The axes that a table of numbers alone brings to an elementwise node. To sum it over others, as in {@code
     * sum(where(j <= m, s[.., new, :], 0.0), axis = -1)}, is a product with the table that is written out.
     */
    private List<Integer> tableAxes(Value value) {
        List<Integer> axes = new ArrayList<>();
        if (value.node().op() instanceof Elementwise) {
            int rank = value.type().rank();
            for (int n = 0; n < rank; n++) {
                int fromEnd = rank - n;
                boolean table = graph.operands(value.node()).stream()
                        .filter(v -> v.type().rank() >= fromEnd)
                        .filter(v -> !v.type().dim(v.type().rank() - fromEnd).is(1))
                        .allMatch(v -> dependence.isConstant(v.node()));
                if (table) {
                    axes.add(n);
                }
            }
        }
        return axes;
    }

    private static ScalarExpr plus(ScalarExpr a, ScalarExpr b) {
        return ScalarExpr.apply(ScalarFn.ADD, a, b);
    }

    private static Map<Character, ScalarExpr> letters(Equation e, List<ScalarExpr> index) {
        Map<Character, ScalarExpr> letters = new HashMap<>();
        for (int n = 0; n < index.size(); n++) {
            letters.put(e.result().charAt(n), index.get(n));
        }
        return letters;
    }
}
