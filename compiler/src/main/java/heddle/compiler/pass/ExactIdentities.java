package heddle.compiler.pass;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Elementwise;
import heddle.compiler.scalar.ScalarFn;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Elementwise operations that return one operand unchanged, whatever it holds, including NaN, infinities and both
 * zeros: {@code x * 1}, {@code x / 1}, {@code x - 0}, {@code x + -0.0} (but not {@code x + 0.0} of floats, which makes
 * -0.0 positive), {@code pow(x, 1)}, {@code floor_div(x, 1)} of integers, {@code x and true}, {@code x or false},
 * {@code not not x}, {@code -(-x)} and selections by a constant condition. {@code x * 0} stays: it is NaN for an
 * infinite x. The operand must have the result's shape.
 */
final class ExactIdentities {
    private ExactIdentities() {}

    /** The operand that {@code node} returns. */
    static Optional<Value> operand(Node node, List<Value> operands, Graph.Builder out) {
        if (!(node.op() instanceof Elementwise e)) {
            return Optional.empty();
        }
        return candidate(e.fn(), operands, out).filter(v -> v.type().equals(node.type()));
    }

    private static Optional<Value> candidate(ScalarFn fn, List<Value> operands, Graph.Builder out) {
        Value first = operands.getFirst();
        Value last = operands.getLast();
        return switch (fn) {
            case ADD, MUL, AND, OR -> {
                double neutral = neutral(fn, first);
                yield is(last, neutral)
                        ? Optional.of(first)
                        : is(first, neutral) ? Optional.of(last) : Optional.empty();
            }
            case SUB -> is(last, 0.0) ? Optional.of(first) : Optional.empty();
            case DIV, POW -> is(last, 1.0) ? Optional.of(first) : Optional.empty();
            case FLOOR_DIV -> is(last, 1.0) && first.type().dtype().isInt() ? Optional.of(first) : Optional.empty();
            case NOT, NEG -> undone(fn, first, out);
            case SELECT -> selected(operands);
            default -> Optional.empty();
        };
    }

    private static double neutral(ScalarFn fn, Value operand) {
        return switch (fn) {
            case ADD -> operand.type().dtype().isFloat() ? -0.0 : 0.0;
            case MUL, AND -> 1;
            default -> 0;
        };
    }

    private static Optional<Value> undone(ScalarFn fn, Value operand, Graph.Builder out) {
        return operand.node().op().equals(new Elementwise(fn))
                ? Optional.of(out.operands(operand.node()).getFirst())
                : Optional.empty();
    }

    private static Optional<Value> selected(List<Value> operands) {
        OptionalDouble condition = splat(operands.getFirst());
        return condition.isEmpty() ? Optional.empty() : Optional.of(operands.get(condition.getAsDouble() != 0 ? 1 : 2));
    }

    /** Whether every element is {@code expected}, the sign of zero included. */
    private static boolean is(Value value, double expected) {
        OptionalDouble v = splat(value);
        return v.isPresent() && Double.compare(v.getAsDouble(), expected) == 0;
    }

    private static OptionalDouble splat(Value value) {
        return value.node().op() instanceof Constant c && c.isSplat()
                ? OptionalDouble.of(c.values().getFirst().doubleValue())
                : OptionalDouble.empty();
    }
}
