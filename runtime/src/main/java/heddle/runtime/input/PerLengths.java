package heddle.runtime.input;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** What follows from the lengths of a run, kept for the choices of lengths that were used last. */
public final class PerLengths<V> {
    /** Texts of one model have about as many lengths. */
    private static final int KEPT = 64;

    private final Map<Map<String, Long>, V> recent = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Map<String, Long>, V> eldest) {
            return size() > KEPT;
        }
    };

    /** The value for some lengths, made when it is not kept. Threads that come at once may each make it. */
    public V get(Map<String, Long> lengths, Function<Map<String, Long>, V> make) {
        synchronized (recent) {
            V kept = recent.get(lengths);
            if (kept != null) {
                return kept;
            }
        }
        V made = make.apply(lengths);
        synchronized (recent) {
            recent.put(Map.copyOf(lengths), made);
        }
        return made;
    }
}
