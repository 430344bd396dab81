package heddle.compiler.pack;

import heddle.compiler.ir.Node;
import heddle.compiler.ir.Op;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Cast;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.layout.Expand;
import heddle.compiler.op.layout.Iota;
import heddle.compiler.op.layout.Permute;
import heddle.compiler.op.layout.Reshape;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Positions counted from the beginning of a row. Two tokens of one text are as far from each other in a row as in the text, so
 * what depends on the distance alone, such as a window or a bias, is the same with them:
 *
 * <pre>
 * iota(N)[:, new] - iota(N)[new, :]   ⇒   the same, not positions[:, :, new] - positions[:, new, :]
 * </pre>
 *
 * It needs no input then, and indexes alone decide which blocks a window leaves empty.
 */
final class PackedPlaces {
    private static final Set<ScalarFn> DIFFERENCES =
            Set.of(ScalarFn.SUB, ScalarFn.EQ, ScalarFn.NE, ScalarFn.LT, ScalarFn.LE, ScalarFn.GT, ScalarFn.GE);

    /** These hold every position exactly. */
    private static final Set<DType> EXACT = Set.of(DType.I32, DType.I64, DType.F32, DType.F64);

    private final PackedValues values;

    PackedPlaces(PackedValues values) {
        this.values = values;
    }

    /** What a node computes of the distance of positions. */
    Optional<Value> difference(Node node, List<Tracked> operands) {
        boolean distance = node.op() instanceof Elementwise e
                && DIFFERENCES.contains(e.fn())
                && operands.stream().allMatch(t -> t.inRow().isPresent());
        return distance
                ? Optional.of(add(
                        node.op(),
                        node,
                        operands.get(0).inRow().get(),
                        operands.get(1).inRow().get()))
                : Optional.empty();
    }

    /** The positions, counted in the row, that a node makes of others. */
    Optional<Value> moved(Node node, List<Tracked> operands) {
        return switch (node.op()) {
            case Iota i -> i.length().equals(values.tokens()) ? Optional.of(add(i, node)) : Optional.empty();
            case Cast c -> EXACT.contains(node.type().dtype()) ? one(c, node, operands.getFirst()) : Optional.empty();
            case Permute p -> one(p, node, operands.getFirst());
            case Reshape r -> one(r, node, operands.getFirst());
            case Expand e -> one(e, node, operands.getFirst());
            case Elementwise e -> added(e, node, operands);
            default -> Optional.empty();
        };
    }

    private Optional<Value> one(Op op, Node node, Tracked x) {
        return x.inRow().map(v -> add(op, node, v));
    }

    /** Positions and a whole number. */
    private Optional<Value> added(Elementwise e, Node node, List<Tracked> operands) {
        boolean whole = node.type().dtype().isInt();
        boolean sum = e.fn() == ScalarFn.ADD || e.fn() == ScalarFn.SUB;
        if (!whole || !sum) {
            return Optional.empty();
        }
        Tracked left = operands.get(0);
        Tracked right = operands.get(1);
        if (left.inRow().isPresent() && isNumber(right)) {
            return Optional.of(add(e, node, left.inRow().get(), right.value()));
        }
        boolean behind =
                e.fn() == ScalarFn.ADD && isNumber(left) && right.inRow().isPresent();
        return behind ? Optional.of(add(e, node, left.value(), right.inRow().get())) : Optional.empty();
    }

    private static boolean isNumber(Tracked t) {
        return t.value().node().op() instanceof Constant c && c.isSplat();
    }

    private Value add(Op op, Node node, Value... operands) {
        return values.out().part(op, node.origin(), operands);
    }
}
