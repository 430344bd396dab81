package heddle.compiler.backend.jvm.product;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.jvm.text.ClassText;
import heddle.compiler.backend.jvm.text.Lanes;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.schedule.machine.Processor;
import heddle.compiler.scheduled.ProductForm;
import heddle.compiler.type.DType;
import heddle.compiler.type.Stored;
import java.util.List;

/**
 * The methods of a class that multiply few rows with tiles that are read where they lie, shared by all its kernels. Either lanes
 * run along the summed axis, which is contiguous in both factors, or along the columns of the result.
 */
public record RowProductMethods(Processor target, ClassText members) {
    private Lanes lanes() {
        return Lanes.floats(target);
    }

    /**
     * The purpose of a method.
     *
     * @param length  of the axis that lanes run along: the terms of the sum, or the columns of the result
     * @param left    from one row of the left factor to the next; zeros stand behind the terms
     * @param right   from one row of the right factor to the next
     * @param width   elements from one row of the result to the next: whole vectors
     * @param checked whether zeros of the left factor add nothing, whatever the right one is
     */
    public record Shape(
            ProductForm.FewRows form, int length, Distance left, Distance right, int width, boolean checked) {
        public Shape {
            right = right.within("step");
        }

        private Matrix left(String name) {
            return Matrix.ofRows("float", name, left);
        }

        private Matrix right(String name) {
            return Matrix.ofRows("float", name, right);
        }

        private Matrix sums(String name) {
            return Matrix.ofRows("float", name, Distance.of(width));
        }

        private int elements() {
            return form.rows() * width;
        }
    }

    /**
     * The method for a shape. Its parameters are the number of rows of the right factor; array and position of the left factor; the same
     * and the unknown stride of the right one; array and position of the sums. Where lanes run along columns, there are others as large, in
     * which a checked product keeps what the sums were.
     */
    public String of(Shape shape) {
        return members.shared(shape, () -> shape.form.hasLanesAlongSum() ? scores(shape) : sum(shape));
    }

    /** Sets {@code s[row, key]} to the product of row {@code row} of {@code q} with row {@code key} of {@code k}. */
    private String scores(Shape shape) {
        return members.method(
                members.methodName("scores"),
                "Products of " + shape.form.rows() + " rows with {@code keys} others. Steps at the end overlap.",
                "void",
                "int keys, " + shape.left("q").declared() + ", "
                        + shape.right("k").declared() + ", " + shape.sums("s").declared(),
                out -> writeScores(shape, out));
    }

    private void writeScores(Shape shape, JavaText out) {
        ProductForm.FewRows form = shape.form;
        out.line("int count = Math.min(keys, " + form.chunk() + ");");
        out.open("for (int chunk = 0; chunk < keys; chunk += " + form.chunk() + ")");
        out.line("int j = Math.min(chunk, keys - count);");
        out.line("int at = " + shape.right("k").at("j", "0") + ";");
        out.open("if (" + isSingle(shape) + ")");
        String single = dots(shape, new ProductForm.Few(1, 1));
        out.open("for (int r = 0; r < " + form.rows() + "; r++)");
        out.line(call(single, shape, "r"));
        out.close();
        out.line("continue;");
        out.close();
        int row = 0;
        for (ProductForm.Few block : form.blocks()) {
            out.line(call(dots(shape, block), shape, String.valueOf(row)));
            row += block.rows();
        }
        out.close();
    }

    /** Whether there are too few rows for a vector, or too few elements behind them for all vectors. */
    private String isSingle(Shape shape) {
        String few = "count < " + shape.form.pairs();
        boolean readsBehind = shape.form.blocks().stream()
                .anyMatch(block -> kernel(shape, block).readsBehind());
        return readsBehind
                ? few + " || " + shape.right("k").at("(j + count - 1)", "0") + " > k.length - " + lanes().count()
                : few;
    }

    private static String call(String kernel, Shape shape, String row) {
        return kernel + "(count, " + shape.left("q").from(row, "0") + ", k, at"
                + shape.right("k").passedDistances() + ", "
                + shape.sums("s").from(row, "j") + ");";
    }

    private DotKernel kernel(Shape shape, ProductForm.Few block) {
        return new DotKernel(
                lanes(),
                block.rows(),
                block.others(),
                shape.length,
                shape.left("q"),
                shape.right("k"),
                shape.sums("s"));
    }

    private String dots(Shape shape, ProductForm.Few block) {
        return kernel(shape, block).method(members);
    }

