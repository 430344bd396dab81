package heddle.compiler.backend.tornado.host;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.tornado.Storage;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.schedule.Plan;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes the tensors that a model states as methods that fill arrays. One Java method has room for a few thousand
 * numbers.
 */
record ConstantMethods(List<Plan.ConstantBuffer> constants) {
    private static final int NUMBERS = 2000;

    /** The statements that fill an array. */
    static String call(Plan.ConstantBuffer constant, String array) {
        StringBuilder calls = new StringBuilder();
        for (int from = 0; from == 0 || from < constant.values().size(); from += NUMBERS) {
            calls.append(from == 0 ? "" : "\n")
                    .append(method(constant.buffer(), from))
                    .append("(")
                    .append(array)
                    .append(");");
        }
        return calls.toString();
    }

    private static String method(Buffer buffer, int from) {
        return "fill_" + buffer.name() + (from == 0 ? "" : "_" + from / NUMBERS);
    }

    void write(JavaText out) {
        for (Plan.ConstantBuffer constant : constants) {
            List<Double> values = constant.values();
            for (int from = 0; from == 0 || from < values.size(); from += NUMBERS) {
                write(constant.buffer(), values.subList(from, Math.min(values.size(), from + NUMBERS)), from, out);
            }
        }
    }

    private static void write(Buffer buffer, List<Double> values, int from, JavaText out) {
        Storage storage = Storage.of(buffer.stored());
        String numbers = values.stream().map(v -> number(storage, v)).collect(Collectors.joining(", "));
        out.blank();
        out.open("private static void " + method(buffer, from) + "(" + storage.array() + " array)");
        out.line(storage.element() + "[] values = {" + numbers + "};");
        out.open("for (int i = 0; i < values.length; i++)");
        out.line("array.set(" + (from == 0 ? "i" : from + " + i") + ", values[i]);");
        out.close().close();
    }

    private static String number(Storage storage, double value) {
        return switch (storage) {
            case FLOAT -> Float.isFinite((float) value) ? (float) value + "f" : special("Float", value);
            case DOUBLE -> Double.isFinite(value) ? String.valueOf(value) : special("Double", value);
            case LONG -> (long) value + "L";
            case INT -> String.valueOf((int) value);
            case BOOLEAN -> value != 0 ? "1" : "0";
            case F16, BF16, I8, I4 -> throw new IllegalArgumentException("constants are not packed");
        };
    }

    private static String special(String type, double value) {
        return type + "." + (value > 0 ? "POSITIVE_INFINITY" : value < 0 ? "NEGATIVE_INFINITY" : "NaN");
    }
}
