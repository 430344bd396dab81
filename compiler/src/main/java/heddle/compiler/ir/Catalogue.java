package heddle.compiler.ir;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The operations of the text form, by name. Immutable. */
public final class Catalogue {
    /** Makes an operation from its attributes in the text. */
    @FunctionalInterface
    public interface Factory {
        Op create(Attributes attributes);
    }

    public static final Catalogue EMPTY = new Catalogue(Map.of());

    private final Map<String, Factory> factories;

    private Catalogue(Map<String, Factory> factories) {
        this.factories = factories;
    }

    /** This catalogue and one more operation. @throws IllegalArgumentException when the name is taken */
    public Catalogue with(String name, Factory factory) {
        Map<String, Factory> more = new LinkedHashMap<>(factories);
        if (more.putIfAbsent(name, factory) != null) {
            throw new IllegalArgumentException("operation " + name + " is there already");
        }
        return new Catalogue(more);
    }

    /** All names, in the order they were added. */
    public Set<String> names() {
        return factories.keySet();
    }

    public Optional<Factory> find(String name) {
        return Optional.ofNullable(factories.get(name));
    }
}
