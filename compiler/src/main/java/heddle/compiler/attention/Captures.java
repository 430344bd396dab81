package heddle.compiler.attention;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.ir.Value;
import heddle.compiler.op.FusedAttention;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The values that a fused node reads. Each is one of its operands. */
final class Captures {
    private final Map<Value, Buffer> buffers = new HashMap<>();
    private final Map<Buffer, Value> values = new HashMap<>();

    /** The element of {@code value}, which becomes an operand. */
    ScalarExpr element(Value value, List<ScalarExpr> index) {
        Buffer buffer = buffers.computeIfAbsent(value, v -> FusedAttention.operand(buffers.size(), v.type()));
        values.put(buffer, value);
        return new ScalarExpr.Element(
                buffer, IndexSimplifier.address(value.type().shape(), index));
    }

    /** The value that {@code buffer} stands for. */
    Value value(Buffer buffer) {
        return values.get(buffer);
    }
}
