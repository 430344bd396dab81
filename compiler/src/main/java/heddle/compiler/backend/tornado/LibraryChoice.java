package heddle.compiler.backend.tornado;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.index.LinearForm;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TileStmt;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import java.util.List;
import java.util.Optional;

/**
 * Decides whether a library can compute a kernel with the same results, except for the order of sums. It can for a
 * matmul of floats of up to 32 bits, which cuBLAS sums in {@code f32} as kernels do, if both operands are matrices from
 * the start of an array, and the sums are stored unchanged.
 *
 * <p>Attention cannot. cuDNN rounds probabilities to {@code f16}, and gives NaN where a row has no finite score.
 *
 * @param gemm   the call
 * @param reason why there is no call
 */
public record LibraryChoice(Optional<Gemm> gemm, Optional<String> reason) {
    public static LibraryChoice of(TileKernel kernel) {
        return switch (kernel.family()) {
            case "contraction" -> new Match(kernel).choice();
            case "attention" ->
                declined("cuDNN rounds probabilities to f16, and has NaN for rows without a finite score");
            default -> new LibraryChoice(Optional.empty(), Optional.empty());
        };
    }

    private static LibraryChoice declined(String reason) {
        return new LibraryChoice(Optional.empty(), Optional.of(reason));
    }

    /** The axes of a batch as one: the products in it, and what lies between them in each of the matrices. */
    private record Batch(Dim count, List<Dim> strides) {}

    /** A product's tile program, taken apart as {@code Contraction} writes it. */
    private record Match(TileKernel kernel) {
        private TileStmt.Loop loop() {
            return (TileStmt.Loop) kernel.body().get(1);
        }

        private TileStmt.Store store() {
            return (TileStmt.Store) kernel.body().get(2);
        }

        private ScalarExpr operand(int slot) {
            return ((TileExpr.Map) ((TileStmt.Define) loop().body().get(slot)).value()).program();
        }

        private boolean isAnnihilating() {
            return loop().body().getLast() instanceof TileStmt.Accumulate a
                    && a.value().zeros() != Annihilating.NEITHER;
        }

        LibraryChoice choice() {
            if (isAnnihilating()) {
                return declined("cuBLAS has NaN where a probability of zero meets an infinite value or NaN");
            }
            Axis m = store().axes().get(0);
            Axis n = store().axes().get(1);
            Axis k = loop().axis();
            ScalarExpr.Variable sum = (ScalarExpr.Variable)
                    ((TileStmt.Define) kernel.body().getFirst()).tile().value();
            if (sum.type() != DType.F32) {
                return declined("it is summed in " + sum.type().text());
            }
            Optional<ScalarExpr.Element> left = element(operand(0));
            Optional<ScalarExpr.Element> right = element(operand(1));
            if (left.isEmpty() || right.isEmpty()) {
                return declined("an operand is not read from an array as it is");
            }
            LinearForm a = IndexSimplifier.form(left.get().address());
            LinearForm b = IndexSimplifier.form(right.get().address());
            LinearForm c = IndexSimplifier.form(store().address());
            if (!isPlain(a) || !isPlain(b)) {
                return declined("an operand does not begin where its array does");
            }
            Optional<Batch> batch = batch(List.of(a, b, c));
            if (batch.isEmpty()) {
                return declined("no one stride leads from each product of the batch to the next");
            }
            List<Dim> strides = batch.get().strides();
            Optional<Gemm.Matrix> rows = matrix(left.get(), a, k, m, strides.get(0));
            Optional<Gemm.Matrix> columns = matrix(right.get(), b, n, k, strides.get(1));
            if (rows.isEmpty() || columns.isEmpty()) {
                return declined("an operand is not contiguous along rows or columns");
            }
            ScalarExpr.Element result = new ScalarExpr.Element(store().buffer(), store().address());
            Optional<Gemm.Matrix> sums = matrix(result, c, n, m, strides.get(2)).filter(matrix -> !matrix.transposed());
            if (!store().value().equals(sum) || !isFloat(result) || !isPlain(c) || sums.isEmpty()) {
                return declined("the sums are not stored as a matrix");
            }
            return new LibraryChoice(
                    Optional.of(new Gemm(
                            n.extent(),
                            m.extent(),
                            k.extent(),
                            columns.get(),
                            rows.get(),
                            sums.get(),
                            batch.get().count())),
                    Optional.empty());
        }

        /** An element that is read, rounded to nothing narrower. */
        private static Optional<ScalarExpr.Element> element(ScalarExpr e) {
            ScalarExpr read = e instanceof ScalarExpr.Apply a && a.fn() == ScalarFn.CAST && a.type() == DType.F32
                    ? a.args().getFirst()
                    : e;
            return read instanceof ScalarExpr.Element element && isFloat(element)
                    ? Optional.of(element)
                    : Optional.empty();
        }

        private static boolean isFloat(ScalarExpr.Element e) {
            return Storage.of(e.type()) == Storage.FLOAT;
        }

        private static boolean isPlain(LinearForm address) {
            return address.isAffine() && address.constant().isZero();
        }

        private Optional<Batch> batch(List<LinearForm> matrices) {
            Dim count = Dim.ONE;
            List<Dim> strides = List.of(Dim.ZERO, Dim.ZERO, Dim.ZERO);
            for (Axis axis : kernel.parallel().reversed()) {
                if (store().axes().contains(axis)) {
                    continue;
                }
                List<Dim> steps =
                        matrices.stream().map(f -> f.coefficient(axis)).toList();
                if (count.is(1)) {
                    strides = steps;
                } else {
                    Dim inner = count;
                    if (!steps.equals(strides.stream().map(s -> s.times(inner)).toList())) {
                        return Optional.empty();
                    }
                }
                count = count.times(axis.extent());
            }
            return Optional.of(new Batch(count, strides));
        }

        /** The matrix over {@code rows} and {@code columns}, as it lies in column-major order or transposed. */
        private static Optional<Gemm.Matrix> matrix(
                ScalarExpr.Element e, LinearForm address, Axis rows, Axis columns, Dim stride) {
            return leading(address, rows, columns)
                    .map(leading -> new Gemm.Matrix(e.buffer(), false, leading, stride))
                    .or(() -> leading(address, columns, rows)
                            .map(leading -> new Gemm.Matrix(e.buffer(), true, leading, stride)));
        }

        /** Elements from one column to the next, where the elements of a column are neighbours and columns do not overlap. */
        private static Optional<Dim> leading(LinearForm address, Axis rows, Axis columns) {
            boolean neighbours =
                    rows.extent().is(1) || address.coefficient(rows).is(1);
            Dim leading = columns.extent().is(1) ? rows.extent() : address.coefficient(columns);
            return neighbours && leading.minus(rows.extent()).isNonNegative() ? Optional.of(leading) : Optional.empty();
        }
    }
}
