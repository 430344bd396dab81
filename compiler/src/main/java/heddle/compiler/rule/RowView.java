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
 * A view that keeps the rows along an axis whole.
 *
 * @param seen the axis of the view that the rows run along
 * @param axis that of what is viewed
 */
public record RowView(Node view, int seen, int axis) {
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
        boolean isKnown = view.op() instanceof Permute
                || view.op() instanceof Reshape
                || view.op() instanceof Expand
                || view.op() instanceof Slice;
        return isAlone && isKnown ? Optional.of(new RowView(view, axis, from)) : Optional.empty();
    }

    /** The same view of a value that has another length along the rows: that of a part of them, or one for one element of each. */
    public Op op(Dim length) {
        Shape shape = view.type().shape().with(seen, length);
        return switch (view.op()) {
            case Permute permute -> permute;
            case Expand expand -> new Expand(shape);
            case Slice slice -> new Slice(slice.starts(), shape.dims(), slice.steps());
            default -> new Reshape(shape);
        };
    }
}
