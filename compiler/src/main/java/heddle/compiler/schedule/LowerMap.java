package heddle.compiler.schedule;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Inliner;
import heddle.compiler.op.layout.Concat;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.schedule.partition.ChooseStored;
import heddle.compiler.schedule.partition.Region;
import heddle.compiler.tile.family.MapFamily;
import heddle.compiler.tile.family.MapPieces;
import heddle.compiler.type.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Lowers a pointwise value, together with everything that is computed in place for it, to a map. */
final class LowerMap {
    private LowerMap() {}

    static MapFamily of(Graph graph, Region region, Buffers buffers) {
        Value root = region.root().value();
        Shape shape = root.type().shape();
        List<Axis> axes = new ArrayList<>();
        List<ScalarExpr> index = new ArrayList<>();
        for (int i = 0; i < shape.rank(); i++) {
            Axis axis = axis(shape, i);
            if (!axis.extent().is(1)) {
                axes.add(axis);
            }
            index.add(IndexSimplifier.simplify(ScalarExpr.of(axis)));
        }
        Inliner inliner = new Inliner(graph, (v, at) -> v.equals(root) ? Optional.empty() : buffers.element(v, at));
        ScalarExpr body = inliner.at(root, index);
        return new MapFamily(axes, buffers.of(root).orElseThrow(), IndexSimplifier.address(shape, index), body);
    }

    private static Axis axis(Shape shape, int i) {
        return new Axis("x" + i, shape.dim(i));
    }

    /** Where the parts of a node lie, if it is a joined tensor. */
    static Optional<MapPieces.Joined> joined(Graph graph, Node node) {
        if (!ChooseStored.isJoinedInParts(graph, node)) {
            return Optional.empty();
        }
        int axis = ((Concat) node.op()).axis();
        return Optional.of(new MapPieces.Joined(
                axis(node.type().shape(), axis),
                graph.operands(node).stream().map(v -> v.type().dim(axis)).toList()));
    }
}
