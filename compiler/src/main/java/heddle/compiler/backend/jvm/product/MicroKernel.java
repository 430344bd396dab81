package heddle.compiler.backend.jvm.product;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.jvm.text.ClassText;
import heddle.compiler.backend.jvm.text.Lanes;
import heddle.compiler.backend.jvm.text.PackedElement;
import heddle.compiler.type.Stored;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A matmul whose sums stay in vector registers: {@code c[r][·] += sum over k of a[r, k] * b[k, ·]} for a few rows and a
 * few vectors of columns. Each step loads the vectors of {@code b} once, and broadcasts one element of {@code a} for
 * each row.
 *
 * @param rows    rows of {@code c}
 * @param vectors vectors in a row
 * @param stored  what the array of {@code b} holds
 * @param strides of the operands
 * @param isFresh whether sums start at zero, not at what {@code c} holds
 */
public record MicroKernel(Lanes lanes, int rows, int vectors, Stored stored, Strides strides, boolean isFresh) {
    /**
     * Elements from one index to the next. A number that is known at compile time goes into the code as it is: HotSpot
     * then addresses all rows from one register.
     *
     * @param aRow  between rows of {@code a}
     * @param aStep along the sum in {@code a}
     * @param width between rows of {@code b} and of {@code c}, whose columns are contiguous
     */
    public record Strides(Distance aRow, Distance aStep, int width) {
        /** The arguments for parameters that hold unknown strides. */
        public SequencedMap<String, String> unknown() {
            SequencedMap<String, String> arguments = new LinkedHashMap<>();
            if (!aRow.isKnown()) {
                arguments.put("aRow", aRow.text);
            }
            if (!aStep.isKnown()) {
                arguments.put("aStep", aStep.text);
            }
            return arguments;
        }

        /** The parameters of those that are not known, each with a comma behind it. */
        String declared() {
            return aRow.declared() + aStep.declared();
        }

        /** The arguments for them. */
        String passed() {
            return aRow.passed() + aStep.passed();
        }

        /** As they are called within the kernel: numbers, and parameters for those that are not known. */
        Strides within() {
            return new Strides(aRow.within("aRow"), aStep.within("aStep"), width);
        }
    }

    /** A distance as Java text: a number, or an expression that is computed at run time. */
    public record Distance(String text) {
        public boolean isKnown() {
            return text.chars().allMatch(Character::isDigit);
        }

        /** As it is called within a method: a number, or its parameter. */
        Distance within(String parameter) {
            return isKnown() ? this : new Distance(parameter);
        }

        /** The argument with a comma behind it; nothing for a number. */
        public String passed() {
            return isKnown() ? "" : text + ", ";
        }

        /** The parameter with a comma behind it; nothing for a number. */
        String declared() {
            return isKnown() ? "" : "int " + text + ", ";
        }

        /** {@code index * this}. */
        String times(String index) {
            return text.equals("1") ? index : index + " * " + text;
        }

        String times(int index) {
            return isKnown() ? String.valueOf(index * Integer.parseInt(text)) : times(String.valueOf(index));
        }
    }

    String name() {
        return "product" + rows + "x" + vectors + (stored.isPacked() ? "Of" + stored : "");
    }

    /** Writes the kernel as a method. */
    void write(ClassText members, String method) {
        JavaText out = members.method();
        String array = lanes.element() + "[] ";
        out.line("/** " + (isFresh ? "Stores" : "Adds") + " a product of depth {@code depth} "
                + (isFresh ? "in " : "to ") + rows + " rows of " + vectors * lanes.count()
                + " sums, which stay in registers. */");
        List<String> parameters = new ArrayList<>(List.of("int depth", array + "a", "int aAt"));
        strides.unknown().keySet().forEach(s -> parameters.add("int " + s));
        parameters.addAll(List.of(array(stored, array) + "b", "int bAt", array + "c", "int cAt"));
        out.open("private static void " + method + "(" + String.join(", ", parameters) + ")");
        writeStarts(out);
        out.open("for (int k = 0; k < depth; k++)");
        out.line("int p = aAt + " + strides.aStep.times("k") + ", q = bAt + k * " + strides.width + ";");
        out.line(lanes.vector() + " "
                + IntStream.range(0, vectors)
                        .mapToObj(v -> "b" + v + " = " + factor(plus("q", v * lanes.count()), members))
                        .collect(Collectors.joining(", "))
                + ";");
        for (int r = 0; r < rows; r++) {
            writeRow(out, r);
        }
        out.close();
        out.row(IntStream.range(0, rows)
                .mapToObj(r -> each(v -> sum(r, v) + ".intoArray(c, " + position(r, v) + ");"))
                .flatMap(List::stream)
                .toList());
        out.close();
    }

    private List<String> each(IntFunction<String> vector) {
        return IntStream.range(0, vectors).mapToObj(vector).toList();
    }

    private void writeStarts(JavaText out) {
        if (isFresh) {
            out.line(lanes.vector() + " zero = " + lanes.vector() + ".zero(" + lanes.species() + "), "
                    + IntStream.range(0, rows)
                            .mapToObj(r -> String.join(", ", each(v -> sum(r, v) + " = zero")))
                            .collect(Collectors.joining(", "))
                    + ";");
            return;
        }
        for (int r = 0; r < rows; r++) {
            int row = r;
            out.line(lanes.vector() + " "
                    + String.join(", ", each(v -> sum(row, v) + " = " + load("c", position(row, v)))) + ";");
        }
    }

    private void writeRow(JavaText out, int r) {
        String at = r == 0 ? "p" : "p + " + strides.aRow.times(r);
        String factor = lanes.broadcast("a[" + at + "]");
        List<String> row = new ArrayList<>();
        if (vectors > 1) { // Each use would be compiled as a broadcast of its own.
            row.add((r == 0 ? lanes.vector() + " x = " : "x = ") + factor + ";");
            factor = "x";
        }
        String spread = factor;
        row.addAll(each(v -> sum(r, v) + " = " + spread + ".fma(b" + v + ", " + sum(r, v) + ");"));
        out.row(row);
    }

    private static String array(Stored stored, String plain) {
        return stored.isPacked() ? PackedElement.type(stored) + "[] " : plain;
    }

    private static String sum(int row, int vector) {
        return "c" + row + "_" + vector;
    }

    private String position(int row, int vector) {
        return plus("cAt", row * strides.width + vector * lanes.count());
    }

    private String factor(String at, ClassText members) {
        return stored.isPacked() ? PackedElement.vector(lanes, stored, "b", at, members) : load("b", at);
    }

    private String load(String array, String at) {
        return lanes.vector() + ".fromArray(" + lanes.species() + ", " + array + ", " + at + ")";
    }

    private static String plus(String base, int offset) {
        return offset == 0 ? base : base + " + " + offset;
    }
}