    private static String parameters(Shape shape) {
        return "int keys, " + shape.left("p").declared() + ", "
                + shape.right("v").declared() + ", " + shape.sums("c").declared() + ", "
                + shape.sums("before").declared();
    }

    /** Adds {@code p[row, key] * v[key, column]} over keys. */
    private String sum(Shape shape) {
        String name = members.methodName("weighted");
        String careful = shape.checked ? careful(shape) : "";
        String comment = "Adds products with {@code keys} rows to " + shape.form.rows() + " rows of sums.";
        return members.method(name, comment, "void", parameters(shape), out -> writeSum(shape, careful, out));
    }

    /** @param careful the method for values that are infinite or NaN */
    private void writeSum(Shape shape, String careful, JavaText out) {
        if (shape.checked) {
            out.line("System.arraycopy(c, cAt, before, beforeAt, " + shape.elements() + ");");
        }
        if (shape.form.isShared()) {
            out.open("for (int j = 0; j < keys; j += " + shape.form.chunk() + ")");
            out.line("int count = Math.min(keys - j, " + shape.form.chunk() + ");");
            writeBlocks(shape, "count", "j", out);
            out.close();
        } else {
            writeBlocks(shape, "keys", "0", out);
        }
        if (shape.checked) {
            FiniteCheck check = new FiniteCheck(DType.F32, target, members);
            String finite = check.of(String.valueOf(shape.elements()), "c", "cAt");
            out.open("if (!" + finite + ")");
            out.line(careful + "(keys, " + shape.left("p").passed() + ", "
                    + shape.right("v").passed() + ", c, cAt, before, beforeAt);");
            out.close();
        }
    }

    /** Blocks that are alike are loops: written one by one, those of large heads are more than HotSpot compiles. */
    private void writeBlocks(Shape shape, String count, String key, JavaText out) {
        List<ProductForm.Few> blocks = shape.form.blocks();
        int row = 0;
        for (int at = 0; at < blocks.size(); ) {
            ProductForm.Few block = blocks.get(at);
            int alike = 0;
            for (; at < blocks.size() && blocks.get(at).equals(block); at++) {
                alike++;
            }
            int end = row + alike * block.rows();
            if (alike > 1) {
                out.open("for (int r = " + row + "; r < " + end + "; r += " + block.rows() + ")");
            }
            writeColumns(shape, block, count, alike > 1 ? "r" : String.valueOf(row), key, out);
            if (alike > 1) {
                out.close();
            }
            row = end;
        }
    }

    private void writeColumns(Shape shape, ProductForm.Few block, String count, String row, String key, JavaText out) {
        int most = block.others() * lanes().count();
        int whole = shape.length / most * most;
        if (whole > most) {
            out.open("for (int n = 0; n < " + whole + "; n += " + most + ")");
            writeBlock(shape, block, most, count, row, "n", key, out);
            out.close();
        }
        for (int first = whole > most ? whole : 0; first < shape.width; first += most) {
            writeBlock(shape, block, shape.length - first, count, row, String.valueOf(first), key, out);
        }
    }

    /** @param columns that there are from the first one on, or more */
    private void writeBlock(
            Shape shape,
            ProductForm.Few block,
            int columns,
            String count,
            String row,
            String column,
            String key,
            JavaText out) {
        int vectors = Math.min(block.others(), Math.ceilDiv(columns, lanes().count()));
        RegisterKernel kernel = new RegisterKernel(
                "sums",
                lanes(),
                block.rows(),
                vectors,
                Math.min(columns, vectors * lanes().count()),
                Stored.F32,
                shape.left("a"),
                shape.right("b"),
                shape.sums("c"),
                false,
                0,
                false,
                1);
        out.line(kernel.method(members) + "(" + count + ", "
                + shape.left("p").from(row, key) + ", "
                + shape.right("v").from(key, column) + ", "
                + shape.sums("c").from(row, column) + ");");
    }

    /** A sum that is no number tells of a value that is none, whose probability may be zero. */
    private String careful(Shape shape) {
        Matrix p = shape.left("p");
        Matrix c = shape.sums("c");
        String rows = String.valueOf(shape.form.rows());
        return members.method(
                members.methodName("weightedNonZeros"),
                "The same where some value is infinite or NaN: a zero of {@code p} adds nothing.",
                "void",
                parameters(shape),
                out -> {
                    out.line("System.arraycopy(before, beforeAt, c, cAt, " + shape.elements() + ");");
                    new Elements("float", rows, "keys", shape.length, p, shape.right("v"), c)
                            .write(Annihilating.LEFT, out);
                });
    }
}
