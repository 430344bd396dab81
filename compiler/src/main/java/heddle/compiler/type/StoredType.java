package heddle.compiler.type;

import java.util.Arrays;
import java.util.Optional;

/**
 * What the file of a weight holds for each element, and the scales that belong to it.
 *
 * @param scales of a quantised weight; without them its values are the whole numbers
 */
public record StoredType(Stored stored, Optional<Scales> scales) {
    public StoredType {
        if (scales.isPresent() && !stored.isQuantised()) {
            throw new IllegalArgumentException(stored + " has no scales");
        }
    }

    /** Elements as they are, without scales. */
    public StoredType(Stored stored) {
        this(stored, Optional.empty());
    }

    /** What is held for values of {@code type} where nothing else is said. */
    public static StoredType of(DType type) {
        return new StoredType(Stored.packed(type));
    }

    /** {@code i8 per column}. */
    public String text() {
        return stored.text() + scales.map(s -> " per " + s.per().text()).orElse("");
    }

    /**
     * What {@link #text} gives.
     *
     * @param name of the scales
     */
    public static Optional<StoredType> parse(String text, String name) {
        String[] words = text.split(" per ", 2);
        Optional<Stored> stored = Arrays.stream(Stored.values())
                .filter(s -> s.text().equals(words[0]))
                .findFirst();
        if (words.length == 1) {
            return stored.map(StoredType::new);
        }
        return stored.filter(Stored::isQuantised)
                .flatMap(s ->
                        Scales.Per.named(words[1]).map(per -> new StoredType(s, Optional.of(new Scales(per, name)))));
    }
}
