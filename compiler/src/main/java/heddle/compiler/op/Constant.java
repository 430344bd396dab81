package heddle.compiler.op;

import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.Op;
import heddle.compiler.ir.OpCategory;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A tensor whose elements the model states. It has one canonical form, so equal constants are equal records: floats are
 * {@code Double}s that the element type can hold, integers and bools (0 and 1) are {@code Long}s, and if all elements
 * are equal, or there are none, there is one value.
 *
 * @param values row-major, or one value for all elements; if there are several, the shape is known
 */
public record Constant(TensorType type, List<Number> values) implements Pointwise {
    public Constant {
        DType dtype = type.dtype();
        boolean fits = values.size() == 1
                || type.shape().isKnown() && type.shape().size().is(values.size());
        if (!fits) {
            throw new IllegalArgumentException(values.size() + " values for a constant of type " + type);
        }
        List<Number> held = values.stream().map(v -> held(dtype, v)).toList();
        long distinct = held.stream().distinct().limit(2).count();
        values = switch ((int) distinct) {
            case 0 -> List.of(held(dtype, 0));
            case 1 -> List.of(held.getFirst());
            default -> held;
        };
    }

    private static Number held(DType dtype, Number value) {
        return switch (dtype) {
            case F32, F64, F16, BF16 -> dtype.nearest(value.doubleValue());
            case I32 -> (long) value.intValue();
            case I64 -> value.longValue();
            case BOOL -> value.doubleValue() == 0 ? 0L : 1L;
        };
    }

    /** The same value everywhere. */
    public static Constant splat(TensorType type, Number value) {
        return new Constant(type, List.of(value));
    }

    /** A constant of rank 0. */
    public static Constant scalar(DType dtype, Number value) {
        return splat(TensorType.scalar(dtype), value);
    }

    /** The elements of {@code array}. */
    public static Constant of(TensorType type, NdArray array) {
        return new Constant(
                type,
                Arrays.stream(array.data()).<Number>mapToObj(Double::valueOf).toList());
    }

    /** Whether every element is the first of {@link #values}. */
    public boolean isSplat() {
        return values.size() == 1;
    }

    @Override
    public String name() {
        return "constant";
    }

    @Override
    public OpCategory category() {
        return OpCategory.CONSTANT;
    }

    @Override
    public Map<String, Object> attributes() {
        return Map.of("values", values.stream().map(this::printed).toList());
    }

    /** A float that is not f64 in its own, shorter decimals. */
    private Number printed(Number value) {
        return type.dtype().isFloat() && type.dtype() != DType.F64 ? (Number) value.floatValue() : value;
    }

    @Override
    public List<TensorType> infer(List<TensorType> operands) {
        Require.count(name(), operands, 0);
        return List.of(type);
    }

    @Override
    public Op bind(Map<String, Dim> bindings) {
        return new Constant(type.bind(bindings), values);
    }

    @Override
    public List<NdArray> evaluate(List<NdArray> operands, Map<String, Long> lengths) {
        NdArray result = NdArray.zeros(type.dtype(), type.shape().evaluate(lengths));
        Arrays.setAll(result.data(), i -> values.get(isSplat() ? 0 : i).doubleValue());
        return List.of(result);
    }

    /** @throws IllegalStateException when the elements differ and so are in a buffer */
    @Override
    public ScalarExpr at(List<ScalarExpr> index, Operands operands) {
        if (!isSplat()) {
            throw new IllegalStateException("the elements of a constant " + type + " differ");
        }
        Number value = values.getFirst();
        return type.dtype().isInt()
                ? new ScalarExpr.IntLiteral(type.dtype(), value.longValue())
                : new ScalarExpr.Literal(type.dtype(), value.doubleValue());
    }
}
