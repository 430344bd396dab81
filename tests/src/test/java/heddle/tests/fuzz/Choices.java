package heddle.tests.fuzz;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * What a seed decides. Every choice has a name and depends on the seed and that name alone, so that one can be made the
 * plain way while all others stay as they are: that is how a failing model becomes small.
 */
final class Choices {
    private final long seed;
    private final Set<String> plain;
    private final Set<String> made;
    private final String scope;

    private Choices(long seed, Set<String> plain, Set<String> made, String scope) {
        this.seed = seed;
        this.plain = plain;
        this.made = made;
        this.scope = scope;
    }

    /** @param plain the names of choices that take their first alternative */
    static Choices of(long seed, Set<String> plain) {
        return new Choices(seed, Set.copyOf(plain), new LinkedHashSet<>(), "");
    }

    /** The same seed's choices about a part. */
    Choices in(String part) {
        return new Choices(seed, plain, made, scope + part + ".");
    }

    /** The names of choices that took another alternative than the first. */
    Set<String> made() {
        return Set.copyOf(made);
    }

    /** A number from 0 to {@code bound - 1}; 0 is plain. */
    int below(int bound, String name) {
        String full = scope + name;
        if (plain.contains(full)) {
            return 0;
        }
        int choice = new SplittableRandom(seed * 0x9E3779B97F4A7C15L ^ full.hashCode()).nextInt(bound);
        if (choice != 0) {
            made.add(full);
        }
        return choice;
    }

    /** One of the alternatives, all equally likely; the first is plain. */
    @SafeVarargs
    final <T> T of(String name, T... alternatives) {
        return alternatives[below(alternatives.length, name)];
    }

    <T> T of(String name, List<T> alternatives) {
        return alternatives.get(below(alternatives.size(), name));
    }

    /** Whether something happens that happens in {@code percent} of all models; that it does not is plain. */
    boolean happens(int percent, String name) {
        return below(100, name) >= 100 - percent;
    }

    /** The characters in another order, or as they are. */
    String shuffled(String letters, String name) {
        StringBuilder left = new StringBuilder(letters);
        StringBuilder order = new StringBuilder();
        while (!left.isEmpty()) {
            int next = below(left.length(), name + order.length());
            order.append(left.charAt(next));
            left.deleteCharAt(next);
        }
        return order.toString();
    }
}
