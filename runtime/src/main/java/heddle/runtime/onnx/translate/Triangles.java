package heddle.runtime.onnx.translate;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Term.Index;
import heddle.runtime.onnx.translate.Known.Element;
import heddle.runtime.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Tables of a file that are one value up to a diagonal and another beyond it, which is how exporters keep a causal mask. They are
 * written as a comparison of positions, so that attention can skip what it empties.
 */
final class Triangles {
    private static final int LEAST_ROWS = 4;

    private Triangles() {}

    /** @param shape of the table, {@code [1, .., n, n]} @return the comparison, or a choice by it, if the table is one */
    static Optional<Operand> operand(Tensor table, List<Long> shape) {
        int rank = shape.size();
        if (rank < 2 || !shape.get(rank - 1).equals(shape.get(rank - 2)) || shape.get(rank - 1) < LEAST_ROWS) {
            return Optional.empty();
        }
        int n = shape.getLast().intValue();
        if (table.size() != (long) n * n) {
            return Optional.empty();
        }
        double near = table.element((n - 1) * n);
        double far = table.element(n - 1);
        int diagonal = diagonal(table, n, near);
        if (near == far || diagonal < 1 - n || diagonal > n - 2 || !isTriangle(table, n, diagonal, near, far)) {
            return Optional.empty();
        }
        TensorType type = new TensorType(
                table.dtype(),
                Shape.of(shape.stream().mapToLong(Long::longValue).toArray()));
        return Optional.of(new Operand(term(n, rank, diagonal, near, far, table.dtype()), type, Optional.empty()));
    }

    /** How far the first row's first value reaches, counted from its own column; from the last column where it has none. */
    private static int diagonal(Tensor table, int n, double near) {
        for (int row = 0; row < n; row++) {
            if (table.element(row * n) == near) {
                int column = 0;
                while (column < n && table.element(row * n + column) == near) {
                    column++;
                }
                return column - 1 - row;
            }
        }
        return n;
    }

    private static boolean isTriangle(Tensor table, int n, int diagonal, double near, double far) {
        for (int row = 0; row < n; row++) {
            for (int column = 0; column < n; column++) {
                if (table.element(row * n + column) != (column <= row + diagonal ? near : far)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** {@code where(column <= row + diagonal, near, far)}. */
    private static Term term(int n, int rank, int diagonal, double near, double far, DType dtype) {
        Term row = positions(n, rank, rank - 2);
        Term column = positions(n, rank, rank - 1);
        Term edge = switch (Integer.signum(diagonal)) {
            case 0 -> row;
            case 1 -> new Term.Infix("+", row, new Term.Literal("" + diagonal));
            default -> new Term.Infix("-", row, new Term.Literal("" + -diagonal));
        };
        if (dtype == DType.BOOL) {
            return new Term.Infix(near != 0 ? "<=" : ">", column, edge);
        }
        return Term.Call.of("where", new Term.Infix("<=", column, edge), full(near, dtype), full(far, dtype));
    }

    private static Term positions(int n, int rank, int axis) {
        List<Index> indices = new ArrayList<>(Collections.nCopies(rank, new Index.New()));
        indices.set(axis, new Index.Range(Optional.empty(), Optional.empty(), Optional.empty()));
        return new Term.Subscript(Term.Call.of("iota", new Term.Length(Dim.of(n))), indices);
    }

    private static Term full(double value, DType dtype) {
        Element element = dtype.isFloat() ? new Element.Fraction(value) : new Element.Whole(Dim.of((long) value));
        return Term.Call.of(
                "full", new Term.Items(List.of()), KnownTerms.term(element, dtype), TensorTerms.word(dtype));
    }
}
