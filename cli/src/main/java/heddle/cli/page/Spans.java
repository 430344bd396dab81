package heddle.cli.page;

import heddle.dsl.source.SourceFile;
import heddle.dsl.source.Span;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Source places as a report has them: {@code [file, start, end]}, each once, and chains of them by number. */
final class Spans {
    private final Map<SourceFile, Integer> files = new LinkedHashMap<>();
    private final Map<Span, Integer> spans = new LinkedHashMap<>();
    private final Map<List<Integer>, Integer> chains = new LinkedHashMap<>();

    Spans(List<SourceFile> known) {
        known.forEach(file -> files.put(file, files.size()));
    }

    /** The number of a place. */
    int of(Span span) {
        return spans.computeIfAbsent(span, s -> spans.size());
    }

    /** The number of a chain of places, innermost first. */
    int chain(List<Span> places) {
        List<Integer> chain = places.stream().map(this::of).toList();
        return chains.computeIfAbsent(chain, c -> chains.size());
    }

    /** All places; -1 is a file that is not the model's. */
    List<List<Integer>> places() {
        List<List<Integer>> all = new ArrayList<>();
        spans.keySet().forEach(s -> all.add(List.of(files.getOrDefault(s.file(), -1), s.start(), s.end())));
        return all;
    }

    /** All chains, as numbers of places. */
    List<List<Integer>> chains() {
        return List.copyOf(chains.keySet());
    }
}
