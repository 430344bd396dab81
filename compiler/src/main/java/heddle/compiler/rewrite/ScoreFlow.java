package heddle.compiler.rewrite;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Contract;
import heddle.compiler.op.Equation;
import heddle.compiler.op.Softmax;
import heddle.compiler.tile.Axis;
import heddle.compiler.tile.ScalarExpr;
import heddle.compiler.tile.ScalarExprs;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The way of a matrix from the product it comes from to a product that sums over one of its axes and keeps the other:
 * what makes a piece of a model look like attention, whatever is done to the matrix in between.
 *
 * <p>One axis of the matrix belongs to each factor of its product. A layer of a network is none: its factor is a weight,
 * and the axis of the result is the weight's.
 *
 * @param scores  the first product
 * @param values  the second
 * @param between what lies between them, in graph order
 * @param keys    the axes of the scores that the second product sums over
 * @param queries the axes of the scores of the other factor
 */
record ScoreFlow(Node scores, Node values, SequencedSet<Node> between, Set<Integer> keys, Set<Integer> queries) {
    /** Every such way in a graph that ends at another product, the last first product of each. */
    static List<ScoreFlow> in(Graph graph, Dependence dependence) {
        List<ScoreFlow> flows = new ArrayList<>();
        for (Node node : graph.nodes()) {
            if (isProductOfComputed(graph, node, dependence)) {
                new Search(graph, dependence, node).run().ifPresent(flows::add);
            }
        }
        return flows;
    }

    /** Whether a node is a product of two tensors that both change from run to run. */
    static boolean isProductOfComputed(Graph graph, Node node, Dependence dependence) {
        return node.op() instanceof Contract
                && graph.operands(node).stream().allMatch(v -> dependence.varies(v.node()));
    }

    /** The first softmax on the way. */
    Optional<Node> softmax() {
        return between.stream().filter(n -> n.op() instanceof Softmax).findFirst();
    }

    /** The search from one second product. */
    private static final class Search {
        private final Graph graph;
        private final Dependence dependence;
        private final Node values;
        private final Equation equation;
        private final Map<Character, Axis> axes = new HashMap<>();
        private final List<ScoreFlow> found = new ArrayList<>();

        Search(Graph graph, Dependence dependence, Node values) {
            this.graph = graph;
            this.dependence = dependence;
            this.values = values;
            this.equation = ((Contract) values.op()).parsed();
            name(equation.left(), graph.operand(values, 0));
            name(equation.right(), graph.operand(values, 1));
        }

        private void name(String letters, Value operand) {
            for (int n = 0; n < letters.length(); n++) {
                char c = letters.charAt(n);
                axes.put(c, new Axis(String.valueOf(c), operand.type().dim(n)));
            }
        }

        Optional<ScoreFlow> run() {
            follow(0, equation.left(), equation.rows());
            follow(1, equation.right(), equation.columns());
            return found.stream()
                    .max(Comparator.comparing((ScoreFlow f) -> isProductOfComputed(graph, f.scores, dependence))
                            .thenComparing(f -> f.scores.id()));
        }

        /** @param own the letters that only this operand brings to the result */
        private void follow(int slot, String letters, String own) {
            Value operand = graph.operand(values, slot);
            new Provenance(graph, dependence, (value, index) -> {
                        if (index.stream().noneMatch(this::isSummed) || !dependence.varies(value.node())) {
                            return false;
                        }
                        if (value.node().op() instanceof Contract) {
                            flow(value.node(), operand, index, own).ifPresent(found::add);
                        }
                        return !isProductOfComputed(graph, value.node(), dependence);
                    })
                    .follow(
                            operand,
                            letters.chars()
                                    .mapToObj(c -> ScalarExpr.of(axes.get((char) c)))
                                    .toList());
        }

        private boolean isSummed(ScalarExpr index) {
            return equation.summed().chars().anyMatch(c -> ScalarExprs.reads(index, axes.get((char) c)));
        }

        private boolean isKept(ScalarExpr index, String letters) {
            return letters.chars().anyMatch(c -> ScalarExprs.reads(index, axes.get((char) c)));
        }

        private Optional<ScoreFlow> flow(Node scores, Value to, List<ScalarExpr> index, String own) {
            Equation e = ((Contract) scores.op()).parsed();
            Set<Integer> rows = positions(e, e.rows());
            Set<Integer> columns = positions(e, e.columns());
            boolean rowsAreKeys = rows.stream().anyMatch(n -> isSummed(index.get(n)));
            Set<Integer> keys = rowsAreKeys ? rows : columns;
            Set<Integer> queries = rowsAreKeys ? columns : rows;
            boolean computed = isProductOfComputed(graph, scores, dependence);
            Predicate<Integer> kept = n -> isKept(index.get(n), computed ? equation.result() : own);
            if (keys.stream().noneMatch(n -> isSummed(index.get(n)))
                    || !(computed && queries.isEmpty() || queries.stream().anyMatch(kept))) {
                return Optional.empty();
            }
            SequencedSet<Node> between = new TreeSet<>(Comparator.comparingInt(Node::id));
            collect(to.node(), scores, between, new HashMap<>());
            // A weight makes keys of its own only where softmax says that they are keys.
            return Optional.of(new ScoreFlow(scores, values, between, keys, queries))
                    .filter(flow -> computed || flow.softmax().isPresent());
        }

        private static Set<Integer> positions(Equation e, String letters) {
            Set<Integer> positions = new TreeSet<>();
            letters.chars().forEach(c -> positions.add(e.result().indexOf(c)));
            return positions;
        }

        /** Adds what lies between {@code scores} and {@code node}, which is added when it depends on the scores. */
        private boolean collect(Node node, Node scores, Set<Node> between, Map<Node, Boolean> known) {
            if (node.id() <= scores.id()) {
                return node == scores;
            }
            Boolean before = known.get(node);
            if (before != null) {
                return before;
            }
            boolean depends = false;
            for (Value operand : graph.operands(node)) {
                depends |= collect(operand.node(), scores, between, known);
            }
            if (depends) {
                between.add(node);
            }
            known.put(node, depends);
            return depends;
        }
    }
}
