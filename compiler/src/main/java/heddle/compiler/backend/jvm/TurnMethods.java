package heddle.compiler.backend.jvm;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.jvm.text.ClassText;
import heddle.compiler.backend.jvm.text.Lanes;
import heddle.compiler.scheduled.Action;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The methods that copy rows of elements so that they become columns. Squares with as many rows as a vector has lanes are turned in
 * registers: for each bit of the numbers of rows and lanes, elements whose bits differ change places (Eklundh 1972).
 */
final class TurnMethods {
    private final ClassText members;

    TurnMethods(ClassText members) {
        this.members = members;
    }

    /** Writes the call for a copy. */
    static void write(Action.Turn t, Sides sides, KernelScope scope, JavaText out) {
        Sides.Side from = sides.of(t.from(), t.stored(), t.read());
        Sides.Side to = sides.of(t.to(), t.read(), t.stored());
        Lanes lanes = Lanes.of(t.element(), scope.target()).orElseThrow();
        List<String> arguments = List.of(
                sides.length(t.stored()),
                sides.length(t.read()),
                from.array(),
                from.at(),
                from.along().text(),
                to.array(),
                to.at(),
                to.along().text());
        out.line(new TurnMethods(scope.members()).of(lanes) + "(" + String.join(", ", arguments) + ");");
    }

    /** The method that turns {@code rows} rows of {@code columns} elements, wherever rows begin. */
    private String of(Lanes lanes) {
        return members.shared(List.of("turn", lanes), () -> {
            String name = members.methodName("turn");
            String square = members.methodName("turnSquare");
            writeAll(lanes, name, square);
            writeSquare(lanes, square);
            return name;
        });
    }

    private void writeAll(Lanes lanes, String name, String square) {
        int count = lanes.count();
        JavaText out = members.method();
        out.line("/** Copies {@code rows} rows of {@code columns} elements, so that rows become columns. */");
        out.open("private static void " + name + "(int rows, int columns, " + parameters(lanes) + ")");
        out.line("int r = 0;");
        out.open("for (; r + " + count + " <= rows; r += " + count + ")");
        out.line("int n = 0;");
        out.open("for (; n + " + count + " <= columns; n += " + count + ")");
        out.line(square + "(a, aAt + r * aStep + n, aStep, c, cAt + n * cStep + r, cStep);");
        out.close();
        out.open("for (; n < columns; n++)");
        out.open("for (int m = r; m < r + " + count + "; m++)");
        out.line("c[cAt + n * cStep + m] = a[aAt + m * aStep + n];");
        out.close().close().close();
        out.open("for (; r < rows; r++)");
        out.open("for (int n = 0; n < columns; n++)");
        out.line("c[cAt + n * cStep + r] = a[aAt + r * aStep + n];");
        out.close().close().close();
    }

    private static String parameters(Lanes lanes) {
        String array = lanes.element() + "[] ";
        return array + "a, int aAt, int aStep, " + array + "c, int cAt, int cStep";
    }

    private void writeSquare(Lanes lanes, String name) {
        int count = lanes.count();
        JavaText out = members.method();
        out.line("/** Turns " + count + " rows of as many elements. */");
        out.open("private static void " + name + "(" + parameters(lanes) + ")");
        IntFunction<String> at = r -> r == 0 ? "" : r == 1 ? " + %s" : " + " + r + " * %s";
        IntStream.range(0, count)
                .forEach(r -> out.line(lanes.vector() + " " + row(count, r) + " = " + lanes.vector() + ".fromArray("
                        + lanes.species() + ", a, aAt" + at.apply(r).formatted("aStep") + ");"));
        for (int half : lanes.halves()) {
            String swap = ".rearrange(" + members.swap(lanes, half) + ")";
            String upper = ", " + members.mask(lanes, lane -> (lane & half) != 0) + ")";
            for (int r = 0; r < count; r++) {
                String own = row(2 * half, r);
                String other = row(2 * half, r ^ half);
                String mixed = (r & half) == 0
                        ? own + ".blend(" + other + swap + upper
                        : other + swap + ".blend(" + own + upper;
                out.line(lanes.vector() + " " + row(half, r) + " = " + mixed + ";");
            }
        }
        IntStream.range(0, count)
                .forEach(r ->
                        out.line(row(1, r) + ".intoArray(c, cAt" + at.apply(r).formatted("cStep") + ");"));
        out.close();
    }

    /** A row after bits of {@code half} and more have been exchanged. */
    private static String row(int half, int number) {
        return "x" + half + "_" + number;
    }
}
