package heddle.compiler.backend.jvm.product;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.jvm.text.ClassText;
import heddle.compiler.backend.jvm.text.Lanes;
import java.util.function.BiFunction;

/**
 * Sums of rows with weights, lanes along their columns: {@code c[r, ·] += sum over j of p[r, j] * v[j, ·]} for a few rows and a few
 * vectors of columns.
 *
 * @param first the first of its columns
 * @param width elements from one row of {@code c} to the next: the columns and zeros behind them
 */
record SumKernel(Lanes lanes, int rows, int vectors, int first, RowProductMethods.Sum sum, int width) {
    /** The kernel as a method. */
    String method(ClassText members) {
        return members.shared(
                this,
                "sums" + rows + "x" + vectors,
                "Adds products with {@code count} rows to " + rows + " rows of " + vectors
                        + " vectors, which stay in registers.",
                "void",
                "int count, float[] p, int pAt, float[] v, int vAt, "
                        + sum.step().declared() + "float[] c, int cAt",
                out -> write(members, out));
    }

    private void write(ClassText members, JavaText out) {
        each(
                out,
                (r, n) -> "FloatVector c" + r + "_" + n + " = FloatVector.fromArray(F, c, cAt + " + place(r, n) + ");");
        out.open("for (int j = 0; j < count; j++)");
        out.line("int at = vAt + " + sum.step().times("j") + ";");
        for (int n = 0; n < vectors; n++) {
            int column = first + n * lanes.count();
            int inside = Math.clamp(sum.columns() - column, 0, lanes.count());
            String mask = inside == lanes.count() ? "" : ", " + members.mask(lanes, lane -> lane < inside);
            String load =
                    inside == 0 ? "FloatVector.zero(F)" : "FloatVector.fromArray(F, v, at + " + column + mask + ")";
            out.line("FloatVector v" + n + " = " + load + ";");
        }
        for (int r = 0; r < rows; r++) {
            out.line("FloatVector p" + r + " = " + lanes.broadcast("p[pAt + " + r * sum.pWidth() + " + j]") + ";");
            for (int n = 0; n < vectors; n++) {
                out.line("c" + r + "_" + n + " = p" + r + ".fma(v" + n + ", c" + r + "_" + n + ");");
            }
        }
        out.close();
        each(out, (r, n) -> "c" + r + "_" + n + ".intoArray(c, cAt + " + place(r, n) + ");");
    }

    private int place(int r, int n) {
        return r * width + first + n * lanes.count();
    }

    private void each(JavaText out, BiFunction<Integer, Integer, String> line) {
        for (int r = 0; r < rows; r++) {
            for (int n = 0; n < vectors; n++) {
                out.line(line.apply(r, n));
            }
        }
    }
}
