package heddle.compiler.backend.jvm.product;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.jvm.text.ClassText;
import heddle.compiler.backend.jvm.text.Lanes;
import heddle.compiler.backend.jvm.text.Locals;
import heddle.compiler.backend.jvm.text.PackedElement;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.schedule.machine.Processor;
import heddle.compiler.scheduled.RegisterBlock;
import heddle.compiler.type.DType;
import heddle.compiler.type.Stored;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The methods of a class that multiply tiles, shared by all its kernels: {@code c += a·b} or {@code c = a·b}, where {@code c} is a tile
 * of some rows and a fixed width. Each is a loop over register blocks, around {@link MicroKernel}s.
 */
public record ProductMethods(Processor target, ClassText members) {
    /**
     * The purpose of one method.
     *
     * @param type   of the sums
     * @param stored what the array of {@code b} holds
     * @param zeros  whose zeros add nothing, {@code a} being the left factor
     * @param isFresh   whether sums start at zero
     * @param registers the sums in registers at once
     * @param slice     packed terms that are converted at once, for all rows
     * @param scales    that {@code b} is multiplied with
     */
    public record Shape(
            DType type,
            Stored stored,
            MicroKernel.Strides strides,
            Annihilating zeros,
            boolean isFresh,
            RegisterBlock registers,
            OptionalInt slice,
            Optional<Scaling> scales) {
        public Shape {
            if (stored.isPacked() && (type != DType.F32 || zeros != Annihilating.NEITHER)) {
                throw new IllegalArgumentException("no product in " + type + " of " + stored + ", zeros " + zeros);
            }
        }

        /** The same product of factors that are held as they are computed. */
        public Shape plain() {
            return new Shape(
                    type,
                    Stored.of(type),
                    strides,
                    Annihilating.NEITHER,
                    isFresh,
                    registers,
                    OptionalInt.empty(),
                    Optional.empty());
        }

        /** The same product, with parameters for strides that are not known. */
        Shape within() {
            return new Shape(type, stored, strides.within(), zeros, isFresh, registers, slice, scales);
        }
    }

    /**
     * Where the scales of packed elements lie.
     *
     * @param step    elements from one scale along the sum to the next
     * @param depth   indexes of the sum that share scales
     * @param columns neighbours that share one; one when each column has its own
     */
    public record Scaling(int step, int depth, int columns) {}

    /**
     * The method for a shape. Its parameters are {@code rows} and {@code depth}; the array of {@code a}, its position and those of its
     * strides that are not known; array and position of {@code b}; array and position of its scales, if it has some, and the first
     * index of the sum; and array and position of {@code c}. Where zeros add nothing, {@code plain} stands first: whether they are treated as
     * other numbers are.
     */
    public String of(Shape shape) {
        Shape form = shape.within();
        return members.shared(form, () -> written(form));
    }

    private String written(Shape form) {
        String name = members.methodName("product");
        Optional<Lanes> lanes = Lanes.of(form.type, target);
        if (form.stored.isPacked()) {
            writePacked(form, name, lanes.orElseThrow());
        } else if (form.zeros != Annihilating.NEITHER) {
            writeOfNonZeros(form, name);
        } else if (lanes.isPresent()) {
            writeBlocked(form, name, lanes.get());
        } else {
            writePlain(form, name);
        }
        return name;
    }

    private JavaText open(Shape shape, String name, String comment) {
        String array = Locals.type(shape.type) + "[] ";
        String packed = shape.stored.isPacked() ? PackedElement.type(shape.stored) + "[] " : array;
        String parameters = (shape.zeros == Annihilating.NEITHER ? "" : "boolean plain, ") + "int rows, int depth, "
                + array + "a, int aAt, " + shape.strides.declared() + packed + "b, int bAt, "
                + (shape.scales.isPresent() ? "float[] s, int sAt, int from, " : "") + array + "c, int cAt";
        JavaText out = members.method();
        out.line("/** " + comment + " */");
        return out.open("private static void " + name + "(" + parameters + ")");
    }

    private void writeBlocked(Shape shape, String name, Lanes lanes) {
        int width = shape.strides.width();
        String comment = (shape.isFresh ? "Stores a product in" : "Adds a product to")
                + " a tile of {@code rows} rows and " + width + " columns.";
        JavaText out = open(shape, name, comment);
        writeBlocks(shape, lanes, out);
        out.close();
    }

    private void writeBlocks(Shape shape, Lanes lanes, JavaText out) {
        RegisterBlock block = shape.registers;
        int width = shape.strides.width();
        int columns = block.vectors() * lanes.count();
        boolean many = columns < width;
        String column = many ? " + n" : "";
        if (many) {
            out.open("for (int n = 0; n < " + width + "; n += " + columns + ")");
        }
        if (block.overlaps()) {
            writeOverlapping(shape, lanes, column, out);
        } else {
            writeHalving(shape, lanes, column, out);
        }
        if (many) {
            out.close();
        }
    }

