package heddle.compiler.backend.jvm.product;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.jvm.text.ClassText;
import heddle.compiler.backend.jvm.text.Lanes;
import heddle.compiler.backend.jvm.text.PackedElement;
import heddle.compiler.type.Stored;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A product whose sums stay in vector registers: {@code c[r, ·] += sum over k of a[r, k] * b[k, ·]} for a few rows and a few vectors of
 * columns. Each step loads the vectors of {@code b} once, and broadcasts one element of {@code a} for each row.
 *
 * @param name    what it is called after
 * @param rows    of {@code c}
 * @param vectors in a row
 * @param columns of {@code b} that there are; the others count as zeros
 * @param stored  what the array of {@code b} holds
 * @param isFresh whether sums start at zero, not at what {@code c} holds
 * @param lines   cache lines that each step prefetches, by stores under a mask that selects nothing
 * @param isFenced whether a row's factor is loaded when the row before is done, not ahead, for want of registers
 * @param steps   in a trip of the loop, which the number of terms is a multiple of
 */
record RegisterKernel(
        String name,
        Lanes lanes,
        int rows,
        int vectors,
        int columns,
        Stored stored,
        Matrix a,
        Matrix b,
        Matrix c,
        boolean isFresh,
        int lines,
        boolean isFenced,
        int steps) {
    private static final int BYTES_OF_LINE = 64;
    private static final String FENCE = "VarHandle.loadLoadFence();";

    /** Elements of {@code b} in a cache line. */
    static int line(Stored stored) {
        return BYTES_OF_LINE / (int) stored.bytes(1);
    }

    /** The kernel that adds the last terms, where their number is no multiple of {@link #steps}. */
    RegisterKernel ofRest() {
        return new RegisterKernel(name, lanes, rows, vectors, columns, stored, a, b, c, false, 0, isFenced, 1);
    }

    /** The kernel as a method. Its parameters are the number of terms, and where the matrices lie. */
    String method(ClassText members) {
        return members.shared(
                this,
                name + rows + "x" + vectors + (stored.isPacked() ? "Of" + stored : "")
                        + (isFenced && steps == 1 && lines == 0 ? "Rest" : "")
                        + (lines > 0 ? "Prefetching" : ""),
                (isFresh ? "Stores a product of depth {@code depth} in " : "Adds a product of depth {@code depth} to ")
                        + rows + " rows of " + vectors * lanes.count() + " sums, which stay in registers."
                        + (lines > 0 ? " What lies at {@code next} is prefetched." : ""),
                "void",
                "int depth, " + a.declared() + ", " + b.declared() + ", " + c.declared()
                        + (lines > 0 ? ", int next" : ""),
                out -> write(members, out));
    }

    private void write(ClassText members, JavaText out) {
        writeStarts(members, out);
        Lanes stores = stored.isPacked() ? PackedElement.lanes(stored, lanes) : lanes;
        if (lines > 0) {
            out.line(stores.vector() + " nothing = " + stores.vector() + ".zero(" + stores.species() + ");");
        }
        writeLoop(out);
        for (int step = 0; step < steps; step++) {
            int at = step;
            out.line((step == 0 ? lanes.vector() + " " : FENCE + " ")
                    + String.join(step == 0 ? ", " : "; ", each(v -> "b" + v + " = " + factor(at, v, members))) + ";");
            for (int line = 0; line < lines; line++) {
                String next = plus("next + k * " + lines * line(stored), (step * lines + line) * line(stored));
                out.line("nothing.intoArray(b, " + next + ", " + members.mask(stores, lane -> false) + ");");
            }
            for (int r = 0; r < rows; r++) {
                writeRow(out, step, r);
            }
        }
        out.close();
        out.row(IntStream.range(0, rows)
                .mapToObj(r -> each(v -> inOrder(r, v, members) + ".intoArray(c, " + position(r, v) + ");"))
                .flatMap(List::stream)
                .toList());
    }

    /** Positions that are counted take fewer instructions than those that are calculated, but other registers. */
    private void writeLoop(JavaText out) {
        if (isFenced) {
            out.open("for (int k = 0, p = " + a.at("0", "0") + ", q = " + b.at("0", "0") + "; k < depth; "
                    + (steps == 1 ? "k++" : "k += " + steps) + ", p += "
                    + a.step().times(steps) + ", q += "
                    + b.row().times(steps) + ")");
        } else {
            out.open("for (int k = 0; k < depth; k++)");
            out.line("int p = " + a.at("0", "k") + ", q = " + b.at("k", "0") + ";");
        }
    }

    private List<String> each(IntFunction<String> vector) {
        return IntStream.range(0, vectors).mapToObj(vector).toList();
    }

    private void writeStarts(ClassText members, JavaText out) {
        if (isFresh) {
            out.line(lanes.vector() + " zero = " + zero() + ", "
                    + IntStream.range(0, rows)
                            .mapToObj(r -> String.join(", ", each(v -> sum(r, v) + " = zero")))
                            .collect(Collectors.joining(", "))
                    + ";");
            return;
        }
        for (int r = 0; r < rows; r++) {
            int row = r;
            out.line(lanes.vector() + " " + String.join(", ", each(v -> sum(row, v) + " = " + start(row, v, members)))
                    + ";");
        }
    }

    /**
     * Whether two vectors of columns are converted together: one then has the sums of even columns, the other those of odd ones, from
     * when they are loaded until they are stored. Several rows share what is converted, and need the register that a mask would take.
     */
    private boolean isInPairs() {
        int pair = 2 * lanes.count();
        return rows == 1
                && PackedElement.hasPairs(stored)
                && vectors % 2 == 0
                && columns >= vectors * lanes.count()
                && b.parts().map(p -> p.width() % pair == 0).orElse(true);
    }

    private static int firstOfPair(int vector) {
        return vector - vector % 2;
    }

    private String start(int row, int vector, ClassText members) {
        if (!isInPairs()) {
            return load("c", position(row, vector), "");
        }
        int first = firstOfPair(vector);
        return load("c", position(row, first), "") + ".rearrange(" + members.unzip(lanes, vector % 2) + ", "
                + load("c", position(row, first + 1), "") + ")";
    }

    /** The sums of neighbouring columns. */
    private String inOrder(int row, int vector, ClassText members) {
        int first = firstOfPair(vector);
        return isInPairs()
                ? sum(row, first) + ".rearrange(" + members.zip(lanes, vector % 2) + ", " + sum(row, first + 1) + ")"
                : sum(row, vector);
    }

    private void writeRow(JavaText out, int step, int r) {
        String at = (step == 0 ? "" : " + " + a.step().times(step))
                + (r == 0 ? "" : " + " + a.row().times(r));
        String factor = lanes.broadcast("a[p" + at + "]");
        List<String> row = new ArrayList<>();
        if (isFenced && r > 0) {
            row.add(FENCE);
        }
        if (vectors > 1) { // Each use would be compiled as a broadcast of its own.
            row.add((step + r == 0 ? lanes.vector() + " x = " : "x = ") + factor + ";");
            factor = "x";
        }
        String spread = factor;
        row.addAll(each(v -> sum(r, v) + " = " + spread + ".fma(b" + v + ", " + sum(r, v) + ");"));
        out.row(row);
    }

    private static String sum(int row, int vector) {
        return "c" + row + "_" + vector;
    }

    private String position(int row, int vector) {
        return plus("cAt", Integer.parseInt(c.row().times(row)) + vector * lanes.count());
    }

    private String factor(int step, int vector, ClassText members) {
        String row = step == 0 ? "q" : "q + " + b.row().times(step);
        if (isInPairs()) {
            String at = plus(row, b.column(firstOfPair(vector) * lanes.count()));
            return PackedElement.ofPairs(lanes, "b", at, vector % 2);
        }
        String at = plus(row, b.column(vector * lanes.count()));
        int inside = columns - vector * lanes.count();
        if (inside <= 0) {
            return zero();
        }
        return stored.isPacked()
                ? PackedElement.vector(lanes, stored, "b", at, members)
                : load("b", at, inside >= lanes.count() ? "" : ", " + members.mask(lanes, lane -> lane < inside));
    }

    private String zero() {
        return lanes.vector() + ".zero(" + lanes.species() + ")";
    }

    private String load(String array, String at, String mask) {
        return lanes.vector() + ".fromArray(" + lanes.species() + ", " + array + ", " + at + mask + ")";
    }

    private static String plus(String base, int offset) {
        return offset == 0 ? base : base + " + " + offset;
    }
}
