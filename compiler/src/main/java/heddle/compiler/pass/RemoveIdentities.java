package heddle.compiler.pass;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Pass;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Cast;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.layout.Concat;
import heddle.compiler.op.layout.Expand;
import heddle.compiler.op.layout.Pad;
import heddle.compiler.op.layout.Permute;
import heddle.compiler.op.layout.Reshape;
import heddle.compiler.op.layout.Slice;
import heddle.compiler.type.Dim;
import java.util.List;
import java.util.Optional;

/**
 * Removes operations that return their operand: casts to the same type, reshapes and expands to the same shape, permutes in
 * the same order, whole slices, empty margins, concatenations of one tensor, reductions over no axes.
 */
public record RemoveIdentities() implements Pass {
    @Override
    public String name() {
        return "remove-identities";
    }

    @Override
    public Graph run(Graph graph) {
        return Rewriter.rewrite(
                graph,
                (node, operands, out) ->
                        isIdentity(node, operands) ? Optional.of(List.of(operands.getFirst())) : Optional.empty());
    }

    private static boolean isIdentity(Node node, List<Value> operands) {
        if (operands.size() != 1 || !operands.getFirst().type().equals(node.type())) {
            return false;
        }
        return switch (node.op()) {
            // The types are equal, which leaves these nothing to do.
            case Cast c -> true;
            case Reshape r -> true;
            case Expand e -> true;
            case Concat c -> true;
            case Pad p -> true;
            case Permute p -> p.order().equals(p.order().stream().sorted().toList());
            case Slice s ->
                s.starts().stream().allMatch(Dim::isZero) && s.steps().stream().allMatch(step -> step == 1);
            case Reduce r -> r.axes().isEmpty();
            default -> false;
        };
    }
}