    private void writeHalving(Shape shape, Lanes lanes, String column, JavaText out) {
        boolean one = shape.registers.rows().size() == 1;
        if (!one) {
            out.line("int r = 0;");
        }
        for (int rows : shape.registers.rows()) {
            out.open("for (" + (one ? "int r = 0" : "") + "; r + " + rows + " <= rows; r += " + rows + ")");
            out.line(call(kernel(shape, lanes, rows), shape.strides, "r", column));
            out.close();
        }
    }

    /** The last rows are computed with some before them. */
    private void writeOverlapping(Shape shape, Lanes lanes, String column, JavaText out) {
        int above = 0;
        for (int most : shape.registers.rows()) {
            String some = (above == 0 ? "" : " && rows < " + above) + (most == 1 ? "" : " && rows >= " + most);
            out.open("for (int r = 0; r < rows" + some + "; r += " + most + ")");
            if (most > 1) {
                out.line("int first = Math.min(r, rows - " + most + ");");
            }
            out.line(call(kernel(shape, lanes, most), shape.strides, most > 1 ? "first" : "r", column));
            out.close();
            above = most;
        }
    }

    private String kernel(Shape shape, Lanes lanes, int rows) {
        return kernel(
                new MicroKernel(lanes, rows, shape.registers.vectors(), shape.stored, shape.strides, shape.isFresh));
    }

    /**
     * Sums of the same terms in the same order as with a {@code b} of floats, which conversion changes nothing of. Of few
     * rows, the time goes into reading {@code b}: a bf16 or an i8 becomes a float in registers, in two instructions, an i4 in
     * five. More rows share slices of {@code b} that are converted once, and so do those of f16: HotSpot has an instruction
     * for the loop over {@code float16ToFloat}, and the Vector API needs eight for it.
     */
    private void writePacked(Shape shape, String name, Lanes lanes) {
        int width = shape.strides.width();
        JavaText out = open(
                shape,
                name,
                "Adds a product with {@code " + shape.stored + "} to a tile of {@code rows} rows and " + width
                        + " columns.");
        if (shape.scales.isEmpty() && PackedElement.hasVector(shape.stored, lanes)) {
            out.open("if (rows <= " + shape.registers.most() + ")");
            writeBlocks(shape, lanes, out);
            out.line("return;").close();
        }
        String product = of(shape.plain());
        int terms = shape.slice.orElseThrow();
        String part = "bAt + k * " + width;
        out.line("float[] slice = new float[" + terms * width + "];");
        out.open("for (int k = 0; k < depth; k += " + terms + ")");
        out.line("int steps = Math.min(" + terms + ", depth - k);");
        out.line(
                shape.scales.isEmpty()
                        ? widen(shape.stored, lanes) + "(b, " + part + ", slice, steps * " + width + ");"
                        : scale(shape, lanes) + "(b, " + part + ", slice, steps, s, sAt, from + k);");
        out.line(product + "(rows, steps, a, aAt + " + shape.strides.aStep().times("k") + ", " + shape.strides.passed()
                + "slice, 0, c, cAt);");
        out.close().close();
    }

    /** The method that converts elements; their number is a multiple of the lanes. */
    private String widen(Stored stored, Lanes lanes) {
        return members.shared(
                stored,
                "widen",
                "Converts {@code length} elements of {@code " + stored + "}.",
                "void",
                PackedElement.type(stored) + "[] from, int at, float[] to, int length",
                out -> {
                    if (PackedElement.hasVector(stored, lanes)) {
                        out.open("for (int i = 0; i < length; i += " + lanes.count() + ")");
                        out.line(PackedElement.vector(lanes, stored, "from", "at + i", members) + ".intoArray(to, i);");
                    } else {
                        out.open("for (int i = 0; i < length; i++)");
                        out.line("to[i] = " + PackedElement.loaded(stored, "from", "at + i", members.support()) + ";");
                    }
                    out.close();
                });
    }

    /** The method that converts rows of elements, and multiplies them with their scales. */
    private String scale(Shape shape, Lanes lanes) {
        Stored stored = shape.stored;
        int width = shape.strides.width();
        Scaling scaling = shape.scales.orElseThrow();
        return members.shared(
                List.of(stored, width, scaling),
                "scaled",
                "Converts {@code rows} rows of {@code " + stored + "}, times scales: one for " + scaling.depth
                        + " rows and " + scaling.columns + " columns.",
                "void",
                PackedElement.type(stored) + "[] from, int at, float[] to, int rows, float[] s, int sAt, int first",
                out -> writeScaled(stored, width, scaling, lanes, out));
    }

