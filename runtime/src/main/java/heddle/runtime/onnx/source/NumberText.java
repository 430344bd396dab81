package heddle.runtime.onnx.source;

import heddle.compiler.type.DType;

/** Numbers as the language writes them. */
final class NumberText {
    private NumberText() {}

    /** The shortest text that is read as this number where a number of the type is meant. */
    static String of(double number, DType dtype) {
        if (dtype == DType.BOOL) {
            return number != 0 ? "true" : "false";
        }
        if (dtype.isInt()) {
            return Long.toString((long) number);
        }
        return ofFloat(dtype == DType.F64 ? Double.toString(number) : Float.toString((float) number), number);
    }

    /** The language has no number that is none; it is what infinities leave. */
    private static String ofFloat(String shortest, double number) {
        if (Double.isNaN(number)) {
            return "(inf - inf)";
        }
        if (Double.isInfinite(number)) {
            return number > 0 ? "inf" : "-inf";
        }
        return shortest.replace("E", "e");
    }
}
