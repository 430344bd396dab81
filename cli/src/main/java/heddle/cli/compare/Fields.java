package heddle.cli.compare;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An object of a report. What is missing or of another kind is damage, which is told with its place. */
public record Fields(String place, Map<?, ?> values) {
    /** Thrown for a report that does not have what its schema says. */
    public static final class Damaged extends RuntimeException {
        private static final long serialVersionUID = 1;

        Damaged(String message) {
            super(message);
        }
    }

    /** An object where one is expected. */
    static Fields of(String place, Object value) {
        if (value instanceof Map<?, ?> map) {
            return new Fields(place, map);
        }
        throw new Damaged(place + " is no object");
    }

    /** A whole number where one is expected. */
    static int whole(String place, Object value) {
        if (value instanceof Number number) {
            return number.intValue();
        }
        throw new Damaged(place + " is no number");
    }

    /** A list where one is expected. */
    static List<?> list(String place, Object value) {
        if (value instanceof List<?> list) {
            return list;
        }
        throw new Damaged(place + " is no list");
    }

    boolean has(String key) {
        return values.get(key) != null;
    }

    Fields object(String key) {
        return of(place + "." + key, values.get(key));
    }

    List<?> list(String key) {
        return list(place + "." + key, values.get(key));
    }

    /** The objects of a list. */
    List<Fields> objects(String key) {
        return list(key).stream().map(o -> of(place + "." + key, o)).toList();
    }

    /** The numbers of a list. */
    List<Integer> numbers(String key) {
        return list(key).stream().map(o -> whole(place + "." + key, o)).toList();
    }

    int whole(String key) {
        return whole(place + "." + key, values.get(key));
    }

    /** The text of a key; empty when there is none. */
    String text(String key) {
        Object value = values.get(key);
        return value == null ? "" : value.toString();
    }

    /**
     * A number, or as text a formula in lengths that are not known, or the digits of what 64 bits do not count; empty when there is
     * neither.
     */
    Optional<Object> amount(String key) {
        Object value = values.get(key);
        if (value instanceof BigInteger large && large.bitLength() >= Long.SIZE) {
            return Optional.of(large.toString());
        }
        return value instanceof Number number ? Optional.of(number.longValue()) : Optional.ofNullable(value);
    }
}
