package heddle.runtime.onnx.translate;

import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import java.util.ArrayList;
import java.util.List;

/** Shapes of results, as most operators make them. */
public final class Shapes {
    private Shapes() {}

    /** The shape of both broadcast together; lengths that must be the same become so. */
    public static Shape broadcast(NodeContext node, Shape a, Shape b) {
        int rank = Math.max(a.rank(), b.rank());
        List<Dim> dims = new ArrayList<>();
        for (int i = rank; i > 0; i--) {
            Dim x = i <= a.rank() ? a.dims().get(a.rank() - i) : Dim.ONE;
            Dim y = i <= b.rank() ? b.dims().get(b.rank() - i) : Dim.ONE;
            dims.add(x.is(1) ? y : y.is(1) ? x : node.unify(x, y));
        }
        return new Shape(dims);
    }

    /** An axis counted from the front. @throws UnsupportedNode when there is no such axis */
    public static int axis(long axis, int rank) {
        long fromFront = axis < 0 ? axis + rank : axis;
        if (fromFront < 0 || fromFront >= rank) {
            throw new UnsupportedNode("axis " + axis + " of a tensor of " + rank + " axes");
        }
        return (int) fromFront;
    }
}
