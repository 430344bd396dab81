package heddle.runtime.weights;

import heddle.compiler.type.Stored;
import heddle.runtime.tensor.Tensor;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Weights by name, each made anew whenever it is asked for, from a file or otherwise: those that nobody keeps take no memory. */
public final class WeightView extends AbstractMap<String, Tensor> {
    private final Set<String> names;
    private final Function<String, Tensor> read;
    private final Function<String, Stored> stored;

    /**
     * Weights that are read or drawn.
     *
     * @param read   gives the weight of a name, the same each time
     * @param stored says what that holds for each element, without reading it
     */
    public WeightView(Set<String> names, Function<String, Tensor> read, Function<String, Stored> stored) {
        this.names = names;
        this.read = read;
        this.stored = stored;
    }

    /** What weights hold for each element; those of a view are not read for it. */
    public static Map<String, Stored> forms(Map<String, Tensor> weights) {
        Map<String, Stored> forms = new HashMap<>();
        weights.keySet()
                .forEach(name -> forms.put(
                        name,
                        weights instanceof WeightView view
                                ? view.stored.apply(name)
                                : weights.get(name).stored()));
        return forms;
    }

    @Override
    public boolean containsKey(Object name) {
        return names.contains(name);
    }

    @Override
    public Tensor get(Object name) {
        return names.contains(name) ? read.apply((String) name) : null;
    }

    @Override
    public Set<String> keySet() {
        return names;
    }

    @Override
    public Set<Map.Entry<String, Tensor>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<Map.Entry<String, Tensor>> iterator() {
                return names.stream()
                        .map(name -> Map.entry(name, read.apply(name)))
                        .iterator();
            }

            @Override
            public int size() {
                return names.size();
            }
        };
    }
}
