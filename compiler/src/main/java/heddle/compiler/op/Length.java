package heddle.compiler.op;

import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.Op;
import heddle.compiler.ir.OpCategory;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Map;

/** A length as a scalar tensor of a given element type. */
public record Length(Dim dim, DType dtype) implements Pointwise {
    @Override
    public String name() {
        return "length";
    }

    @Override
    public OpCategory category() {
        return OpCategory.CONSTANT;
    }

    @Override
    public Map<String, Object> attributes() {
        return Map.of("dim", dim);
    }

    @Override
    public List<TensorType> infer(List<TensorType> operands) {
        Require.count(name(), operands, 0);
        TensorType type = TensorType.scalar(dtype);
        Require.isNumeric(name(), type);
        return List.of(type);
    }

    @Override
    public Op bind(Map<String, Dim> bindings) {
        return new Length(dim.bind(bindings), dtype);
    }

    @Override
    public List<NdArray> evaluate(List<NdArray> operands, Map<String, Long> lengths) {
        return List.of(NdArray.scalar(dtype, dtype.nearest(dim.evaluate(lengths))));
    }

    @Override
    public ScalarExpr at(List<ScalarExpr> index, Operands operands) {
        return ScalarExpr.cast(dtype, ScalarExpr.of(dim));
    }
}
