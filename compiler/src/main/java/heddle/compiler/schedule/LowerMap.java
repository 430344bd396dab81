package heddle.compiler.schedule;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Inliner;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.schedule.partition.Region;
import heddle.compiler.tile.family.MapFamily;
import heddle.compiler.type.Dim;
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
            Dim length = shape.dim(i);
            Axis axis = new Axis("x" + i, length);
            if (!length.is(1)) {
                axes.add(axis);
            }
            index.add(IndexSimplifier.simplify(ScalarExpr.of(axis)));
        }
        Inliner inliner = new Inliner(graph, (v, at) -> v.equals(root) ? Optional.empty() : buffers.element(v, at));
        ScalarExpr body = inliner.at(root, index);
        return new MapFamily(axes, buffers.of(root).orElseThrow(), IndexSimplifier.address(shape, index), body);
    }
}
