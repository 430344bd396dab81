package heddle.runtime.onnx;

import heddle.dsl.parse.Keywords;
import heddle.runtime.onnx.operator.CoreOperators;
import heddle.runtime.onnx.source.Definition;
import heddle.runtime.onnx.source.FlatModel;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Value;
import heddle.runtime.onnx.translate.OperatorTable;
import heddle.runtime.onnx.translate.Translation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** An ONNX model as source of the language. */
public final class OnnxImport {
    private final StringBuilder text = new StringBuilder();
    private final Map<Integer, List<String>> nodes = new HashMap<>();
    private final Map<Value, String> names = new HashMap<>();
    private final Set<String> taken = new HashSet<>(Keywords.all());
    private final List<String> notes;
    private int lines;

    private OnnxImport(FlatModel model) {
        notes = model.notes();
        line("model " + model.name(), List.of());
        if (!model.lengths().isEmpty()) {
            line("dim " + String.join(", ", model.lengths()), List.of());
            taken.addAll(model.lengths());
        }
        model.inputs().forEach(v -> line("input " + name(v) + ": " + v.type(), List.of()));
        for (Definition d : model.definitions()) {
            line(
                    "let " + d.results().stream().map(this::name).collect(Collectors.joining(", ")) + " = "
                            + of(d.term()),
                    d.nodes());
        }
        model.outputs()
                .forEach(o -> line("output " + fresh(o.name()) + ": " + o.type() + " = " + of(o.term()), List.of()));
    }

    /**
     * Writes a model as source.
     *
     * @param name of the model, a name of the language
     * @throws heddle.dsl.diagnostic.DiagnosticException that lists everything that has no translation
     */
    public static OnnxImport of(OnnxModel model, String name) {
        OperatorTable table = new OperatorTable();
        CoreOperators.addTo(table);
        return new OnnxImport(Translation.of(model.graph(), new LinkedHashMap<>(model.opsets()), table, name));
    }

    /** The text of the model. */
    public String source() {
        return text.toString();
    }

    /** The names of the ONNX nodes that a line of the text stands for. @param line from 1 */
    public List<String> nodes(int line) {
        return nodes.getOrDefault(line, List.of());
    }

    /** What a reader of the source should know, a sentence each. */
    public List<String> notes() {
        return notes;
    }

    private void line(String content, List<String> from) {
        lines++;
        text.append(content).append('\n');
        nodes.put(lines, from);
    }

    private String name(Value value) {
        return names.computeIfAbsent(value, v -> fresh(v.name()));
    }

    private String fresh(String given) {
        String plain = given.replaceAll("[^A-Za-z0-9_]+", "_").replaceAll("^_+|_+$", "");
        String base = plain.matches("[A-Za-z].*") ? plain : "v_" + plain;
        String name = base;
        for (int i = 2; !taken.add(name); i++) {
            name = base + "_" + i;
        }
        return name;
    }

    private String of(Term term) {
        return switch (term) {
            case Term.Ref(Value value) -> name(value);
            case Term.Name(String name) -> name;
            case Term.Literal(String literal) -> literal;
            case Term.Length length -> length.dim().toString();
            case Term.Text(String content) -> '"' + content + '"';
            case Term.Call call ->
                call.function()
                        + call.arguments().stream()
                                .map(a -> a.name().map(n -> n + " = ").orElse("") + of(a.term()))
                                .collect(Collectors.joining(", ", "(", ")"));
            case Term.Infix infix -> "(" + of(infix.left()) + " " + infix.operator() + " " + of(infix.right()) + ")";
            case Term.Prefix prefix -> "(" + prefix.operator() + " " + of(prefix.operand()) + ")";
            case Term.Subscript s ->
                "(" + of(s.operand()) + ")"
                        + s.indices().stream().map(this::of).collect(Collectors.joining(", ", "[", "]"));
            case Term.Weight w ->
                "(weight \"" + w.name().replace("{", "{{").replace("}", "}}") + "\" : " + w.type()
                        + w.held().map(h -> " as " + h).orElse("") + ")";
            case Term.Items items -> items.terms().stream().map(this::of).collect(Collectors.joining(", ", "[", "]"));
        };
    }

    private String of(Term.Index index) {
        return switch (index) {
            case Term.Index.At at -> of(at.term());
            case Term.Index.New added -> "new";
            case Term.Index.Rest rest -> "...";
            case Term.Index.Range range -> {
                List<String> parts = new ArrayList<>(List.of(of(range.from()) + ":" + of(range.to())));
                range.step().ifPresent(s -> parts.add(of(s)));
                yield String.join(":", parts);
            }
        };
    }

    private String of(Optional<Term> bound) {
        return bound.map(this::of).orElse("");
    }
}
