package heddle.compiler.op;

import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.Op;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Map;

/** A tensor that is not computed: a run or the weight file gives it. */
public sealed interface Given extends Op permits Input, Weight {
    /** The name by which it is given. */
    String key();

    TensorType type();

    @Override
    default List<TensorType> infer(List<TensorType> operands) {
        Require.count(name(), operands, 0);
        return List.of(type());
    }

    /** @throws IllegalStateException always: its value is given to {@link Interpreter} */
    @Override
    default List<NdArray> evaluate(List<NdArray> operands, Map<String, Long> lengths) {
        throw new IllegalStateException("the " + name() + " " + key() + " has no value of its own");
    }
}
