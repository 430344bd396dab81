package heddle.compiler.attention;

import heddle.compiler.ir.Value;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.UnaryOperator;

/** The values that the programs of a fused node read. */
final class Captures {
    private final List<Value> values = new ArrayList<>();
    private final Map<Value, Integer> slots = new HashMap<>();

    /** The element of {@code value}, which becomes an operand. */
    ScalarExpr.Read element(Value value, List<ScalarExpr> index) {
        int slot = slots.computeIfAbsent(value, v -> {
            values.add(v);
            return values.size() - 1;
        });
        return new ScalarExpr.Read(slot, value.type(), index);
    }

    /** The value that is read. */
    Value value(ScalarExpr.Read read) {
        return values.get(read.slot());
    }

    /**
     * The values that programs read, in the order in which they first do.
     *
     * @param slots the place of each among them, by the slot that programs have for it
     */
    record Used(List<Value> operands, Map<Integer, Integer> slots) {
        /** Gives what a program reads the slots of the operands. */
        UnaryOperator<ScalarExpr> renumbering() {
            return program -> ScalarExprs.transform(
                    program,
                    x -> x instanceof ScalarExpr.Read r
                            ? new ScalarExpr.Read(slots.get(r.slot()), r.tensor(), r.index())
                            : x);
        }
    }

    /** What some programs use of these. */
    Used used(List<ScalarExpr> programs) {
        SequencedMap<Integer, Integer> used = new LinkedHashMap<>();
        programs.forEach(program -> ScalarExprs.visit(program, x -> {
            if (x instanceof ScalarExpr.Read r) {
                used.putIfAbsent(r.slot(), used.size());
            }
        }));
        return new Used(used.keySet().stream().map(values::get).toList(), used);
    }
}
