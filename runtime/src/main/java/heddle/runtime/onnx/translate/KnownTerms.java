package heddle.runtime.onnx.translate;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.translate.Known.Element;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/** How the language writes what is known. */
public final class KnownTerms {
    private KnownTerms() {}

    public static Operand operand(Known known) {
        return new Operand(term(known), type(known), Optional.of(known));
    }

    public static TensorType type(Known known) {
        return new TensorType(
                known.dtype(),
                Shape.of(known.shape().stream().mapToLong(Long::longValue).toArray()));
    }

    /** The element that all elements are, if they are one. */
    public static Optional<Element> uniform(Known known) {
        List<Element> elements = known.elements();
        return !elements.isEmpty() && elements.stream().allMatch(elements.getFirst()::equals)
                ? Optional.of(elements.getFirst())
                : Optional.empty();
    }

    /** An element as a number of its own. */
    public static Term term(Element element, DType dtype) {
        return switch (element) {
            case Element.Whole w ->
                w.value().isKnown() ? Term.Literal.of(w.value().value(), DType.I64) : new Term.Length(w.value());
            case Element.Fraction f -> Term.Literal.of(f.value(), dtype);
            case Element.Truth t -> new Term.Literal(Boolean.toString(t.value()));
        };
    }

    /** A scalar as a number; else the shortest of {@code iota}, {@code full} and {@code tensor}. */
    static Term term(Known known) {
        if (known.shape().isEmpty()) {
            return term(known.elements().getFirst(), known.dtype());
        }
        Optional<Term> positions = positions(known);
        if (positions.isPresent()) {
            return positions.get();
        }
        Term dtype = TensorTerms.word(known.dtype());
        Optional<Element> uniform = uniform(known);
        if (uniform.isPresent()) {
            return Term.Call.of("full", shape(known), term(uniform.get(), known.dtype()), dtype);
        }
        if (known.elements().isEmpty()) {
            return Term.Call.of("zeros", shape(known), dtype);
        }
        return known.elements().stream().anyMatch(KnownTerms::isLength)
                ? ofLengths(known, dtype)
                : Term.Call.of("tensor", nested(known, 0, 0, known.elements().size()), dtype);
    }

    private static boolean isLength(Element element) {
        return element instanceof Element.Whole w && !w.value().isKnown();
    }

    /** {@code tensor} takes numbers alone; lengths are joined. */
    private static Term ofLengths(Known known, Term dtype) {
        Term flat = Term.Call.of(
                "stack",
                new Term.Items(known.elements().stream()
                        .map(e -> term(e, known.dtype()))
                        .toList()));
        Term typed = known.dtype() == DType.I64 ? flat : Term.Call.of("cast", flat, dtype);
        return known.shape().size() == 1 ? typed : Term.Call.of("reshape", typed, shape(known));
    }

    private static Term shape(Known known) {
        return TensorTerms.lengths(type(known).shape().dims());
    }

    /** {@code iota(n)}, with axes of length one around it, for 0, 1, 2 … in {@code i64}. */
    private static Optional<Term> positions(Known known) {
        int n = known.elements().size();
        boolean counts = known.dtype() == DType.I64
                && n > 1
                && LongStream.range(0, n)
                        .allMatch(i -> known.elements().get((int) i).equals(new Element.Whole(Dim.of(i))));
        if (!counts) {
            return Optional.empty();
        }
        Term iota = Term.Call.of("iota", new Term.Length(Dim.of(n)));
        if (known.shape().size() == 1) {
            return Optional.of(iota);
        }
        List<Term.Index> indices = new ArrayList<>();
        for (long length : known.shape()) {
            if (length != 1 && length != n) {
                return Optional.empty();
            }
            indices.add(
                    length == 1
                            ? new Term.Index.New()
                            : new Term.Index.Range(Optional.empty(), Optional.empty(), Optional.empty()));
        }
        return Optional.of(new Term.Subscript(iota, indices));
    }

    private static Term nested(Known known, int axis, int from, int to) {
        List<Term> terms = new ArrayList<>();
        int parts = known.shape().get(axis).intValue();
        for (int i = 0; i < parts; i++) {
            int size = (to - from) / parts;
            terms.add(
                    axis == known.shape().size() - 1
                            ? term(known.elements().get(from + i), known.dtype())
                            : nested(known, axis + 1, from + i * size, from + (i + 1) * size));
        }
        return new Term.Items(terms);
    }
}
