package heddle.compiler.backend.jvm;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.jvm.text.ClassText;
import heddle.compiler.backend.jvm.text.Lanes;
import heddle.compiler.scheduled.Action;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The methods that copy rows of elements so that they become columns. Squares with as many rows as a vector has lanes are turned in
 * registers: for each bit of the numbers of rows and lanes, elements whose bits differ change places (Eklundh 1972).
 */
record TurnMethods(ClassText members, Lanes lanes) {
    /**
     * Java expressions for exchanges across one bit.
     *
     * @param swap  what lanes are rearranged by
     * @param upper a mask of the lanes that have the bit
     */
    private record Exchange(String swap, String upper) {}

    /** Writes the call for a copy. */
    static void write(Action.Turn t, KernelScope scope, JavaText out) {
        Sides sides = new Sides(scope, out);
        Sides.Side from = sides.of(t.from(), t.stored(), t.read());
        Sides.Side to = sides.of(t.to(), t.read(), t.stored());
        Lanes lanes = Lanes.of(t.element(), scope.target()).orElseThrow();
        List<String> arguments = List.of(
                scope.length(t.stored()),
                scope.length(t.read()),
                from.array(),
                from.at(),
                from.along().text(),
                to.array(),
                to.at(),
                to.along().text());
        out.line(new TurnMethods(scope.members(), lanes).method() + "(" + String.join(", ", arguments) + ");");
    }

    /** The method that turns {@code rows} rows of {@code columns} elements, wherever rows begin. */
    private String method() {
        String comment = "Copies {@code rows} rows of {@code columns} elements, so that rows become columns.";
        String parameters = "int rows, int columns, " + parameters();
        return members.shared(List.of("turn", lanes), "turn", comment, "void", parameters, out -> {
            int count = lanes.count();
            out.open("for (int r = 0; r < rows; r += " + count + ")");
            out.open("for (int n = 0; n < columns; n += " + count + ")");
            out.line("int from = aAt + r * aStep + n, to = cAt + n * cStep + r;");
            out.open("if (r + " + count + " <= rows && n + " + count + " <= columns)");
            if (count == 16) {
                writeInFours(out);
            } else {
                String square = members.methodName("turnSquare");
                writeRows(square, "Turns " + count + " rows of as many elements.", count, "", exchanges());
                out.line(square + "(a, from, aStep, c, to, cStep);");
            }
            out.line("continue;").close();
            out.open("for (int i = 0; i < Math.min(" + count + ", rows - r); i++)");
            out.open("for (int j = 0; j < Math.min(" + count + ", columns - n); j++)");
            out.line("c[to + j * cStep + i] = a[from + i * aStep + j];");
            out.close().close().close().close();
        });
    }

    private String parameters() {
        String array = lanes.element() + "[] ";
        return array + "a, int aAt, int aStep, " + array + "c, int cAt, int cStep";
    }

    /**
     * Four rows whose numbers differ in two bits exchange those, and then such rows the other two bits, where they now are. That
     * stores and loads them once more, but sixteen rows at once take four times as many statements, and four times as long to compile.
     */
    private void writeInFours(JavaText out) {
        String four = members.methodName("turnFour");
        List<Exchange> exchanges = exchanges();
        out.open("for (int i = 0; i < 4; i++)");
        out.line(four + "(a, from + i * aStep, 4 * aStep, c, to + i * cStep, 4 * cStep, "
                + arguments(exchanges.subList(0, 2)) + ");");
        out.close();
        out.open("for (int i = 0; i < 16; i += 4)");
        out.line(four + "(c, to + i * cStep, cStep, c, to + i * cStep, cStep, " + arguments(exchanges.subList(2, 4))
                + ");");
        out.close();
        String shuffle = ", VectorShuffle<" + lanes.boxed() + "> ";
        String mask = ", " + lanes.mask() + " ";
        writeRows(
                four,
                "Turns squares of four groups of lanes, and then each of them.",
                4,
                shuffle + "swap" + mask + "upper" + shuffle + "swap2" + mask + "upper2",
                List.of(new Exchange("swap", "upper"), new Exchange("swap2", "upper2")));
    }

    private List<Exchange> exchanges() {
        return lanes.halves().stream()
                .map(half -> new Exchange(members.swap(lanes, half), members.mask(lanes, lane -> (lane & half) != 0)))
                .toList();
    }

    private static String arguments(List<Exchange> exchanges) {
        List<String> arguments = new ArrayList<>();
        exchanges.forEach(e -> arguments.addAll(List.of(e.swap, e.upper)));
        return String.join(", ", arguments);
    }

    /**
     * Writes a method that makes exchanges between {@code count} rows.
     *
     * @param more parameters
     */
    private void writeRows(String name, String comment, int count, String more, List<Exchange> exchanges) {
        members.method(name, comment, "void", parameters() + more, out -> writeRows(out, count, exchanges));
    }

    private void writeRows(JavaText out, int count, List<Exchange> exchanges) {
        IntFunction<String> at = r -> r == 0 ? "" : r == 1 ? " + %s" : " + " + r + " * %s";
        IntStream.range(0, count)
                .forEach(r -> out.line(lanes.vector() + " " + row(count, r) + " = " + lanes.vector() + ".fromArray("
                        + lanes.species() + ", a, aAt" + at.apply(r).formatted("aStep") + ");"));
        int half = count / 2;
        for (Exchange exchange : exchanges) {
            for (int r = 0; r < count; r++) {
                String own = row(2 * half, r);
                String other = row(2 * half, r ^ half) + ".rearrange(" + exchange.swap + ")";
                String lower = (r & half) == 0 ? own : other;
                String upper = (r & half) == 0 ? other : own;
                out.line(lanes.vector() + " " + row(half, r) + " = " + lower + ".blend(" + upper + ", " + exchange.upper
                        + ");");
            }
            half /= 2;
        }
        IntStream.range(0, count)
                .forEach(r ->
                        out.line(row(1, r) + ".intoArray(c, cAt" + at.apply(r).formatted("cStep") + ");"));
    }

    /** A row after bits of {@code half} and more have been exchanged. */
    private static String row(int half, int number) {
        return "x" + half + "_" + number;
    }
}
