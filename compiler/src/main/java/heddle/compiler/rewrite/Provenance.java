package heddle.compiler.rewrite;

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
import heddle.compiler.tile.Axis;
import heddle.compiler.tile.IndexSimplifier;
import heddle.compiler.tile.ScalarExpr;
import heddle.compiler.tile.ScalarFn;
import heddle.compiler.type.Dim;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Follows an element back to the elements it is made of, not through pointwise operations alone as inlining does, but
 * through sums, softmax and products too. An axis that is summed over gets an index of its own.
 */
final class Provenance {
    /** Decides how far elements are followed. */
    @FunctionalInterface
    interface Visitor {
        /** Called once for each element that is read; whether to go on to what it is made of. */
        boolean visit(Value value, List<ScalarExpr> index);
    }

    private record Element(Value value, List<ScalarExpr> index) {}

    private final Graph graph;
    private final Dependence dependence;
    private final Visitor visitor;
    private final Set<Element> seen = new HashSet<>();
    private int summed;

    Provenance(Graph graph, Dependence dependence, Visitor visitor) {
        this.graph = graph;
        this.dependence = dependence;
        this.visitor = visitor;
    }

    void follow(Value value, List<ScalarExpr> index) {
        Element element =
                new Element(value, index.stream().map(IndexSimplifier::simplify).toList());
        if (!seen.add(element) || !visitor.visit(value, element.index)) {
            return;
        }
        Node node = value.node();
        switch (node.op()) {
            case Pointwise p -> p.at(element.index, new NodeOperands(graph, node, this::followed));
            case Reduce r -> follow(graph.operand(node, 0), operandIndex(r, node, element.index));
            case Softmax s -> follow(graph.operand(node, 0), element.index);
            case Contract c -> product(node, c.parsed(), element.index);
            default -> {}
        }
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

    private void product(Node node, Equation e, List<ScalarExpr> index) {
        Map<Character, ScalarExpr> left = letters(e, index);
        Map<Character, ScalarExpr> right = new HashMap<>(left);
        mapped(node, 1, e.columns(), left).forEach(left::put);
        mapped(node, 0, e.rows(), right).forEach(right::put);
        follow(graph.operand(node, 0), at(e.left(), graph.operand(node, 0), left));
        follow(graph.operand(node, 1), at(e.right(), graph.operand(node, 1), right));
    }

    private static Map<Character, ScalarExpr> letters(Equation e, List<ScalarExpr> index) {
        Map<Character, ScalarExpr> letters = new HashMap<>();
        for (int n = 0; n < index.size(); n++) {
            letters.put(e.result().charAt(n), index.get(n));
        }
        return letters;
    }

    /**
     * A product with a table of numbers takes positions to positions, as sums over all keys before do: the summed axis
     * then goes by the index of the result. One with weights takes features to features.
     */
    private Map<Character, ScalarExpr> mapped(
            Node node, int table, String results, Map<Character, ScalarExpr> letters) {
        Map<Character, ScalarExpr> mapped = new HashMap<>();
        if (dependence.isConstant(graph.operand(node, table).node())) {
            Equation e = ((Contract) node.op()).parsed();
            for (char c : e.summed().toCharArray()) {
                Dim length = graph.operand(node, 0).type().dim(e.left().indexOf(c));
                mapped.put(
                        c,
                        results.chars().mapToObj(r -> letters.get((char) r)).reduce(summed(length), Provenance::plus));
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
        return ScalarExpr.of(new Axis("sum" + summed++, length));
    }

    /** Follows an element that a pointwise operation asks for; what it makes of it does not matter. */
    private ScalarExpr followed(Value operand, List<ScalarExpr> index) {
        follow(operand, index);
        return new ScalarExpr.Variable(operand.toString(), operand.type().dtype());
    }
}