    private void writeScaled(Stored stored, int width, Scaling scaling, Lanes lanes, JavaText out) {
        out.open("for (int r = 0; r < rows; r++)");
        out.line("int p = at + r * " + width + ";");
        out.line("int q = r * " + width + ";");
        String row = scaling.depth == 1 ? "(first + r)" : "(first + r) / " + scaling.depth;
        out.line("int f = sAt + " + row + " * " + scaling.step + ";");
        if (PackedElement.hasVector(stored, lanes)) {
            for (int n = 0; n < width; n += lanes.count()) {
                String numbers = PackedElement.vector(lanes, stored, "from", "p + " + n, members);
                String scale = scaling.columns == 1
                        ? "FloatVector.fromArray(F, s, f + " + n + ")"
                        : "s[f + " + n / scaling.columns + "]";
                out.line(numbers + ".mul(" + scale + ").intoArray(to, q + " + n + ");");
            }
        } else {
            out.open("for (int n = 0; n < " + width + "; n++)");
            out.line("to[q + n] = " + PackedElement.loaded(stored, "from", "p + n", members.support()) + " * s[f + n / "
                    + scaling.columns + "];");
            out.close();
        }
        out.close();
    }

    private static String call(String kernel, MicroKernel.Strides strides, String row, String column) {
        return kernel + "(depth, a, aAt + " + strides.aRow().times(row) + ", " + strides.passed() + "b, bAt" + column
                + ", c, cAt + " + row + " * " + strides.width() + column + ");";
    }

    private String kernel(MicroKernel kernel) {
        return members.shared(kernel, () -> {
            String name = members.methodName(kernel.name());
            kernel.write(members, name);
            return name;
        });
    }

    /** Integers, for which vectors of this class have no lanes. */
    private void writePlain(Shape shape, String name) {
        int width = shape.strides.width();
        JavaText out = open(shape, name, "Adds a product to a tile of {@code rows} rows and " + width + " columns.");
        writeElements(shape, out);
        out.close();
    }

    /** One multiply-add for each factor, in their order; of floats a fused one: the same bits as from vectors. */
    private static void writeElements(Shape shape, JavaText out) {
        boolean ofNonZeros = shape.zeros != Annihilating.NEITHER;
        int width = shape.strides.width();
        String b = "b[bAt + k * " + width + " + n]";
        String c = "c[cAt + r * " + width + " + n]";
        out.open("for (int r = 0; r < rows; r++)");
        out.open("for (int k = 0; k < depth; k++)");
        out.line(Locals.type(shape.type) + " x = a[" + element(shape) + "];");
        out.open("for (int n = 0; " + (ofNonZeros ? "x != 0 && " : "") + "n < " + width + "; n++)");
        out.line(ofNonZeros ? c + " = Math.fma(x, " + b + ", " + c + ");" : c + " += x * " + b + ";");
        out.close().close().close();
    }

    private static String element(Shape shape) {
        return "aAt + " + shape.strides.aRow().times("r") + " + "
                + shape.strides.aStep().times("k");
    }

    /** Where the other factor holds numbers alone, as it nearly always does, zeros need no care. */
    private void writeOfNonZeros(Shape shape, String name) {
        boolean ofSpread = shape.zeros == Annihilating.LEFT;
        String product = of(shape.plain()) + "(rows, depth, a, aAt, " + shape.strides.passed() + "b, bAt, c, cAt);";
        FiniteCheck check = new FiniteCheck(shape.type, target, members);
        String finite =
                ofSpread ? check.of("depth * " + shape.strides.width(), "b", "bAt") : check.ofSpread(shape.strides);
        JavaText out = open(
                shape,
                name,
                "Adds a product in which a zero of {@code " + (ofSpread ? "a" : "b")
                        + "} counts for nothing, even times infinity or NaN.");
        out.open("if (plain || " + finite + ")");
        out.line(product).line("return;").close();
        if (ofSpread) {
            writeElements(shape, out);
        } else {
            writeNonZerosOfVectors(shape, out);
        }
        out.close();
    }

    private static void writeNonZerosOfVectors(Shape shape, JavaText out) {
        int width = shape.strides.width();
        out.open("for (int k = 0; k < depth; k++)");
        out.open("for (int n = 0; n < " + width + "; n++)");
        out.line(Locals.type(shape.type) + " x = b[bAt + k * " + width + " + n];");
        out.open("for (int r = 0; x != 0 && r < rows; r++)");
        String c = "c[cAt + r * " + width + " + n]";
        out.line(c + " = Math.fma(a[" + element(shape) + "], x, " + c + ");");
        out.close().close().close();
    }
}
