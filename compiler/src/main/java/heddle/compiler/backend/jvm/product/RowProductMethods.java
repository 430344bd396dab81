package heddle.compiler.backend.jvm.product;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.jvm.text.ClassText;
import heddle.compiler.backend.jvm.text.Lanes;
import heddle.compiler.schedule.machine.Processor;
import heddle.compiler.type.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * The methods of a class that multiply few rows with tiles that are read where they lie, shared by all its kernels. Either lanes
 * run along the summed axis, which is contiguous in both factors, or along the columns of the result.
 */
public final class RowProductMethods {
    /** Keys whose features stay in the first-level cache while all rows are multiplied with them. */
    private static final int CHUNK = 32;

    private final Processor target;
    private final ClassText members;
    private final Lanes lanes;

    public RowProductMethods(Processor target, ClassText members) {
        this.target = target;
        this.members = members;
        this.lanes = Lanes.floats(target);
    }

    /** Rows that are computed at once, fewer and fewer, and how many of each there are. */
    private static List<Integer> blocks(int rows, int most) {
        List<Integer> blocks = new ArrayList<>();
        int left = rows;
        for (int size = Integer.highestOneBit(most); size > 0; size /= 2) {
            for (; left >= size; left -= size) {
                blocks.add(size);
            }
        }
        return blocks;
    }

    /**
     * The method that sets {@code s[row, key]} to the product of row {@code row} of {@code q} with row {@code key} of {@code k}. Its
     * parameters are the number of keys; array and position of {@code q}; array, position and unknown stride of {@code k}; array and
     * position of {@code s}.
     */
    public String scores(DotKernel.Shape shape) {
        DotKernel.Shape form = shape.within();
        return members.shared(
                form,
                "scores",
                "Products of " + form.rows() + " rows with {@code keys} others. Steps at the end overlap.",
                "void",
                "int keys, float[] q, int qAt, float[] k, int kAt, "
                        + form.step().declared() + "float[] s, int sAt",
                out -> writeScores(form, out));
    }

    private void writeScores(DotKernel.Shape shape, JavaText out) {
        int wide = Math.max(4, lanes.count());
        String step = shape.step().passed();
        out.line("int count = Math.min(keys, " + CHUNK + ");");
        out.open("for (int chunk = 0; chunk < keys; chunk += " + CHUNK + ")");
        out.line("int j = Math.min(chunk, keys - count);");
        out.line("int at = kAt + " + shape.step().times("j") + ";");
        out.open("if (count < " + wide + ")");
        String single = kernel(shape, 1, 1);
        out.open("for (int r = 0; r < " + shape.rows() + "; r++)");
        out.line(single + "(count, q, qAt + r * " + shape.qWidth() + ", k, at, " + step + "s, sAt + r * "
                + shape.sWidth() + " + j);");
        out.close();
        out.line("continue;");
        out.close();
        int row = 0;
        for (int rows : blocks(shape.rows(), shape.most())) {
            String kernel = kernel(shape, rows, Math.max(4, lanes.count() / rows));
            out.line(kernel + "(count, q, qAt + " + row * shape.qWidth() + ", k, at, " + step + "s, sAt + "
                    + row * shape.sWidth() + " + j);");
            row += rows;
        }
        out.close();
    }

    private String kernel(DotKernel.Shape shape, int rows, int keys) {
        return new DotKernel(lanes, rows, keys, shape.anyRows()).method(members);
    }

    /**
     * The purpose of a method that adds {@code p[row, key] * v[key, column]} over keys.
     *
     * @param most    rows that are computed at once
     * @param vectors of sums that each of those rows has in registers; fewer rows have more
     * @param columns of the result
     * @param width   elements from one of its rows to the next
     * @param pWidth  elements from one row of {@code p} to the next
     * @param step    elements from one row of {@code v} to the next
     * @param checked whether zeros of {@code p} add nothing, whatever {@code v} is
     */
    public record Sum(
            int rows,
            int most,
            int vectors,
            int columns,
            int width,
            int pWidth,
            MicroKernel.Distance step,
            boolean checked) {
        Sum within() {
            return new Sum(rows, most, vectors, columns, width, pWidth, step.within("step"), checked);
        }
    }

