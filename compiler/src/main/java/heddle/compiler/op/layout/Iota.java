package heddle.compiler.op.layout;

import heddle.compiler.ir.LengthCondition;
import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.Op;
import heddle.compiler.ir.OpCategory;
import heddle.compiler.op.Pointwise;
import heddle.compiler.op.Require;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The numbers 0, 1, … up to {@code length}, exclusive, as {@code i64[length]}. */
public record Iota(Dim length) implements Pointwise {
    @Override
    public String name() {
        return "iota";
    }

    @Override
    public OpCategory category() {
        return OpCategory.CONSTANT;
    }

    @Override
    public Map<String, Object> attributes() {
        return Map.of("length", length);
    }

    @Override
    public List<TensorType> infer(List<TensorType> operands) {
        Require.count(name(), operands, 0);
        TensorType type = new TensorType(DType.I64, Shape.of(length));
        Require.notNegative(name(), length, "length", type);
        return List.of(type);
    }

    @Override
    public List<LengthCondition> conditions(List<TensorType> operands) {
        return List.of(new LengthCondition(length, "iota has the negative length " + length));
    }

    @Override
    public Op bind(Map<String, Dim> bindings) {
        return new Iota(length.bind(bindings));
    }

    @Override
    public List<NdArray> evaluate(List<NdArray> operands, Map<String, Long> lengths) {
        NdArray result = NdArray.zeros(DType.I64, length.evaluate(lengths));
        Arrays.setAll(result.data(), i -> i);
        return List.of(result);
    }

    @Override
    public ScalarExpr at(List<ScalarExpr> index, Operands operands) {
        return index.getFirst();
    }
}
