package heddle.compiler.rule;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Op;
import heddle.compiler.op.layout.Expand;
import heddle.compiler.op.layout.Permute;
import heddle.compiler.op.layout.Reshape;
import heddle.compiler.op.layout.Slice;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A view that keeps the rows along an axis whole, and how it sees what has one element for each row.
 *
 * @param axis of what is viewed that the rows run along
 * @param op   the same view of a value that has a length of one there
 */
public record RowView(Node view, int axis, Op op) {
    /** @param axis of the view; empty when its rows are made of parts of others, and for views of other kinds */
    public static Optional<RowView> of(Graph graph, Node view, int axis) {
        ElementReference whole = ElementReference.in(view.value());
        ElementReference read = whole.operand(graph, 0);
        ScalarExpr along = whole.index().get(axis);
        Dim length = view.type().dim(axis);
        int from = read.index().indexOf(along);
        if (from < 0 || length.is(1) || !read.value().type().dim(from).equals(length)) {
            return Optional.empty();
        }
        Axis row = ((ScalarExpr.Index) along).axis();
        boolean isAlone = IntStream.range(0, read.index().size())
                .allMatch(n -> n == from || !ScalarExprs.reads(read.index().get(n), row));
        return isAlone ? op(view, axis).map(op -> new RowView(view, from, op)) : Optional.empty();
    }

    private static Optional<Op> op(Node view, int axis) {
        Shape shape = view.type().shape().with(axis, Dim.ONE);
        return switch (view.op()) {
            case Permute permute -> Optional.of(permute);
            case Reshape reshape -> Optional.of(new Reshape(shape));
            case Expand expand -> Optional.of(new Expand(shape));
            case Slice slice -> Optional.of(new Slice(slice.starts(), shape.dims(), slice.steps()));
            default -> Optional.empty();
        };
    }
}
