package heddle.compiler.ir;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The attributes of an operation in the text form, from which the catalogue makes the operation. Asking for an
 * attribute that is missing or has another kind throws {@link IllegalArgumentException}.
 *
 * @param values   the attributes, as {@link Op#attributes} has them; a length that is a number may be a {@code Long}
 * @param operands the types of the operands
 * @param results  the types the text gives the results
 */
public record Attributes(Map<String, Object> values, List<TensorType> operands, List<TensorType> results) {
    /** The type of the only result. */
    public TensorType result() {
        if (results.size() != 1) {
            throw new IllegalArgumentException("one result type is needed, not " + results.size());
        }
        return results.getFirst();
    }

    public String string(String key) {
        return get(key, String.class);
    }

    public boolean flag(String key) {
        return get(key, Boolean.class);
    }

    public int integer(String key) {
        return Math.toIntExact(get(key, Long.class));
    }

    public double number(String key) {
        return get(key, Number.class).doubleValue();
    }

    /** The number {@code key}, or another one when it is not there. */
    public double number(String key, double otherwise) {
        return values.containsKey(key) ? number(key) : otherwise;
    }

    public Dim dim(String key) {
        return asDim(key, get(key, Object.class));
    }

    public Shape shape(String key) {
        return new Shape(dims(key));
    }

    public List<Dim> dims(String key) {
        return list(key, Object.class).stream().map(v -> asDim(key, v)).toList();
    }

    public List<Long> longs(String key) {
        return list(key, Long.class);
    }

    public List<Integer> integers(String key) {
        return longs(key).stream().map(Math::toIntExact).toList();
    }

    public List<String> strings(String key) {
        return list(key, String.class);
    }

    public List<List<String>> stringLists(String key) {
        return list(key, List.class).stream()
                .<List<String>>map(inner -> {
                    List<String> strings = new ArrayList<>();
                    ((List<?>) inner).forEach(v -> strings.add(cast(key, v, String.class)));
                    return strings;
                })
                .toList();
    }

    /** The string {@code key}, if present. */
    public Optional<String> optional(String key) {
        return values.containsKey(key) ? Optional.of(string(key)) : Optional.empty();
    }

    /** The element type {@code key}, or another one when it is not there. */
    public DType dtype(String key, DType otherwise) {
        return values.containsKey(key) ? get(key, DType.class) : otherwise;
    }

    public List<Number> numbers(String key) {
        return list(key, Number.class);
    }

    private Dim asDim(String key, Object value) {
        return switch (value) {
            case Long number -> Dim.of(number);
            case Dim dim -> dim;
            default -> throw wrong(key, value);
        };
    }

    private <T> List<T> list(String key, Class<T> type) {
        List<?> list = get(key, List.class);
        return list.stream().map(v -> cast(key, v, type)).toList();
    }

    private <T> T get(String key, Class<T> type) {
        Object value = values.get(key);
        if (value == null) {
            throw new IllegalArgumentException("the attribute " + key + " is missing");
        }
        return cast(key, value, type);
    }

    private static <T> T cast(String key, Object value, Class<T> type) {
        if (!type.isInstance(value)) {
            throw wrong(key, value);
        }
        return type.cast(value);
    }

    private static IllegalArgumentException wrong(String key, Object value) {
        return new IllegalArgumentException("the attribute " + key + " cannot be " + AttributeText.of(value));
    }
}
