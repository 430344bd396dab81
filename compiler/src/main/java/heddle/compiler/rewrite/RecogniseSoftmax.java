package heddle.compiler.rewrite;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Pass;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Inliner;
import heddle.compiler.op.Pointwise;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.Softmax;
import heddle.compiler.tile.Axis;
import heddle.compiler.tile.IndexSimplifier;
import heddle.compiler.tile.Reduction;
import heddle.compiler.tile.ScalarExpr;
import heddle.compiler.tile.ScalarFn;
import heddle.compiler.type.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes a softmax of one that is written out, with or without the shift by the maximum, and takes off a shift by the
 * maximum that softmax makes itself.
 *
 * <pre>
 * exp(x) / sum(exp(x))                     → softmax(x)
 * exp(x) * (1 / sum(exp(x)))               → softmax(x)
 * exp(x - max(x)) / sum(exp(x - max(x)))   → softmax(x)
 * softmax(x - max(x))                      → softmax(x)
 * </pre>
 *
 * The sum and the maximum may reach the division through any views. Where the written form overflows, or divides zero
 * by zero because a row is minus infinity throughout, softmax has the value that was meant.
 */
public record RecogniseSoftmax() implements Pass {
    @Override
    public String name() {
        return "recognise-softmax";
    }

    @Override
    public Graph run(Graph graph) {
        Rewriter rewriter = new Rewriter(graph);
        boolean changed = false;
        for (Node node : graph.nodes()) {
            Optional<Match> match = match(graph, node);
            if (match.isPresent()) {
                Value x = rewriter.get(match.get().operand);
                rewriter.replace(node, List.of(rewriter.out().value(match.get().softmax, node.origin(), x)));
                changed = true;
            } else {
                rewriter.copy(node);
            }
        }
        return changed ? rewriter.finish() : graph;
    }

    private record Match(Softmax softmax, Value operand) {}

    private static Optional<Match> match(Graph graph, Node node) {
        if (node.op() instanceof Softmax softmax) {
            return unshifted(graph, graph.operand(node, 0), softmax.axis()).map(x -> new Match(softmax, x));
        }
        if (isFn(node, ScalarFn.DIV)) {
            return written(graph, node, graph.operand(node, 0), graph.operand(node, 1));
        }
        if (isFn(node, ScalarFn.MUL)) {
            Value first = graph.operand(node, 0);
            Value last = graph.operand(node, 1);
            return reciprocal(graph, last)
                    .flatMap(sum -> written(graph, node, first, sum))
                    .or(() -> reciprocal(graph, first).flatMap(sum -> written(graph, node, last, sum)));
        }
        return Optional.empty();
    }

    /** The x of {@code 1 / x}. */
    private static Optional<Value> reciprocal(Graph graph, Value value) {
        if (!isFn(value.node(), ScalarFn.DIV)) {
            return Optional.empty();
        }
        boolean one = graph.operand(value.node(), 0).node().op() instanceof Constant c
                && c.isSplat()
                && c.values().getFirst().doubleValue() == 1;
        Value x = graph.operand(value.node(), 1);
        return one && x.type().equals(value.type()) ? Optional.of(x) : Optional.empty();
    }

    private static Optional<Match> written(Graph graph, Node node, Value exp, Value sum) {
        if (!isFn(exp.node(), ScalarFn.EXP) || !exp.type().equals(node.type())) {
            return Optional.empty();
        }
        return reducedAlong(graph, sum, exp, Reduction.SUM).map(axis -> {
            Value y = graph.operand(exp.node(), 0);
            return new Match(new Softmax(axis), unshifted(graph, y, axis).orElse(y));
        });
    }

    /** The x of {@code x - max(x)}. */
    private static Optional<Value> unshifted(Graph graph, Value value, int axis) {
        if (!isFn(value.node(), ScalarFn.SUB)) {
            return Optional.empty();
        }
        Value x = graph.operand(value.node(), 0);
        return x.type().equals(value.type())
                        && reducedAlong(graph, graph.operand(value.node(), 1), x, Reduction.MAX)
                                .filter(a -> a == axis)
                                .isPresent()
                ? Optional.of(x)
                : Optional.empty();
    }

    /** The axis along which {@code value}, broadcast to the shape of {@code x}, is a reduction of {@code x}. */
    private static Optional<Integer> reducedAlong(Graph graph, Value value, Value x, Reduction kind) {
        Shape shape = x.type().shape();
        List<ScalarExpr> index = new ArrayList<>();
        for (int i = 0; i < shape.rank(); i++) {
            index.add(IndexSimplifier.simplify(ScalarExpr.of(new Axis("x" + i, shape.dim(i)))));
        }
        int missing = shape.rank() - value.type().rank();
        List<ScalarExpr> at = new ArrayList<>();
        for (int i = 0; i < value.type().rank(); i++) {
            at.add(value.type().dim(i).is(1) ? ScalarExpr.of(0) : index.get(i + missing));
        }
        List<Integer> axes = new ArrayList<>();
        Inliner inliner = new Inliner(graph, (v, where) -> {
            if (v.node().op() instanceof Reduce r
                    && r.kind() == kind
                    && r.axes().size() == 1
                    && graph.operand(v.node(), 0).equals(x)
                    && where.equals(rowIndex(index, r))) {
                axes.add(r.axes().getFirst());
                return Optional.of(new ScalarExpr.Variable("row", v.type().dtype()));
            }
            boolean view = v.node().op() instanceof Pointwise p && p.isView();
            return view
                    ? Optional.empty()
                    : Optional.of(new ScalarExpr.Variable("other", v.type().dtype()));
        });
        boolean isRow = inliner.at(value, at) instanceof ScalarExpr.Variable v
                && v.name().equals("row");
        return isRow ? Optional.of(axes.getFirst()) : Optional.empty();
    }

    private static List<ScalarExpr> rowIndex(List<ScalarExpr> index, Reduce reduce) {
        int axis = reduce.axes().getFirst();
        List<ScalarExpr> row = new ArrayList<>(index);
        row.remove(axis);
        if (reduce.keepDims()) {
            row.add(axis, ScalarExpr.of(0));
        }
        return row;
    }

    private static boolean isFn(Node node, ScalarFn fn) {
        return node.op() instanceof Elementwise e && e.fn() == fn;
    }
}
