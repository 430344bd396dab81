package heddle.compiler.recompute;

import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Cast;
import heddle.compiler.op.Contract;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Equation;
import heddle.compiler.op.Pointwise;
import heddle.compiler.op.attention.AttentionDefinition;
import heddle.compiler.op.attention.FusedAttention;
import heddle.compiler.op.layout.View;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Effort;
import heddle.compiler.type.Stored;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.SortedMap;

/**
 * What it costs to compute a node once more, in picoseconds. Only ratios matter: how many operations take the time of moving a
 * byte. They are of the same order on processors and devices.
 *
 * @param lengths the bound symbols
 */
record NodeCost(SortedMap<String, Long> lengths) {
    /** A core computes about 60 operations in a nanosecond where data is in its caches. */
    private static final double PICOSECONDS_AN_OPERATION = 1000.0 / 60;

    /** A core reads and writes about 8 bytes in a nanosecond. */
    private static final double PICOSECONDS_A_BYTE = 1000.0 / 8;

    private static final int TRANSCENDENTAL = 20;
    private static final int DIVISION = 4;

    /** Operations for each pair of query and key, beside its products: the score program and the exponential. */
    private static final int SOFTMAX = 20;

    /** The time to compute a node again. What is pointwise is computed where it is read, and moves nothing. */
    long again(Node node, List<Value> operands) {
        double operations = operations(node, operands) * PICOSECONDS_AN_OPERATION;
        if (node.op() instanceof Pointwise) {
            return Math.round(operations);
        }
        long bytes = 0;
        for (Value v : operands) {
            bytes += bytes(v.type());
        }
        for (TensorType t : node.results()) {
            bytes += bytes(t);
        }
        return Math.round(Math.max(operations, bytes * PICOSECONDS_A_BYTE));
    }

    /** The time to store a value and to read it back. */
    long keeping(TensorType type) {
        return Math.round(2 * bytes(type) * PICOSECONDS_A_BYTE);
    }

    long bytes(TensorType type) {
        return Stored.of(type.dtype()).bytes(type.shape().size().evaluate(lengths));
    }

    private double operations(Node node, List<Value> operands) {
        double elements = size(node.type());
        return switch (node.op()) {
            case Contract c -> 2 * product(c.parsed(), operands);
            case FusedAttention a -> attention(a.definition());
            case Elementwise e -> elements * of(e);
            case Cast c -> elements;
            case View v -> 0;
            case Pointwise p -> elements;
            default -> 4.0 * operands.stream().mapToDouble(v -> size(v.type())).sum();
        };
    }

    private double size(TensorType type) {
        return type.shape().size().evaluate(lengths);
    }

    private double product(Equation e, List<Value> operands) {
        double size = size(operands.getFirst().type());
        for (int axis = 0; axis < e.right().length(); axis++) {
            boolean isNew = e.left().indexOf(e.right().charAt(axis)) < 0;
            size *= isNew ? operands.get(1).type().dim(axis).evaluate(lengths) : 1;
        }
        return size;
    }

    private double attention(AttentionDefinition a) {
        double pairs = 1;
        for (Axis axis : a.rows()) {
            pairs *= axis.extent().evaluate(lengths);
        }
        double each = 2 * (a.d().extent().evaluate(lengths) + a.e().extent().evaluate(lengths)) + SOFTMAX;
        return pairs * a.j().extent().evaluate(lengths) * each;
    }

    private static int of(Elementwise e) {
        return switch (Effort.of(e.fn())) {
            case TRANSCENDENTAL -> TRANSCENDENTAL;
            case DIVISION -> DIVISION;
            case SIMPLE, ROUNDING -> 1;
        };
    }
}
