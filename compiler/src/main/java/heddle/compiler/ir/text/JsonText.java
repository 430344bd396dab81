package heddle.compiler.ir.text;

import heddle.compiler.ir.AttributeText;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes maps, lists, strings, numbers and truth values as JSON. Floats that JSON lacks become strings. */
final class JsonText {
    private JsonText() {}

    static String of(Object value) {
        return switch (value) {
            case Map<?, ?> map ->
                map.entrySet().stream()
                        .map(e -> string(e.getKey().toString()) + ": " + of(e.getValue()))
                        .collect(Collectors.joining(", ", "{", "}"));
            case List<?> list -> list.stream().map(JsonText::of).collect(Collectors.joining(", ", "[", "]"));
            case Double d -> number(d, d.toString());
            case Float f -> number(f, f.toString());
            case Long l -> l.toString();
            case Integer i -> i.toString();
            case Boolean b -> b.toString();
            default -> string(value.toString());
        };
    }

    private static String number(double value, String finite) {
        return Double.isFinite(value) ? finite : string(AttributeText.of((Object) value));
    }

    private static String string(String text) {
        StringBuilder out = new StringBuilder("\"");
        text.chars()
                .forEach(c -> out.append(
                        switch (c) {
                            case '"' -> "\\\"";
                            case '\\' -> "\\\\";
                            case '\n' -> "\\n";
                            default -> c < ' ' ? "\\u%04x".formatted(c) : Character.toString(c);
                        }));
        return out.append('"').toString();
    }
}
