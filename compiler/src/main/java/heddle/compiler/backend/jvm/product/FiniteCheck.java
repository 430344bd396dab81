package heddle.compiler.backend.jvm.product;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.jvm.text.ClassText;
import heddle.compiler.backend.jvm.text.Lanes;
import heddle.compiler.backend.jvm.text.Locals;
import heddle.compiler.schedule.machine.Processor;
import heddle.compiler.type.DType;
import java.util.List;
import java.util.Optional;

/**
 * Writes calls of the methods that tell whether arrays hold neither infinities nor NaN.
 *
 * @param type of the elements
 */
public record FiniteCheck(DType type, Processor target, ClassText members) {
    private static final String COMMENT =
            "Whether {@code rows} rows of {@code length} elements are neither infinite nor NaN. ";

    /**
     * A call that checks neighbours.
     *
     * @param length how many, an {@code int} expression
     */
    public String of(String length, String array, String at) {
        return of("1", length, "0", array, at);
    }

    /** A call that checks {@code rows} rows and {@code depth} columns of a matrix. */
    String of(Matrix a) {
        String row = a.row().text();
        String step = a.step().text();
        if (row.equals("1")) {
            return of("depth", "rows", step, a.name(), a.at());
        }
        return step.equals("1") ? of("rows", "depth", row, a.name(), a.at()) : ofScattered(a);
    }

    /** @param step from one row to the next */
    private String of(String rows, String length, String step, String array, String at) {
        Optional<Lanes> lanes =
                Lanes.of(type, target).filter(l -> l.element().equals("float")); // Integers are compared as wide.
        String method = members.shared(
                List.of("isFinite", Locals.type(type)),
                "isFinite",
                COMMENT + "Elements of a row are neighbours.",
                "boolean",
                "int rows, int length, int step, " + Locals.type(type) + "[] a, int at",
                out -> lanes.ifPresentOrElse(l -> writeLargest(out, l), () -> writeProbe(out, "n")));
        return method + "(" + String.join(", ", rows, length, step, array, at) + ")";
    }

    private String ofScattered(Matrix a) {
        String method = members.shared(
                List.of("isFinite", Locals.type(type), "scattered"),
                "isFinite",
                COMMENT,
                "boolean",
                "int rows, int length, int step, int next, " + Locals.type(type) + "[] a, int at",
                out -> writeProbe(out, "n * next"));
        return method + "("
                + String.join(", ", "rows", "depth", a.row().text(), a.step().text(), a.name(), a.at()) + ")";
    }

    /** Without their sign, the bits of floats are ordered as the floats are, then come infinity and NaN. */
    private static void writeLargest(JavaText out, Lanes lanes) {
        out.line("IntVector most = IntVector.zero(I);");
        out.open("for (int r = 0; r < rows; r++)");
        out.open("for (int n = 0; n < length; n += " + lanes.count() + ")");
        out.line("FloatVector x = FloatVector.fromArray(F, a, at + r * step + n, F.indexInRange(n, length));");
        out.line("most = most.max(x.reinterpretAsInts().and(Integer.MAX_VALUE));");
        out.close().close();
        out.line("return most.reduceLanes(VectorOperators.MAX) < Float.floatToRawIntBits(Float.POSITIVE_INFINITY);");
    }

    /** Zero times infinity or NaN is NaN, and so is a sum with it. */
    private void writeProbe(JavaText out, String along) {
        out.line(Locals.type(type) + " probe = 0;");
        out.open("for (int r = 0; r < rows; r++)");
        out.open("for (int n = 0; n < length; n++)");
        out.line("probe += 0 * a[at + r * step + " + along + "];");
        out.close().close();
        out.line("return probe == 0;");
    }
}
