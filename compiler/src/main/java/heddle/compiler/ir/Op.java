package heddle.compiler.ir;

import heddle.compiler.type.Dim;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Map;

/**
 * An operation: how result types follow from operand types, and what the operation means. Each implementation is a
 * record whose components are the attributes, so equal operations are equal. Each has its own file and one line in the
 * catalogue.
 */
public interface Op {
    /** The name in the text form. */
    String name();

    /** The category of the operation. */
    default OpCategory category() {
        return OpCategory.FUSED;
    }

    /**
     * The attributes of the text form in printing order, except those that the result types show. Values are {@code
     * Long}, {@code Float}, {@code Double}, {@code Boolean}, {@code String}, {@link heddle.compiler.type.DType}, {@link
     * Dim}, {@link heddle.compiler.type.Shape} or lists of these.
     */
    default Map<String, Object> attributes() {
        return Map.of();
    }

    /** The result types. @throws TypeMismatch when operands do not fit */
    List<TensorType> infer(List<TensorType> operands);

    /**
     * Computes the results in double precision. This defines the meaning of the operation. Shapes are known here.
     *
     * @param lengths the bound symbols
     */
    List<NdArray> evaluate(List<NdArray> operands, Map<String, Long> lengths);

    /** Conditions on lengths that {@link #infer} cannot decide. */
    default List<LengthCondition> conditions(List<TensorType> operands) {
        return List.of();
    }

    /** This operation with symbols replaced in its attributes. */
    default Op bind(Map<String, Dim> lengths) {
        return this;
    }
}
