package heddle.compiler.backend.jvm.product;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.jvm.text.ClassText;
import heddle.compiler.backend.jvm.text.Lanes;
import heddle.compiler.backend.jvm.text.Locals;
import heddle.compiler.backend.jvm.text.PackedElement;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.schedule.machine.Processor;
import heddle.compiler.scheduled.ProductForm;
import heddle.compiler.scheduled.RegisterBlock;
import heddle.compiler.type.DType;
import heddle.compiler.type.Stored;
import java.util.List;
import java.util.Optional;

/**
 * The methods of a class that multiply tiles, shared by all its kernels: {@code c += a·b} or {@code c = a·b}, where {@code c} is a tile
 * of some rows and a fixed width. Each is a loop over register blocks, around {@link RegisterKernel}s.
 */
public record ProductMethods(Processor target, ClassText members) {
    /** Rows whose factors HotSpot loads before the multiply-adds of the first one, where nothing keeps it from that. */
    private static final int AHEAD = 4;

    /** Lanes of vectors that Arm does not have: on x86 a fence between loads is no instruction, on Arm it is one. */
    private static final int FENCED = 8;

    /** Terms in a trip of a loop with fences: fewer instructions count and compare. HotSpot unrolls other loops itself. */
    public static final int STEPS = 4;

    /**
     * The purpose of one method.
     *
     * @param type      of the sums
     * @param stored    what the array of {@code b} holds
     * @param a         the left factor, rows and terms
     * @param parts     that columns of {@code b} lie in, if they do
     * @param width     elements from one row to the next in {@code c}, and in {@code b} without parts, whose columns are contiguous
     * @param zeros     whose zeros add nothing, {@code a} being the left factor
     * @param isFresh   whether sums start at zero
     * @param registers the sums in registers at once
     * @param slice     of packed terms
     * @param scales    that {@code b} is multiplied with
     * @param inTrips   whether the number of terms is a multiple of {@link #STEPS}
     */
    public record Shape(
            DType type,
            Stored stored,
            Matrix a,
            Optional<ColumnParts> parts,
            int width,
            Annihilating zeros,
            boolean isFresh,
            RegisterBlock registers,
            Optional<ProductForm.Slice> slice,
            Optional<Scaling> scales,
            boolean inTrips) {
        public Shape {
            if (stored.isPacked() && (type != DType.F32 || zeros != Annihilating.NEITHER)) {
                throw new IllegalArgumentException("no product in " + type + " of " + stored + ", zeros " + zeros);
            }
            if (parts.isPresent() && (scales.isPresent() || zeros != Annihilating.NEITHER)) {
                throw new IllegalArgumentException("no product of parts with scales, or zeros " + zeros);
            }
        }

        /** The same product of factors that are held as they are computed; what was packed is in slices. */
        private Shape plain() {
            Optional<ColumnParts> held =
                    parts.map(p -> slice.map(s -> p.ofRows(s.terms())).orElse(p));
            return of(Stored.of(type), held, isFresh, registers);
        }

        private Shape of(Stored stored, Optional<ColumnParts> parts, boolean isFresh, RegisterBlock registers) {
            return new Shape(
                    type,
                    stored,
                    a,
                    parts,
                    width,
                    Annihilating.NEITHER,
                    isFresh,
                    registers,
                    Optional.empty(),
                    Optional.empty(),
                    inTrips);
        }

        private String element() {
            return Locals.type(type);
        }

        private Matrix b() {
            String held = stored.isPacked() ? PackedElement.type(stored) : element();
            return parts.map(p -> Matrix.ofParts(held, "b", p))
                    .orElseGet(() -> Matrix.ofRows(held, "b", Distance.of(width)));
        }

        private Matrix c() {
            return Matrix.ofRows(element(), "c", Distance.of(width));
        }

        private String parameters() {
            return (zeros == Annihilating.NEITHER ? "" : "boolean plain, ") + "int rows, int depth, "
                    + a.declared() + ", " + b().declared()
                    + (scales.isPresent() ? ", float[] s, int sAt, int from, " : ", ")
                    + c().declared();
        }

        private String comment() {
            String tile = " a tile of {@code rows} rows and " + width + " columns.";
            return switch (zeros) {
                case LEFT, RIGHT ->
                    "Adds a product in which a zero of {@code " + (zeros == Annihilating.LEFT ? "a" : "b")
                            + "} counts for nothing, even times infinity or NaN.";
                case NEITHER ->
                    stored.isPacked()
                            ? "Adds a product with {@code " + stored + "} to" + tile
                            : (isFresh ? "Stores a product in" : "Adds a product to") + tile;
            };
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
        return members.shared(shape, () -> {
            String name = members.methodName("product");
            Optional<Lanes> lanes = Lanes.of(shape.type, target);
            boolean ofNumbers = shape.zeros == Annihilating.NEITHER;
            String plain = shape.stored.isPacked() || !ofNumbers ? of(shape.plain()) : "";
            String finite = ofNumbers ? "" : finite(shape);
            return members.method(name, shape.comment(), "void", shape.parameters(), out -> {
                if (shape.stored.isPacked()) {
                    writePacked(shape, plain, lanes.orElseThrow(), out);
                } else if (!ofNumbers) {
                    writeOfNonZeros(shape, plain, finite, out);
                } else if (lanes.isPresent()) {
                    loops(shape, lanes.get()).write(calls(shape, lanes.get(), out), out);
                } else {
                    writeElements(shape, out); // Integers, for which vectors of this class have no lanes.
                }
            });
        });
    }

    /**
     * The method for a shape without scales that prefetches the terms that follow while it multiplies some; packed ones are converted in registers.
     * Its parameters are those of the shape's own method.
     */
    public String prefetching(Shape shape, ProductForm.Prefetch prefetch) {
        Lanes lanes = Lanes.of(shape.type, target).orElseThrow();
        Shape part = shape.of(shape.stored, shape.parts, false, prefetch.registers());
        String comment = shape.comment() + " Terms are prefetched while those before them are multiplied.";
        return members.shared(
                List.of(shape, prefetch),
                () -> members.method(members.methodName("prefetching"), comment, "void", shape.parameters(), out -> {
                    int width = shape.width;
                    if (shape.isFresh) {
                        out.line("Arrays.fill(c, cAt, cAt + rows * " + width + ", 0f);");
                    }
                    out.open("for (int k = 0; k < depth; k += " + prefetch.terms() + ")");
                    out.line("int steps = Math.min(" + prefetch.terms() + ", depth - k);");
                    out.line("int next = bAt + (k + steps) * " + width + ";");
                    out.line("int end = bAt + Math.min(k + 2 * " + prefetch.terms() + ", depth) * " + width + ";");
                    loops(part, lanes).write(prefetchingCalls(part, lanes, out), out);
                    out.close();
                }));
    }

    /** The method that reads a block, so that a cache has it. Its parameters are an array, where the block begins and its length. */
    public String fetch() {
        return members.shared("fetch", () -> {
            String sink = members.methodName("fetched");
            members.method()
                    .line("/** What was read last: without it, HotSpot would leave the reading out. */")
                    .line("private static int " + sink + ";");
            return members.method(
                    members.methodName("fetch"),
                    "Reads an element of each cache line, so that products find all of them in a cache.",
                    "void",
                    "float[] a, int at, int length",
                    out -> {
                        out.line("int any = 0;");
                        out.open("for (int i = 0; i < length; i += 16)");
                        out.line("any |= Float.floatToRawIntBits(a[at + i]);");
                        out.close();
                        out.line(sink + " = any;");
                    });
        });
    }

    private static void writeElements(Shape shape, JavaText out) {
        Matrix sums = shape.c();
        new Elements(shape.element(), "rows", "depth", shape.width, shape.a, shape.b(), sums).write(shape.zeros, out);
    }

    private static RegisterLoops loops(Shape shape, Lanes lanes) {
        return new RegisterLoops(shape.registers, shape.width, lanes);
    }

    private RegisterLoops.Calls calls(Shape shape, Lanes lanes, JavaText out) {
        return (step, row, column) ->
                multiply(kernel(shape, lanes, step, 0), shape, new Terms("0", "depth"), row, column, out);
    }

    /** Some terms of a sum, by the first one and their number. */
    private record Terms(String first, String count) {
        private static String remainder(String count) {
            return count + " % " + STEPS;
        }

        Terms inTrips() {
            return new Terms(first, count + " - " + remainder(count));
        }

        Terms rest() {
            String before = first.equals("0") ? "" : first + " + ";
            return new Terms("(" + before + inTrips().count + ")", remainder(count));
        }
    }

    /** Writes the call for some terms, and one for those that fill no trip of a loop over several. */
    private void multiply(RegisterKernel kernel, Shape shape, Terms terms, String row, String column, JavaText out) {
        if (kernel.steps() == 1 || shape.inTrips) {
            call(kernel, shape, terms, row, column, out);
            return;
        }
        call(kernel, shape, terms.inTrips(), row, column, out);
        out.open("if (" + terms.rest().count + " != 0)");
        call(kernel.ofRest(), shape, terms.rest(), row, column, out);
        out.close();
    }

    private void call(RegisterKernel kernel, Shape shape, Terms terms, String row, String column, JavaText out) {
        out.line(kernel.method(members) + "(" + terms.count + ", " + shape.a.from(row, terms.first) + ", "
                + shape.b().from(terms.first, column) + ", " + shape.c().from(row, column) + ");");
    }

    /** The first calls for some terms prefetch those that follow, until all are, but for what is less than a call prefetches. */
    private RegisterLoops.Calls prefetchingCalls(Shape shape, Lanes lanes, JavaText out) {
        // Half of the lines that a step reads: stores for all of them would take more time than they save.
        int line = RegisterKernel.line(shape.stored);
        int lines = Math.max(1, shape.registers.most().vectors() * lanes.count() / line / 2);
        return (step, row, column) -> {
            String arguments = "(steps, " + shape.a.from(row, "k") + ", "
                    + shape.b().from("k", column) + ", " + shape.c().from(row, column);
            out.open("if (next + steps * " + lines * line + " <= end)");
            out.line(kernel(shape, lanes, step, lines).method(members) + arguments + ", next);");
            out.line("next += steps * " + lines * line + ";");
            out.orElse();
            multiply(kernel(shape, lanes, step, 0), shape, new Terms("k", "steps"), row, column, out);
            out.close();
        };
    }

    /** The vectors of one row alone are read when they are multiplied, and take no registers. */
    private RegisterKernel kernel(Shape shape, Lanes lanes, RegisterBlock.Step step, int lines) {
        int sums = step.rows() * step.vectors();
        int held = step.rows() > 1 ? step.vectors() : 1;
        boolean isFenced = target.lanes() >= FENCED && sums + held + AHEAD > target.registers();
        return new RegisterKernel(
                "product",
                lanes,
                step.rows(),
                step.vectors(),
                shape.width,
                shape.stored,
                shape.a,
                shape.b(),
                shape.c(),
                shape.isFresh,
                lines,
                isFenced,
                isFenced && lines == 0 ? STEPS : 1);
    }

    /** Sums of the same terms in the same order as with a {@code b} of floats, which conversion changes nothing of. */
    private void writePacked(Shape shape, String plain, Lanes lanes, JavaText out) {
        ProductForm.Slice slice = shape.slice.orElseThrow();
        if (slice.above() > 0) {
            out.open("if (rows <= " + slice.above() + ")");
            loops(shape, lanes).write(calls(shape, lanes, out), out);
            out.line("return;").close();
        }
        int width = shape.width;
        out.line("float[] slice = new float[" + slice.terms() * width + "];");
        out.open("for (int k = 0; k < depth; k += " + slice.terms() + ")");
        out.line("int steps = Math.min(" + slice.terms() + ", depth - k);");
        Conversion conversion = new Conversion(shape.stored, width, lanes, members);
        if (shape.scales.isPresent()) {
            ProductMethods.Scaling scales = shape.scales.get();
            out.line(conversion.scaled(scales) + "(" + shape.b().from("k", "0") + ", slice, steps, s, sAt, from + k);");
        } else {
            writeWidened(shape, slice, conversion.widened(), out);
        }
        out.line(plain + "(rows, steps, " + shape.a.from("0", "k") + ", slice, 0, c, cAt);");
        out.close();
    }

    private static void writeWidened(Shape shape, ProductForm.Slice slice, String widened, JavaText out) {
        if (shape.parts.isEmpty()) {
            out.line(widened + "(" + shape.b().from("k", "0") + ", slice, 0, steps * " + shape.width + ");");
            return;
        }
        int width = shape.parts.get().width();
        out.open("for (int n = 0; n < " + shape.width + "; n += " + width + ")");
        out.line(widened + "(" + shape.b().from("k", "n") + ", slice, n * " + slice.terms() + ", steps * " + width
                + ");");
        out.close();
    }

    /** The condition that the other factor holds numbers alone. */
    private String finite(Shape shape) {
        FiniteCheck check = new FiniteCheck(shape.type, target, members);
        return shape.zeros == Annihilating.LEFT ? check.of("depth * " + shape.width, "b", "bAt") : check.of(shape.a);
    }

    /** Where the other factor holds numbers alone, as it nearly always does, zeros need no care. */
    private void writeOfNonZeros(Shape shape, String plain, String finite, JavaText out) {
        out.open("if (plain || " + finite + ")");
        out.line(plain + "(rows, depth, " + shape.a.passed() + ", " + shape.b().passed() + ", c, cAt);");
        out.line("return;").close();
        writeElements(shape, out);
    }
}
