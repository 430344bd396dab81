package heddle.runtime.onnx;

import heddle.runtime.onnx.source.Definition;
import heddle.runtime.onnx.source.FlatModel;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** One statement a line. Stands in until the source is made readable. */
final class InterimText {
    private final Map<Value, String> names = new HashMap<>();
    final StringBuilder text = new StringBuilder();
    final List<List<String>> nodes = new ArrayList<>();

    InterimText(FlatModel model) {
        line("model " + model.name(), List.of());
        if (!model.lengths().isEmpty()) {
            line("dim " + String.join(", ", model.lengths()), List.of());
        }
        for (Value v : model.inputs()) {
            names.put(v, v.name().replaceAll("[^A-Za-z0-9_]", "_"));
            line("input " + names.get(v) + ": " + v.type(), List.of());
        }
        for (Definition d : model.definitions()) {
            String term = of(d.term());
            d.results().forEach(v -> names.put(v, "v" + names.size()));
            line(
                    "let " + d.results().stream().map(names::get).collect(Collectors.joining(", ")) + " = " + term,
                    d.nodes());
        }
        for (FlatModel.Result r : model.outputs()) {
            String name = r.name().replaceAll("[^A-Za-z0-9_]", "_");
            line("output " + (names.containsValue(name) ? name + "_out" : name) + " = " + of(r.term()), List.of());
        }
    }

    private void line(String line, List<String> made) {
        text.append(line).append('\n');
        nodes.add(made);
    }

    private String of(Term term) {
        return switch (term) {
            case Term.Ref r -> names.get(r.value());
            case Term.Name n -> n.text();
            case Term.Literal l -> l.text().startsWith("-") ? "(" + l.text() + ")" : l.text();
            case Term.Length l -> "(" + l.dim() + ")";
            case Term.Text t -> "\"" + t.text() + "\"";
            case Term.Call c ->
                c.function() + "("
                        + c.arguments().stream()
                                .map(a -> a.name().map(n -> n + " = ").orElse("") + of(a.term()))
                                .collect(Collectors.joining(", "))
                        + ")";
            case Term.Infix i -> "(" + of(i.left()) + " " + i.operator() + " " + of(i.right()) + ")";
            case Term.Prefix p -> "(" + p.operator() + " " + of(p.operand()) + ")";
            case Term.Subscript s ->
                of(s.operand()) + "[" + s.indices().stream().map(this::index).collect(Collectors.joining(", ")) + "]";
            case Term.Weight w ->
                "(weight \"" + w.name().replace("{", "{{").replace("}", "}}").replace("\"", "\\\"") + "\" : " + w.type()
                        + w.held().map(h -> " as " + h).orElse("") + ")";
            case Term.Items i -> "[" + i.terms().stream().map(this::of).collect(Collectors.joining(", ")) + "]";
        };
    }

    private String index(Term.Index index) {
        return switch (index) {
            case Term.Index.At at -> of(at.term());
            case Term.Index.Range r ->
                bound(r.from()) + ":" + bound(r.to()) + (r.step().isPresent() ? ":" + bound(r.step()) : "");
            case Term.Index.New n -> "new";
            case Term.Index.Rest r -> "...";
        };
    }

    private String bound(Optional<Term> term) {
        return term.map(this::of).orElse("");
    }
}
