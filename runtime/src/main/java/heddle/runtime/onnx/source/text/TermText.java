package heddle.runtime.onnx.source.text;

import heddle.compiler.type.Dim;
import heddle.compiler.type.TensorType;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Value;
import heddle.runtime.onnx.source.structure.step.NameTemplate;
import heddle.runtime.onnx.source.structure.step.Sums;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Writes terms with as few brackets as the language needs. */
final class TermText {
    private static final int OR = 1;
    private static final int AND = 2;
    private static final int NOT = 3;
    private static final int COMPARISON = 4;
    private static final int SUM = 5;
    private static final int PRODUCT = 6;
    private static final int NEGATION = 7;
    private static final int POWER = 8;
    private static final int SUBSCRIPT = 9;

    private static final Map<String, Integer> BINDING = Map.ofEntries(
            Map.entry("or", OR),
            Map.entry("and", AND),
            Map.entry("==", COMPARISON),
            Map.entry("!=", COMPARISON),
            Map.entry("<", COMPARISON),
            Map.entry("<=", COMPARISON),
            Map.entry(">", COMPARISON),
            Map.entry(">=", COMPARISON),
            Map.entry("+", SUM),
            Map.entry("-", SUM),
            Map.entry("*", PRODUCT),
            Map.entry("/", PRODUCT),
            Map.entry("div", PRODUCT),
            Map.entry("%", PRODUCT),
            Map.entry("@", PRODUCT),
            Map.entry("**", POWER));

    private final Function<Value, String> values;
    private final UnaryOperator<String> names;

    /** @param names for what is not chosen yet; other names stay */
    TermText(Function<Value, String> values, UnaryOperator<String> names) {
        this.values = values;
        this.names = names;
    }

    String of(Term term) {
        return of(term, 0);
    }

    /** @param binding brackets stand around what binds less */
    private String of(Term term, int binding) {
        return switch (term) {
            case Term.Ref ref -> values.apply(ref.value());
            case Term.Name name -> Sums.renamed(name.text(), names);
            case Term.Literal literal ->
                bracketed(literal.text(), literal.text().startsWith("-") ? NEGATION : SUBSCRIPT, binding);
            case Term.Length length -> length(length.dim(), binding);
            case Term.Text text -> text(text.text());
            case Term.Call call ->
                names.apply(call.function())
                        + call.arguments().stream()
                                .map(a -> a.name().map(n -> n + " = ").orElse("") + of(a.term()))
                                .collect(Collectors.joining(", ", "(", ")"));
            case Term.Infix infix -> infix(infix, binding);
            case Term.Prefix prefix -> {
                boolean not = prefix.operator().equals("not");
                int own = not ? NOT : NEGATION;
                yield bracketed(prefix.operator() + (not ? " " : "") + of(prefix.operand(), own), own, binding);
            }
            case Term.Subscript subscript ->
                of(subscript.operand(), SUBSCRIPT)
                        + subscript.indices().stream().map(this::index).collect(Collectors.joining(", ", "[", "]"));
            case Term.Weight weight -> weight(weight, binding);
            case Term.Items items -> items.terms().stream().map(this::of).collect(Collectors.joining(", ", "[", "]"));
        };
    }

    private static String bracketed(String text, int own, int binding) {
        return own < binding ? "(" + text + ")" : text;
    }

    private String infix(Term.Infix infix, int binding) {
        int own = BINDING.get(infix.operator());
        boolean power = own == POWER;
        boolean chains = own != COMPARISON;
        String left = of(infix.left(), power || !chains ? own + 1 : own);
        String right = of(infix.right(), power ? own : own + 1);
        return bracketed(left + " " + infix.operator() + " " + right, own, binding);
    }

    /** A length as the language writes it. */
    String length(Dim dim) {
        return length(dim, 0);
    }

    private String length(Dim dim, int binding) {
        String text = Sums.text(Sums.renamed(dim, names), Sums.isCount(dim));
        boolean isName = text.matches("\\w+");
        return isName || binding == 0 ? text : "(" + text + ")";
    }

    /** A text in quotes; one that is a parameter and nothing else is that. */
    private String text(String template) {
        NameTemplate parsed = NameTemplate.of(template);
        if (parsed.parts().size() != 1) {
            return quoted(template);
        }
        NameTemplate.Part only = parsed.parts().getFirst();
        return only instanceof NameTemplate.Hole hole
                ? Sums.renamed(hole.expression(), names)
                : NameTemplate.sole(only).map(names).orElseGet(() -> quoted(template));
    }

    private String quoted(String template) {
        StringBuilder out = new StringBuilder("\"");
        for (NameTemplate.Part part : NameTemplate.of(template).renamed(names).parts()) {
            out.append(part instanceof NameTemplate.Words words ? escaped(words.text()) : part.text());
        }
        return out.append('"').toString();
    }

    /** @throws IllegalArgumentException for a carriage return, which no text of the language can have */
    private static String escaped(String text) {
        if (text.indexOf('\r') >= 0) {
            throw new IllegalArgumentException(
                    "the language has no text with a carriage return, as in this name: " + text);
        }
        return text.replace("\\", "\\\\")
                .replace("\"", "\\\"")
                .replace("\n", "\\n")
                .replace("\t", "\\t");
    }

    private String weight(Term.Weight weight, int binding) {
        String held = weight.held().map(h -> " as " + held(h)).orElse("");
        String text = "weight " + quoted(weight.name()) + " : " + type(weight.type()) + held;
        return bracketed(text, SUBSCRIPT - 1, binding);
    }

    private String held(String held) {
        int quote = held.indexOf('"');
        return quote < 0 ? held : held.substring(0, quote) + quoted(held.substring(quote + 1, held.length() - 1));
    }

    String type(TensorType type) {
        String lengths = type.shape().dims().stream().map(this::length).collect(Collectors.joining(", ", "[", "]"));
        return type.dtype().text() + (type.rank() == 0 ? "" : lengths);
    }

    private String index(Term.Index index) {
        return switch (index) {
            case Term.Index.At at -> of(at.term());
            case Term.Index.Range range ->
                bound(range.from()) + ":" + bound(range.to())
                        + range.step().map(s -> ":" + of(s)).orElse("");
            case Term.Index.New n -> "new";
            case Term.Index.Rest rest -> "...";
        };
    }

    private String bound(Optional<Term> bound) {
        return bound.map(this::of).orElse("");
    }
}
