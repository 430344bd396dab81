package heddle.compiler.frontend.function;

import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Bool;
import heddle.compiler.frontend.value.Denotation.ElementType;
import heddle.compiler.frontend.value.Denotation.Length;
import heddle.compiler.frontend.value.Denotation.Sequence;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.Denotation.Text;
import heddle.compiler.frontend.value.Numbers;
import heddle.compiler.frontend.value.Operand;
import heddle.compiler.frontend.value.Words;
import heddle.compiler.op.Elementwise;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.dsl.diagnostic.DiagnosticException;
import java.util.Collections;
import java.util.List;

/**
 * An argument that is known at compile time.
 *
 * <p>Each method takes it as one kind of value and throws {@link DiagnosticException} when it is
 * another.
 */
public record KnownArgument(String parameter, Operand operand, ArgumentMistakes mistakes) {
    public boolean isList() {
        return operand.value() instanceof Sequence;
    }

    /**
     * The elements of a list.
     *
     * @param expected the list that is needed, in words
     */
    List<KnownArgument> elements(String expected) {
        if (!(operand.value() instanceof Sequence s)) {
            throw wrong(expected);
        }
        return s.elements().stream().map(this::element).toList();
    }

    private KnownArgument element(Denotation value) {
        return new KnownArgument(parameter, new Operand(value, operand.span()), mistakes);
    }

    public long integer() {
        return operand.value()
                .integer()
                .orElseThrow(() -> wrong("an integer that is known when the model is compiled"));
    }

    /** An integer or a length. */
    public Dim length() {
        if (operand.value() instanceof Length l) {
            return l.dim();
        }
        boolean isQuotient = operand.value() instanceof Tensor t
                && t.value().node().op() instanceof Elementwise e
                && e.fn() == ScalarFn.DIV;
        String expected = "an integer or a length";
        throw isQuotient
                ? wrong(
                        expected,
                        "a quotient of lengths is one only where it is seen to be whole: where N is a multiple of 8, declare"
                                + " `dim M` and write 8 * M in place of N")
                : wrong(expected);
    }

    public List<Dim> lengths() {
        return elements("a list of lengths, for example [B, N]").stream()
                .map(KnownArgument::length)
                .toList();
    }

    /** A list of lists of lengths. */
    public List<List<Dim>> lengthLists() {
        return elements("a list of lists of lengths").stream()
                .map(KnownArgument::lengths)
                .toList();
    }

    /** A number for each of {@code count} axes: a list, or one number for all. */
    public List<Long> integers(int count) {
        if (!isList()) {
            return Collections.nCopies(count, integer());
        }
        List<Long> integers = elements("a list of integers").stream()
                .map(KnownArgument::integer)
                .toList();
        if (integers.size() != count) {
            throw mistakes.wrongValue(parameter, "it needs " + Words.count(count, "number") + ", one for each axis");
        }
        return integers;
    }

    /** A pair [low, high] for each of {@code count} axes: a list of numbers or pairs, or one number for all. */
    public List<List<Dim>> margins(int count) {
        if (!isList()) {
            return Collections.nCopies(count, Collections.nCopies(2, length()));
        }
        List<KnownArgument> elements = elements("a list of margins");
        boolean isPair = count == 1 && elements.size() == 2 && elements.stream().noneMatch(KnownArgument::isList);
        if (isPair) {
            return List.of(lengths());
        }
        List<List<Dim>> margins = elements.stream()
                .map(e -> e.isList() ? e.lengths() : Collections.nCopies(2, e.length()))
                .toList();
        if (margins.size() != count || margins.stream().anyMatch(m -> m.size() != 2)) {
            throw mistakes.wrongValue(
                    parameter,
                    "it needs " + Words.count(count, "number") + ", or as many pairs [low, high], one for each axis");
        }
        return margins;
    }

    /** Lengths that are not negative. */
    public Shape shape() {
        List<Dim> dims = lengths();
        for (Dim d : dims) {
            if (d.isKnown() && d.value() < 0) {
                throw mistakes.wrongValue(parameter, "a length cannot be negative, and one is " + d);
            }
        }
        return new Shape(dims);
    }

    public double real() {
        return Numbers.known(operand.value()).orElseThrow(() -> wrong("a number that is known"));
    }

    public boolean truth() {
        if (operand.value() instanceof Bool b) {
            return b.value();
        }
        throw wrong("true or false");
    }

    public String text() {
        if (operand.value() instanceof Text t) {
            return t.value();
        }
        throw wrong("a text");
    }

    public DType dtype() {
        if (operand.value() instanceof ElementType t) {
            return t.dtype();
        }
        throw wrong("an element type, like f32");
    }

    /** An argument of the wrong kind, and what to write instead. */
    public DiagnosticException wrong(String expected, String remedy) {
        return new DiagnosticException(wrong(expected).diagnostics().getFirst().hint(remedy));
    }

    private DiagnosticException wrong(String expected) {
        return mistakes.wrongKind(parameter, expected, operand);
    }
}
