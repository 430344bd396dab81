package heddle.compiler.pass;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Pass;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Dropout;
import heddle.compiler.op.StopGradient;
import heddle.compiler.op.gradient.Anchor;
import heddle.compiler.op.gradient.FirstOrder;
import heddle.compiler.op.gradient.Gradient;
import java.util.List;
import java.util.Optional;

/**
 * Removes what says how gradients flow, once no more are taken, and dropout that drops nothing. A graph that asks for gradients
 * stays as it is.
 */
public record RemoveTrainingMarks() implements Pass {
    @Override
    public String name() {
        return "remove-training-marks";
    }

    @Override
    public Graph run(Graph graph) {
        boolean isTrained = Gradient.isAsked(graph);
        return isTrained
                ? graph
                : Rewriter.replace(
                        graph,
                        (node, rewriter) -> isMark(node, rewriter.operands(node))
                                ? Optional.of(rewriter.operands(node).getFirst())
                                : Optional.empty());
    }

    private static boolean isMark(Node node, List<Value> operands) {
        return switch (node.op()) {
            case StopGradient s -> true;
            case Anchor a -> true;
            case FirstOrder f -> true;
            case Dropout d -> operands.size() == 1;
            default -> false;
        };
    }
}
