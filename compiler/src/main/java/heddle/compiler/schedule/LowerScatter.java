package heddle.compiler.schedule;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.op.Inliner;
import heddle.compiler.op.layout.Gather;
import heddle.compiler.op.layout.Scatter;
import heddle.compiler.op.layout.ScatterOp;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.tile.family.RowFamily;
import heddle.compiler.tile.family.ScatterFamily;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Lowers operations that add elements at indexes, or combine them otherwise. */
final class LowerScatter {
    private final Graph graph;
    private final Node node;
    private final Buffers buffers;
    private final int axis;
    private final Reduction kind;
    private final List<Axis> owners = new ArrayList<>();
    private final Axis position;

    /** Where the elements that are added lie, and where their indexes do. */
    private final List<ScalarExpr> source = new ArrayList<>();

    private final List<ScalarExpr> index;

    private LowerScatter(Graph graph, Node node, Buffers buffers) {
        this.graph = graph;
        this.node = node;
        this.buffers = buffers;
        TensorType indexes = graph.operand(node, 1).type();
        Shape result = node.type().shape();
        ScatterOp op = (ScatterOp) node.op();
        boolean shared = op instanceof Scatter;
        this.axis = op.axis();
        this.kind = op.kind();
        this.position = new Axis("p", shared ? indexes.shape().size() : indexes.dim(axis));
        List<ScalarExpr> ofIndex = new ArrayList<>();
        for (int i = 0; i < result.rank(); i++) {
            if (i != axis) {
                source.add(owner(i, result.dim(i)));
                ofIndex.add(source.getLast());
            } else if (shared) {
                ofIndex.addAll(IndexSimplifier.index(indexes.shape(), ScalarExpr.of(position)));
                source.addAll(ofIndex.subList(axis, ofIndex.size()));
            } else {
                source.add(ScalarExpr.of(position));
                ofIndex.add(source.getLast());
            }
        }
        this.index = shared ? ofIndex.subList(axis, axis + indexes.rank()) : ofIndex;
    }

    private ScalarExpr owner(int number, Dim length) {
        Axis owner = new Axis("x" + number, length);
        if (!length.is(1)) {
            owners.add(owner);
        }
        return IndexSimplifier.simplify(ScalarExpr.of(owner));
    }

    /** Each element is added to where it belongs. */
    static ScatterFamily of(Graph graph, Node node, Buffers buffers) {
        LowerScatter lower = new LowerScatter(graph, node, buffers);
        return new ScatterFamily(
                lower.owners,
                lower.position,
                buffers.of(node.value()).orElseThrow(),
                lower.address(lower.slot()),
                lower.element(),
                lower.kind);
    }

    /** Each result looks for what belongs to it, for targets that do not add to memory: more work, and no less exact. */
    static RowFamily sums(Graph graph, Node node, Buffers buffers) {
        LowerScatter lower = new LowerScatter(graph, node, buffers);
        Axis slot = new Axis("slot", node.type().dim(lower.axis));
        List<Axis> rows = new ArrayList<>(lower.owners);
        rows.add(slot);
        ScalarExpr element = lower.element();
        ScalarExpr own = ScalarExpr.apply(
                ScalarFn.SELECT,
                ScalarExpr.apply(ScalarFn.EQ, lower.slot(), ScalarExpr.of(slot)),
                element,
                ScalarExprs.neutral(lower.kind, element.type()));
        ScalarExpr.Variable sum = new ScalarExpr.Variable("sum", element.type());
        return new RowFamily(
                rows,
                lower.position,
                List.of(new RowFamily.Step(sum, Optional.of(lower.kind), own)),
                List.of(new RowFamily.Write(
                        buffers.of(node.value()).orElseThrow(), false, lower.address(ScalarExpr.of(slot)), sum)));
    }

    private ScalarExpr element() {
        return operand(0, source);
    }

    /** The index along the axis that the result is summed at. */
    private ScalarExpr slot() {
        return Gather.clamp(operand(1, index), node.type().dim(axis));
    }

    /** An operand's element: of its buffer, or a number where all elements are one and none is stored. */
    private ScalarExpr operand(int number, List<ScalarExpr> at) {
        return new Inliner(graph, buffers::element).at(graph.operand(node, number), at);
    }

    private ScalarExpr address(ScalarExpr slot) {
        List<ScalarExpr> at = new ArrayList<>();
        int owner = 0;
        for (int i = 0; i < node.type().rank(); i++) {
            boolean isSingle = node.type().dim(i).is(1);
            at.add(i == axis ? slot : isSingle ? ScalarExpr.of(0) : ScalarExpr.of(owners.get(owner++)));
        }
        return IndexSimplifier.address(node.type().shape(), at);
    }
}
