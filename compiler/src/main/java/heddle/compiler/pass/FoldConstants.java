package heddle.compiler.pass;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Op;
import heddle.compiler.ir.Pass;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Cast;
import heddle.compiler.op.Combining;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Given;
import heddle.compiler.op.Length;
import heddle.compiler.op.layout.Expand;
import heddle.compiler.op.layout.Permute;
import heddle.compiler.op.layout.Reshape;
import heddle.compiler.op.layout.Slice;
import heddle.compiler.scalar.ScalarMath;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Computes values that are known at compile time.
 *
 * <pre>
 * %1 = constant {values = [32.0]} : f32[]
 * %2 = sqrt(%1) : f32[]                       ⇒    constant {values = [5.656854]} : f32[]
 * </pre>
 *
 * Constants of one value fold at any shape, others up to {@link #LIMIT} elements. Each result is rounded to its type,
 * as a run would round it. Iotas do not fold, because attention skips blocks of masks made from iotas, and cannot do so
 * for a table of numbers. A tensor that is known to have no elements is a constant, and so is a sum over none. {@link
 * ExactIdentities} lists the elementwise operations that are removed because they return an operand bit for bit.
 */
public record FoldConstants() implements Pass {
    /** The maximum number of elements of a folded constant and of its operands. */
    public static final int LIMIT = 4096;

    /** Operations that do the same to every element. */
    private static final Set<Class<? extends Op>> MAPS = Set.of(Elementwise.class, Cast.class);

    /** Operations that only move elements. */
    private static final Set<Class<? extends Op>> VIEWS =
            Set.of(Reshape.class, Expand.class, Permute.class, Slice.class);

    @Override
    public String name() {
        return "fold-constants";
    }

    @Override
    public Graph run(Graph graph) {
        return Rewriter.rewrite(
                graph,
                (node, operands, out) -> withoutElements(node, operands)
                        .or(() -> folded(node, operands))
                        .map(c -> List.of(out.value(c, node.origin())))
                        .or(() -> ExactIdentities.operand(node, operands, out).map(List::of)));
    }

    /** Values with no elements, and reductions of none. So kernels never have axes that are known to be empty. */
    private static Optional<Constant> withoutElements(Node node, List<Value> operands) {
        boolean given = node.op() instanceof Given;
        if (given || node.results().size() > 1) {
            return Optional.empty();
        }
        if (isEmpty(node.type())) {
            return Optional.of(Constant.splat(node.type(), 0));
        }
        if (operands.stream().noneMatch(v -> isEmpty(v.type()))) {
            return Optional.empty();
        }
        return node.op() instanceof Combining c
                ? Optional.of(Constant.splat(
                        node.type(), ScalarMath.neutral(c.kind(), node.type().dtype())))
                : Optional.empty();
    }

    private static boolean isEmpty(TensorType type) {
        return type.shape().dims().stream().anyMatch(d -> d.is(0));
    }

    private static Optional<Constant> folded(Node node, List<Value> operands) {
        Class<? extends Op> kind = node.op().getClass();
        if (node.op() instanceof Length length && length.dim().isKnown()) {
            return Optional.of(evaluated(node, List.of()));
        }
        boolean foldable = MAPS.contains(kind) || VIEWS.contains(kind) || node.op() instanceof Combining;
        if (!foldable || !operands.stream().allMatch(v -> v.node().op() instanceof Constant)) {
            return Optional.empty();
        }
        List<Constant> constants =
                operands.stream().map(v -> (Constant) v.node().op()).toList();
        if (node.op() instanceof Combining || !constants.stream().allMatch(Constant::isSplat)) {
            return small(node, constants);
        }
        return Optional.of(
                MAPS.contains(kind)
                        ? splat(node, constants)
                        : new Constant(node.type(), constants.getFirst().values()));
    }

    /** One element computed for all. */
    private static Constant splat(Node node, List<Constant> constants) {
        List<NdArray> scalars = constants.stream()
                .map(c -> NdArray.scalar(c.type().dtype(), c.values().getFirst().doubleValue()))
                .toList();
        double value = node.op().evaluate(scalars, Map.of()).getFirst().data()[0];
        return Constant.splat(node.type(), value);
    }

    private static Optional<Constant> small(Node node, List<Constant> constants) {
        if (!isSmall(node.type()) || !constants.stream().allMatch(c -> isSmall(c.type()))) {
            return Optional.empty();
        }
        List<NdArray> operands = constants.stream()
                .map(c -> c.evaluate(List.of(), Map.of()).getFirst())
                .toList();
        return Optional.of(evaluated(node, operands));
    }

    private static boolean isSmall(TensorType type) {
        return type.shape().isKnown() && type.shape().size().value() <= LIMIT;
    }

    private static Constant evaluated(Node node, List<NdArray> operands) {
        return Constant.of(node.type(), node.op().evaluate(operands, Map.of()).getFirst());
    }
}
