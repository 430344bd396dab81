package heddle.compiler.layout;

import heddle.compiler.ir.Value;
import heddle.compiler.op.attention.FusedAttention;
import java.util.List;

/** A fused attention and the values that it reads, by slot. */
public record AttentionCall(FusedAttention op, List<Value> operands) {
    public AttentionCall {
        operands = List.copyOf(operands);
    }
}
