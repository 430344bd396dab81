package heddle.runtime.onnx.source.text;

import heddle.dsl.ast.Item;
import heddle.dsl.ast.Stmt;
import heddle.dsl.parse.Parser;
import heddle.dsl.source.SourceFile;
import heddle.dsl.source.Span;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Finds the lines of statements in a formatted file. */
final class LineNodes {
    private final List<Span> spans = new ArrayList<>();

    private LineNodes() {}

    /** @param statements the nodes of each statement that computes something, in the order of the text */
    static SortedMap<Integer, List<String>> of(SourceFile file, List<List<String>> statements) {
        LineNodes lines = new LineNodes();
        for (Item item : Parser.parse(file).orThrow().items()) {
            if (item instanceof Item.Function function) {
                function.body().forEach(lines::add);
            } else if (item instanceof Stmt statement) {
                lines.add(statement);
            }
        }
        if (lines.spans.size() != statements.size()) {
            throw new IllegalStateException(
                    lines.spans.size() + " statements where " + statements.size() + " were written");
        }
        SortedMap<Integer, Set<String>> found = new TreeMap<>();
        for (int i = 0; i < statements.size(); i++) {
            Span span = lines.spans.get(i);
            int from = file.position(span.start()).line();
            int to = file.position(Math.max(span.start(), span.end() - 1)).line();
            for (int line = from; line <= to && !statements.get(i).isEmpty(); line++) {
                found.computeIfAbsent(line, l -> new LinkedHashSet<>()).addAll(statements.get(i));
            }
        }
        SortedMap<Integer, List<String>> out = new TreeMap<>();
        found.forEach((line, nodes) -> out.put(line, List.copyOf(nodes)));
        return out;
    }

    private void add(Stmt statement) {
        if (statement instanceof Stmt.For loop) {
            loop.body().forEach(this::add);
        } else {
            spans.add(statement.span());
        }
    }
}
