package heddle.compiler.ir;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Attribute values as the text form writes them. */
public final class AttributeText {
    private static final Set<Class<?>> SCALARS = Set.of(
            Long.class, Float.class, Double.class, Boolean.class, String.class, DType.class, Dim.class, Shape.class);

    private AttributeText() {}

    static boolean isPrintable(Object value) {
        return switch (value) {
            case List<?> list -> list.stream().allMatch(AttributeText::isPrintable);
            default -> SCALARS.contains(value.getClass());
        };
    }

    /** {@code {axis = 1, keep_dims = true}}, or nothing when there are no attributes. */
    public static String of(Map<String, Object> attributes) {
        return attributes.isEmpty()
                ? ""
                : attributes.entrySet().stream()
                        .map(a -> a.getKey() + " = " + of(a.getValue()))
                        .collect(Collectors.joining(", ", "{", "}"));
    }

    /** One value: {@code 1}, {@code 1.0}, {@code -inf}, {@code "text"}, {@code N*2}, {@code [1, 2]}. */
    public static String of(Object value) {
        return switch (value) {
            case Double d -> ofFloat(d, d.toString());
            case Float f -> ofFloat(f, f.toString());
            case String s -> quoted(s);
            case List<?> list -> list.stream().map(AttributeText::of).collect(Collectors.joining(", ", "[", "]"));
            default -> value.toString();
        };
    }

    private static String ofFloat(double value, String finite) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        return Double.isInfinite(value) ? value > 0 ? "inf" : "-inf" : finite;
    }

    /** A string in quotes, with escapes. */
    public static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        text.chars()
                .forEach(c -> out.append(
                        switch (c) {
                            case '"' -> "\\\"";
                            case '\\' -> "\\\\";
                            case '\n' -> "\\n";
                            case '\t' -> "\\t";
                            case '\r' -> "\\r";
                            default -> Character.isISOControl(c) ? "\\u%04x".formatted(c) : Character.toString(c);
                        }));
        return out.append('"').toString();
    }
}
