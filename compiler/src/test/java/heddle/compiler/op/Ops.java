package heddle.compiler.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import heddle.compiler.ir.AttributeText;
import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.Op;
import heddle.compiler.ir.TypeMismatch;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** How tests of operations speak. */
final class Ops {
    static final Dim B = Dim.symbol("B");
    static final Dim N = Dim.symbol("N");
    static final double INF = Double.POSITIVE_INFINITY;
    static final double NAN = Double.NaN;

    private Ops() {}

    static TensorType f32(Object... dims) {
        return type(DType.F32, dims);
    }

    static TensorType i64(Object... dims) {
        return type(DType.I64, dims);
    }

    static TensorType bool(Object... dims) {
        return type(DType.BOOL, dims);
    }

    /** Lengths are {@code Dim}s or {@code Integer}s. */
    static TensorType type(DType dtype, Object... dims) {
        return new TensorType(
                dtype,
                new Shape(Arrays.stream(dims)
                        .map(d -> d instanceof Dim dim ? dim : Dim.of((Integer) d))
                        .toList()));
    }

    static void assertInfers(TensorType expected, Op op, TensorType... operands) {
        assertEquals(List.of(expected), op.infer(List.of(operands)), () -> op + " of " + List.of(operands));
    }

    /** The operation refuses, with this message and about these operands. */
    static void assertRefuses(String message, List<Integer> culprits, Op op, TensorType... operands) {
        TypeMismatch e = assertThrows(TypeMismatch.class, () -> op.infer(List.of(operands)));
        assertEquals(message, e.getMessage());
        assertEquals(culprits, e.operands());
    }

    static NdArray array(DType dtype, long[] shape, double... data) {
        return new NdArray(dtype, shape, data);
    }

    static NdArray floats(long[] shape, double... data) {
        return array(DType.F32, shape, data);
    }

    static NdArray ints(long[] shape, double... data) {
        return array(DType.I64, shape, data);
    }

    static long[] shape(long... dims) {
        return dims;
    }

    /** The operation gives exactly this, and so do its index expressions when it is pointwise. */
    static void assertGives(NdArray expected, Op op, NdArray... operands) {
        NdArray actual = op.evaluate(List.of(operands), Map.of()).getFirst();
        String what = op.name() + AttributeText.of(op.attributes());
        assertEquals(expected.type(), actual.type(), what);
        assertEquals(
                List.of(expected.type()),
                op.infer(Arrays.stream(operands).map(NdArray::type).toList()),
                what);
        assertArrayEquals(expected.data(), actual.data(), what);
        if (op instanceof Pointwise p) {
            assertArrayEquals(expected.data(), PointwiseOracle.elements(p, List.of(operands), Map.of()), what);
        }
    }
}
