package heddle.dsl.parse;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.source.Span;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/** Collects the mistakes of one file, at most one for each place, and returns them in the order of their places. */
final class Problems {
    private final List<Diagnostic> found = new ArrayList<>();
    private final TreeSet<Integer> places = new TreeSet<>();

    void add(Diagnostic diagnostic) {
        if (places.add(start(diagnostic))) {
            found.add(diagnostic);
        }
    }

    boolean hasAt(int start) {
        return places.contains(start);
    }

    /** Whether a mistake was found at {@code start} or after, before {@code end}. */
    boolean hasBetween(int start, int end) {
        return !places.subSet(start, end).isEmpty();
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    List<Diagnostic> sorted() {
        return found.stream().sorted(Comparator.comparingInt(Problems::start)).toList();
    }

    private static int start(Diagnostic diagnostic) {
        Span span = diagnostic.primary().orElseThrow().span();
        return span.start();
    }
}
