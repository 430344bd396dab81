package heddle.compiler.backend.tornado;

import heddle.compiler.backend.emit.Names;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A matmul as a call of cuBLAS in single precision: {@code c = op(a) op(b)}, with matrices in column-major order. This
 * is the transpose of a row-major matmul, with the operands exchanged.
 *
 * @param m       rows of {@code op(a)} and {@code c}
 * @param n       columns of {@code op(b)} and {@code c}
 * @param k       what is summed over
 * @param c       the result, not transposed
 * @param batches matmuls that follow one another at the matrices' strides; one without a batch
 * @see <a href="https://docs.nvidia.com/cuda/cublas/">cuBLAS, gemm and gemmStridedBatched</a>
 */
public record Gemm(Dim m, Dim n, Dim k, Matrix a, Matrix b, Matrix c, Dim batches) implements TaskCall {
    /** TornadoVM's name for the library. */
    public static final String LIBRARY = "nvidia/cublas";

    /**
     * A matrix in an array, from its first element on.
     *
     * @param transposed whether it lies there transposed
     * @param leading    elements from one column to the next as it lies there
     * @param stride     elements from one matrix of a batch to the next, zero where all are the same
     */
    record Matrix(Buffer buffer, boolean transposed, Dim leading, Dim stride) {}

    private boolean isBatched() {
        return !batches.is(1);
    }

    /** The factory method of {@code CuBlas}. */
    public String function() {
        return isBatched() ? "cublasSgemmStridedBatched" : "cublasSgemm";
    }

    @Override
    public List<Buffer> arrays() {
        return List.of(a.buffer(), b.buffer(), c.buffer());
    }

    /**
     * The arguments of the call as Java, in lines: operations, sizes, what is multiplied, where it goes.
     *
     * @param array the variable that an array is
     */
    public List<String> arguments(Function<Buffer, String> array) {
        List<String> operations = List.of(operation(a), operation(b));
        List<String> sizes = List.of(whole(m), whole(n), whole(k));
        List<String> operands = new ArrayList<>(List.of("1f"));
        operands.addAll(matrix(a, array));
        operands.addAll(matrix(b, array));
        List<String> result = new ArrayList<>(List.of("0f"));
        result.addAll(matrix(c, array));
        if (isBatched()) {
            result.add(whole(batches));
        }
        return Stream.of(operations, sizes, operands, result)
                .map(list -> String.join(", ", list))
                .toList();
    }

    private static String operation(Matrix matrix) {
        return (matrix.transposed() ? "CUBLAS_OP_T" : "CUBLAS_OP_N") + ".operation()";
    }

    private List<String> matrix(Matrix matrix, Function<Buffer, String> array) {
        // A matrix with no elements has a leading dimension too.
        String leading = matrix.leading().isKnown()
                ? String.valueOf(Math.max(1, matrix.leading().value()))
                : "Math.max(1, " + whole(matrix.leading()) + ")";
        List<String> list = new ArrayList<>(List.of(array.apply(matrix.buffer()), leading));
        if (isBatched()) {
            list.add(Lengths.size(matrix.stride()));
        }
        return list;
    }

    /** A length as an {@code int}, as the symbols' fields are. */
    private static String whole(Dim dim) {
        return dim.isKnown()
                ? String.valueOf(dim.value())
                : dim.asSymbol().map(Names::identifier).orElseGet(() -> "Math.toIntExact(" + Lengths.size(dim) + ")");
    }
}
