package heddle.runtime.onnx.source;

import heddle.compiler.type.DType;

/** Numbers as the language writes them. */
final class NumberText {
    private NumberText() {}

    /** The shortest text that is read as this number where a number of the type is meant. */
    static String of(double number, DType dtype) {
        return switch (dtype) {
            case BOOL -> number != 0 ? "true" : "false";
            case I32, I64 -> Long.toString((long) number);
            case F64 -> ofFloat(Double.toString(number), number);
            case F32, F16, BF16 -> ofFloat(Float.toString((float) number), number);
        };
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