    /**
     * The method for a sum. Its parameters are the number of keys; array and position of {@code p}; array, position and unknown stride
     * of {@code v}; array and position of the sums, and others as large, in which a checked product keeps what they were.
     */
    public String sum(Sum sum) {
        Sum form = sum.within();
        return members.shared(form, () -> writeSum(form));
    }

    private String writeSum(Sum sum) {
        String name = members.methodName("weighted");
        String careful = sum.checked ? writeCareful(sum) : "";
        return members.method(
                name,
                "Adds products with {@code keys} rows to " + sum.rows + " rows of sums.",
                "void",
                parameters(sum),
                out -> writeSum(sum, careful, out));
    }

    private static String parameters(Sum sum) {
        return "int keys, float[] p, int pAt, float[] v, int vAt, " + sum.step.declared()
                + "float[] c, int cAt, float[] before, int beforeAt";
    }

    /** @param careful the method for values that are infinite or NaN */
    private void writeSum(Sum sum, String careful, JavaText out) {
        int width = sum.width;
        if (sum.checked) {
            out.line("System.arraycopy(c, cAt, before, beforeAt, " + sum.rows * width + ");");
        }
        boolean chunked = blocks(sum.rows, sum.most).size() > 1;
        String step = sum.step.passed();
        if (chunked) {
            out.open("for (int j = 0; j < keys; j += " + CHUNK + ")");
            out.line("int count = Math.min(keys - j, " + CHUNK + ");");
        }
        int row = 0;
        for (int rows : blocks(sum.rows, sum.most)) {
            int most = Math.max(1, sum.most * sum.vectors / rows);
            int vectors = width / lanes.count();
            for (int first = 0; first < vectors; first += most) {
                SumKernel kernel =
                        new SumKernel(lanes, rows, Math.min(most, vectors - first), first * lanes.count(), sum, width);
                String at = "pAt + " + row * sum.pWidth + (chunked ? " + j" : "");
                String vAt = chunked ? "vAt + " + sum.step.times("j") : "vAt";
                out.line(kernel.method(members) + "(" + (chunked ? "count" : "keys") + ", p, " + at + ", v, " + vAt
                        + ", " + step + "c, cAt + " + row * width + ");");
            }
            row += rows;
        }
        if (chunked) {
            out.close();
        }
        if (sum.checked) {
            FiniteCheck check = new FiniteCheck(DType.F32, target, members);
            out.open("if (!" + check.of(String.valueOf(sum.rows * width), "c", "cAt") + ")");
            out.line(careful + "(keys, p, pAt, v, vAt, " + step + "c, cAt, before, beforeAt);");
            out.close();
        }
    }

    /** A sum that is no number tells of a value that is none, whose probability may be zero. */
    private String writeCareful(Sum sum) {
        return members.method(
                members.methodName("weightedNonZeros"),
                "The same where some value is infinite or NaN: a zero of {@code p} adds nothing.",
                "void",
                parameters(sum),
                out -> writeCareful(sum, out));
    }

    private static void writeCareful(Sum sum, JavaText out) {
        int width = sum.width;
        out.line("System.arraycopy(before, beforeAt, c, cAt, " + sum.rows * width + ");");
        out.open("for (int r = 0; r < " + sum.rows + "; r++)");
        out.open("for (int j = 0; j < keys; j++)");
        out.line("float x = p[pAt + r * " + sum.pWidth + " + j];");
        out.open("for (int n = 0; x != 0 && n < " + sum.columns + "; n++)");
        String at = "cAt + r * " + width + " + n";
        out.line("c[" + at + "] = Math.fma(x, v[vAt + " + sum.step.times("j") + " + n], c[" + at + "]);");
        out.close().close().close();
    }
}
