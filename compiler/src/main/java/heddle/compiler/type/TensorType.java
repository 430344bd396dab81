package heddle.compiler.type;

import java.util.Map;

/** The type of a tensor, known before the tensor exists. Printed as {@code f32[B, N, 384]}. */
public record TensorType(DType dtype, Shape shape) {
    public static TensorType scalar(DType dtype) {
        return new TensorType(dtype, Shape.SCALAR);
    }

    public int rank() {
        return shape.rank();
    }

    public Dim dim(int axis) {
        return shape.dim(axis);
    }

    public TensorType bind(Map<String, Dim> bindings) {
        return new TensorType(dtype, shape.bind(bindings));
    }

    @Override
    public String toString() {
        return dtype + shape.toString();
    }
}
