package heddle.cli.page;

import heddle.dsl.ast.Item;
import heddle.dsl.ast.Stmt;
import heddle.dsl.parse.Parser;
import heddle.dsl.source.SourceFile;
import heddle.dsl.source.Span;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a model calls the values of its expressions: the names of the {@code let}, assignment or output around a place. */
final class LetNames {
    private record Named(Span span, String name) {}

    private final Map<SourceFile, List<Named>> files = new HashMap<>();

    private LetNames() {}

    static LetNames of(List<SourceFile> files) {
        LetNames names = new LetNames();
        for (SourceFile file : files) {
            List<Named> named = names.files.computeIfAbsent(file, f -> new ArrayList<>());
            Parser.parse(file).orThrow().items().forEach(item -> collect(item, named));
        }
        return names;
    }

    /** The name of the smallest expression with a name that a place is in; empty when there is none. */
    String of(Span place) {
        Named smallest = null;
        for (Named n : files.getOrDefault(place.file(), List.of())) {
            boolean inside = n.span.start() <= place.start() && place.end() <= n.span.end();
            if (inside && (smallest == null || length(n.span) <= length(smallest.span))) {
                smallest = n;
            }
        }
        return smallest == null ? "" : smallest.name;
    }

    private static int length(Span span) {
        return span.end() - span.start();
    }

    private static void collect(Item item, List<Named> named) {
        switch (item) {
            case Item.Function f -> f.body().forEach(s -> collect(s, named));
            case Stmt.Let let -> let.bindings().forEach(b -> add(b, named));
            case Stmt.Assign assign -> add(assign.binding(), named);
            case Stmt.For loop -> loop.body().forEach(s -> collect(s, named));
            case Stmt.If branch -> {
                branch.then().forEach(s -> collect(s, named));
                branch.otherwise().forEach(s -> collect(s, named));
            }
            case Stmt.Output output ->
                named.add(new Named(output.span(), output.name().text()));
            default -> {}
        }
    }

    private static void add(Stmt.Binding binding, List<Named> named) {
        String names = binding.names().stream().map(n -> n.text()).collect(Collectors.joining(", "));
        named.add(new Named(binding.value().span(), names));
    }
}
