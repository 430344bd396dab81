package heddle.compiler.layout;

import heddle.compiler.ir.Value;
import heddle.compiler.op.attention.AttentionDefinition;
import heddle.compiler.op.attention.AttentionResult;
import heddle.compiler.op.attention.FusedAttention;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.UnaryOperator;

/** The values that the programs of a fused node read. */
public final class CapturedValues {
    private final List<Value> values = new ArrayList<>();
    private final Map<Value, Integer> slots = new HashMap<>();

    /** The element of {@code value}, which becomes an operand. */
    public ScalarExpr.Read element(Value value, List<ScalarExpr> index) {
        int slot = slots.computeIfAbsent(value, v -> {
            values.add(v);
            return values.size() - 1;
        });
        return new ScalarExpr.Read(slot, value.type(), index);
    }

    /** The value that is read. */
    public Value value(ScalarExpr.Read read) {
        return values.get(read.slot());
    }

    /** An attention of programs that read these. Its operands are those that they do read, in the order in which they first do. */
    public AttentionCall call(AttentionDefinition definition, List<AttentionResult> results) {
        Numbered numbered = numbered(definition.programs());
        return new AttentionCall(
                new FusedAttention(numbered.types(), definition.map(numbered.change), results), numbered.operands);
    }

    /**
     * The operands that programs do read, in the order in which they first do.
     *
     * @param change numbers the reads of a program anew
     */
    record Numbered(List<Value> operands, UnaryOperator<ScalarExpr> change) {
        List<TensorType> types() {
            return operands.stream().map(Value::type).toList();
        }
    }

    /** Those of some programs. What only others read has no number any more. */
    Numbered numbered(List<ScalarExpr> programs) {
        SequencedMap<Integer, Integer> used = new LinkedHashMap<>();
        programs.forEach(program -> ScalarExprs.visit(program, x -> {
            if (x instanceof ScalarExpr.Read r) {
                used.putIfAbsent(r.slot(), used.size());
            }
        }));
        return new Numbered(
                used.keySet().stream().map(values::get).toList(),
                program -> ScalarExprs.transform(
                        program,
                        x -> x instanceof ScalarExpr.Read r
                                ? new ScalarExpr.Read(used.get(r.slot()), r.tensor(), r.index())
                                : x));
    }
}
