package heddle.cli.lsp;

import heddle.compiler.frontend.Observer;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Words;
import heddle.compiler.type.Dim;
import heddle.dsl.ast.Expr;
import heddle.dsl.ast.Name;
import heddle.dsl.source.SourceFile;
import heddle.dsl.source.Span;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What the names, calls, operators and weights of one file are worth, by their places. What stands in a function or a loop
 * has several values; those of another type are kept, the first few.
 *
 * @param since what has changed in the text since
 */
record Values(SourceFile file, Map<Integer, Map<Object, Denotation>> at, TextChange since) implements Observer {
    private static final int MOST = 4;
    private static final int MOST_ELEMENTS = 4;

    Values(SourceFile file) {
        this(file, new HashMap<>(), TextChange.NONE);
    }

    /** The same by the places of a later text. */
    Values in(String later) {
        return new Values(file, at, TextChange.between(file.text(), later));
    }

    @Override
    public void evaluated(Expr expr, Denotation value) {
        switch (expr) {
            case Expr.Ref ref -> put(ref.span(), value);
            case Expr.Call call -> put(call.callee().span(), value);
            case Expr.Binary binary -> put(binary.opSpan(), value);
            case Expr.Weight weight -> put(weight.span(), value);
            default -> {}
        }
    }

    @Override
    public void named(Name name, Denotation value) {
        put(name.span(), value);
    }

    /** Files with the same text are equal, and this is asked for each expression. */
    @SuppressWarnings("ReferenceEquality")
    private void put(Span place, Denotation value) {
        if (place.file() == file && !value.isPoison()) {
            Map<Object, Denotation> values = at.computeIfAbsent(place.start(), k -> new LinkedHashMap<>(2));
            if (values.size() <= MOST) {
                values.putIfAbsent(value instanceof Denotation.Tensor t ? t.type() : value, value);
            }
        }
    }

    /** Whether something is known of what begins at an offset. */
    boolean has(int start) {
        return at.containsKey(since.origin(start));
    }

    /** What begins at an offset is worth, in the words of the language: {@code f32[B, N], f32[B, M]}; empty when nothing is known. */
    String text(int start) {
        return text(start, Map.of());
    }

    /** The same with lengths in the place of their names. */
    String text(int start, Map<String, Long> lengths) {
        Map<String, Dim> bound = new HashMap<>();
        lengths.forEach((name, length) -> bound.put(name, Dim.of(length)));
        return written(start, bound);
    }

    private String written(int start, Map<String, Dim> bound) {
        List<String> texts = new ArrayList<>();
        for (Denotation value : at.getOrDefault(since.origin(start), Map.of()).values()) {
            String text = text(value, bound);
            if (!texts.contains(text)) {
                texts.add(texts.size() == MOST ? "…" : text);
            }
        }
        return String.join(", ", texts);
    }

    private static String text(Denotation value, Map<String, Dim> bound) {
        return switch (value) {
            case Denotation.Tensor t -> t.type().bind(bound).toString();
            case Denotation.Length l -> l.dim().bind(bound).toString();
            case Denotation.Real r -> Words.number(r.value());
            case Denotation.Text t -> "\"" + t.value() + "\"";
            case Denotation.Sequence s ->
                s.elements().stream()
                        .limit(MOST_ELEMENTS)
                        .map(e -> text(e, bound))
                        .collect(Collectors.joining(", ", "[", s.elements().size() > MOST_ELEMENTS ? ", …]" : "]"));
            default -> Words.describe(value);
        };
    }
}
