package heddle.compiler.backend.jvm;

import heddle.compiler.backend.source.JavaText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Writes the method that tells whether a tile holds neither infinities nor NaN. */
final class FiniteCheck {
    private FiniteCheck() {}

    /** The name of the method; its parameters are those of a product's {@code a}. */
    static String write(ProductMethods.Shape shape, Optional<Lanes> lanes, ClassText members) {
        String name = members.methodName("isFinite");
        MicroKernel.Strides strides = shape.strides();
        List<String> parameters =
                new ArrayList<>(List.of("int rows", "int depth", Locals.type(shape.type()) + "[] a", "int aAt"));
        strides.unknown().keySet().forEach(s -> parameters.add("int " + s));
        JavaText out = members.method();
        out.line("/** Whether {@code rows * depth} elements are neither infinite nor NaN. */");
        out.open("private static boolean " + name + "(" + String.join(", ", parameters) + ")");
        boolean vectors = strides.aRow().text().equals("1")
                && lanes.filter(l -> l.element().equals("float")).isPresent();
        if (vectors) {
            writeLargest(out, strides, lanes.get().count());
        } else {
            writeProbe(out, strides, Locals.type(shape.type()));
        }
        out.close();
        return name;
    }

    /** Without their sign, the bits of floats are ordered as the floats are, then come infinity and NaN. */
    private static void writeLargest(JavaText out, MicroKernel.Strides strides, int lanes) {
        out.line("IntVector most = IntVector.zero(I);");
        out.line("int rest = 0;");
        out.line("int r = 0;");
        out.open("for (; r <= rows - " + lanes + "; r += " + lanes + ")");
        out.open("for (int k = 0; k < depth; k++)");
        out.line("int p = aAt + r + " + strides.aStep().times("k") + ";");
        out.line("most = most.max(FloatVector.fromArray(F, a, p).reinterpretAsInts().and(Integer.MAX_VALUE));");
        out.close().close();
        out.open("for (; r < rows; r++)");
        out.open("for (int k = 0; k < depth; k++)");
        out.line("int bits = Float.floatToRawIntBits(a[aAt + r + "
                + strides.aStep().times("k") + "]);");
        out.line("rest = Math.max(rest, bits & Integer.MAX_VALUE);");
        out.close().close();
        out.line("int infinity = Float.floatToRawIntBits(Float.POSITIVE_INFINITY);");
        out.line("return Math.max(rest, most.reduceLanes(VectorOperators.MAX)) < infinity;");
    }

    /** Zero times infinity or NaN is NaN, and so is a sum with it. */
    private static void writeProbe(JavaText out, MicroKernel.Strides strides, String type) {
        out.line(type + " probe = 0;");
        out.open("for (int r = 0; r < rows; r++)");
        out.open("for (int k = 0; k < depth; k++)");
        out.line("probe += 0 * a[aAt + " + strides.aRow().times("r") + " + "
                + strides.aStep().times("k") + "];");
        out.close().close();
        out.line("return probe == 0;");
    }
}
