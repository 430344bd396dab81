package heddle.compiler.backend.jvm.product;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.jvm.text.ClassText;
import heddle.compiler.backend.jvm.text.Lanes;
import heddle.compiler.backend.jvm.text.Locals;
import heddle.compiler.schedule.machine.Processor;
import heddle.compiler.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Writes the methods that tell whether a factor of a product holds neither infinities nor NaN. */
public record FiniteCheck(String type, MicroKernel.Strides strides, Optional<Lanes> lanes) {
    static FiniteCheck of(ProductMethods.Shape shape, Optional<Lanes> lanes) {
        return new FiniteCheck(Locals.type(shape.type()), shape.strides(), lanes.filter(FiniteCheck::haveBits));
    }

    /** A call that checks {@code b}, whose rows follow each other without gaps. */
    String ofVectors(ClassText members) {
        return method(type, lanes, members) + "(depth * " + strides.width() + ", b, bAt)";
    }

    /**
     * The condition that the first elements of an array are neither infinities nor NaN.
     *
     * @param elements how many, an {@code int} expression
     */
    public static String of(DType type, Processor target, String array, String elements, ClassText members) {
        Optional<Lanes> lanes = Lanes.of(type, target).filter(FiniteCheck::haveBits);
        return method(Locals.type(type), lanes, members) + "(" + elements + ", " + array + ", 0)";
    }

    /** Integers are compared as wide as floats. */
    private static boolean haveBits(Lanes lanes) {
        return lanes.element().equals("float");
    }

    private static String method(String type, Optional<Lanes> lanes, ClassText members) {
        return members.shared(
                List.of("isFinite", type),
                "isFinite",
                "Whether {@code length} elements are neither infinite nor NaN.",
                "boolean",
                "int length, " + type + "[] b, int bAt",
                out -> writeRow(out, type, lanes));
    }

    private static void writeRow(JavaText out, String type, Optional<Lanes> lanes) {
        if (lanes.isPresent()) {
            out.line("IntVector most = IntVector.zero(I);");
            out.open("for (int n = 0; n < length; n += " + lanes.get().count() + ")");
            out.line("most = most.max(" + bits("b", "bAt + n") + ");");
            out.close();
            writeResult(out, "most.reduceLanes(VectorOperators.MAX)");
        } else {
            out.line(type + " probe = 0;");
            out.open("for (int n = 0; n < length; n++)");
            out.line("probe += 0 * b[bAt + n];");
            out.close();
            out.line("return probe == 0;");
        }
    }

    /** A call that checks {@code a}. */
    String ofSpread(ClassText members) {
        String name = members.methodName("isFinite");
        List<String> parameters = new ArrayList<>(List.of("int rows", "int depth", type + "[] a", "int aAt"));
        List<String> arguments = new ArrayList<>(List.of("rows", "depth", "a", "aAt"));
        strides.unknown().keySet().forEach(s -> parameters.add("int " + s));
        arguments.addAll(strides.unknown().keySet());
        boolean inLanes = lanes.isPresent() && strides.aRow().text().equals("1");
        members.method(
                name,
                "Whether {@code rows * depth} elements are neither infinite nor NaN.",
                "boolean",
                String.join(", ", parameters),
                inLanes ? out -> writeLargest(out, lanes.get()) : this::writeProbe);
        return name + "(" + String.join(", ", arguments) + ")";
    }

    private void writeLargest(JavaText out, Lanes lanes) {
        out.line("IntVector most = IntVector.zero(I);");
        out.open("for (int r = 0; r < rows; r += " + lanes.count() + ")");
        out.line(lanes.mask() + " inside = " + lanes.species() + ".indexInRange(r, rows);");
        out.open("for (int k = 0; k < depth; k++)");
        out.line("int p = aAt + r + " + strides.aStep().times("k") + ";");
        out.line("most = most.max(" + bits("a", "p, inside") + ");");
        out.close().close();
        writeResult(out, "most.reduceLanes(VectorOperators.MAX)");
    }

    /** Without their sign, the bits of floats are ordered as the floats are, then come infinity and NaN. */
    private static String bits(String array, String at) {
        return "FloatVector.fromArray(F, " + array + ", " + at + ").reinterpretAsInts().and(Integer.MAX_VALUE)";
    }

    private static void writeResult(JavaText out, String largest) {
        out.line("return " + largest + " < Float.floatToRawIntBits(Float.POSITIVE_INFINITY);");
    }

    /** Zero times infinity or NaN is NaN, and so is a sum with it. */
    private void writeProbe(JavaText out) {
        out.line(type + " probe = 0;");
        out.open("for (int r = 0; r < rows; r++)");
        out.open("for (int k = 0; k < depth; k++)");
        out.line("probe += 0 * a[aAt + " + strides.aRow().times("r") + " + "
                + strides.aStep().times("k") + "];");
        out.close().close();
        out.line("return probe == 0;");
    }
}
