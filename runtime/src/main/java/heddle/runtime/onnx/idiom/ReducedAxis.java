package heddle.runtime.onnx.idiom;

import heddle.runtime.onnx.OnnxAttribute;
import heddle.runtime.onnx.OnnxNode;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reductions along one axis. Older files have the axes in an attribute, newer ones in an operand. */
final class ReducedAxis {
    private ReducedAxis() {}

    /** Binds {@code axis} where the node keeps one reduced axis. */
    static Stream<Match> oneAxis(OnnxNode node, Match before) {
        boolean keeps =
                node.attribute("keepdims").map(new OnnxAttribute.Int(1)::equals).orElse(true);
        return keeps
                ? axes(node, before.index()).filter(axes -> axes.size() == 1).stream()
                        .flatMap(axes -> Pattern.bind("axis", axes.getFirst(), before))
                : Stream.empty();
    }

    private static Optional<List<Long>> axes(OnnxNode node, NodeIndex index) {
        if (node.inputs().size() > 1) {
            return index.wholes(node.inputs().get(1));
        }
        return node.attribute("axes")
                .filter(OnnxAttribute.Ints.class::isInstance)
                .map(axes -> ((OnnxAttribute.Ints) axes).values());
    }
}
