package heddle.compiler.frontend.function;

import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Bool;
import heddle.compiler.frontend.value.Denotation.ElementType;
import heddle.compiler.frontend.value.Denotation.Length;
import heddle.compiler.frontend.value.Denotation.Sequence;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.Denotation.Text;
import heddle.compiler.frontend.value.Emitter;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Maths;
import heddle.compiler.frontend.value.Numbers;
import heddle.compiler.frontend.value.Operand;
import heddle.compiler.frontend.value.Promotion;
import heddle.compiler.frontend.value.Words;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticCode;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.source.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The arguments of one call of a function of the language, taken out as what the function needs. */
public final class Arguments {
    private final Signature signature;
    private final Map<String, List<Operand>> bound;
    private final Span call;
    private final Emitter emitter;

    /** @param bound for each parameter that has a value, its argument or default; several for a repeated one */
    public Arguments(Signature signature, Map<String, List<Operand>> bound, Span call, Emitter emitter) {
        this.signature = signature;
        this.bound = bound;
        this.call = call;
        this.emitter = emitter;
    }

    public Emitter emitter() {
        return emitter;
    }

    public Maths maths() {
        return new Maths(emitter);
    }

    public Promotion promotion() {
        return new Promotion(emitter);
    }

    /** The whole call. */
    public Span call() {
        return call;
    }

    public boolean has(String parameter) {
        return bound.containsKey(parameter);
    }

    public Operand operand(String parameter) {
        return bound.get(parameter).getFirst();
    }

    public List<Operand> repeated(String parameter) {
        return bound.getOrDefault(parameter, List.of());
    }

    public Denotation value(String parameter) {
        return operand(parameter).value();
    }

    /** A tensor; a number becomes a scalar. */
    public Tensor tensor(String parameter) {
        return tensor(parameter, operand(parameter));
    }

    /** A tensor of type {@code dtype} whenever the argument is a number. */
    public Tensor tensor(String parameter, DType dtype) {
        tensorOrNumber(parameter, operand(parameter));
        return promotion().toTensor(operand(parameter), dtype);
    }

    /** A tensor of floats. */
    public Tensor floats(String parameter) {
        tensorOrNumber(parameter, operand(parameter));
        Tensor x = value(parameter).isNumber() ? tensor(parameter, DType.F32) : tensor(parameter);
        if (!x.dtype().isFloat()) {
            throw unfit(
                    parameter,
                    FrontendCode.OPERATOR,
                    "needs floating-point elements, not " + x.type(),
                    "write cast("
                            + (operand(parameter).span().text().length() > 24
                                    ? "x"
                                    : operand(parameter).span().text()) + ", f32)");
        }
        return x;
    }

    /** A tensor of integers. */
    public Tensor index(String parameter) {
        Tensor index = tensor(parameter);
        if (!index.dtype().isInt()) {
            throw unfit(
                    parameter,
                    FrontendCode.OPERATOR,
                    "needs integer indices, not " + index.type(),
                    "write cast(x, i64)");
        }
        return index;
    }

    private Tensor tensor(String parameter, Operand operand) {
        tensorOrNumber(parameter, operand);
        return promotion().toTensor(operand);
    }

    private void tensorOrNumber(String parameter, Operand operand) {
        if (!(operand.value() instanceof Tensor || operand.value().isNumber() || operand.value() instanceof Bool)) {
            throw wrongKind(parameter, "a tensor", operand);
        }
    }

    /** Several arguments as tensors of one element type. */
    public List<Tensor> sameType(String... parameters) {
        List<Operand> operands = new ArrayList<>();
        for (String p : parameters) {
            tensorOrNumber(p, operand(p));
            operands.add(operand(p));
        }
        return promotion().toCommonType(operands, call);
    }

    /** A list of tensors of one element type. */
    public List<Tensor> tensors(String parameter) {
        Operand o = operand(parameter);
        if (!(o.value() instanceof Sequence s) || s.elements().isEmpty()) {
            throw wrongKind(parameter, "a list of tensors, for example [a, b]", o);
        }
        List<Operand> elements =
                s.elements().stream().map(e -> new Operand(e, o.span())).toList();
        elements.forEach(e -> tensorOrNumber(parameter, e));
        return promotion().toCommonType(elements, call);
    }

    /** An axis of a tensor of rank {@code rank}, counted from the front. */
    public int axis(String parameter, int rank) {
        return Axes.resolve(operand(parameter), integer(parameter, operand(parameter)), rank);
    }

    /** One axis or a list of axes; all when the parameter is not given. */
    public List<Integer> axes(String parameter, int rank) {
        if (!has(parameter)) {
            return Axes.all(rank);
        }
        Operand o = operand(parameter);
        if (!(o.value() instanceof Sequence s)) {
            return List.of(axis(parameter, rank));
        }
        List<Integer> axes = s.elements().stream()
                .map(e -> Axes.resolve(o, integer(parameter, new Operand(e, o.span())), rank))
                .toList();
        if (axes.stream().distinct().count() != axes.size()) {
            throw wrongValue(parameter, "an axis is named twice");
        }
        return axes;
    }

    public long integer(String parameter) {
        return integer(parameter, operand(parameter));
    }

    private long integer(String parameter, Operand operand) {
        return operand.value()
                .integer()
                .orElseThrow(
                        () -> wrongKind(parameter, "an integer that is known when the model is compiled", operand));
    }

    public List<Long> integers(String parameter) {
        Operand o = operand(parameter);
        if (!(o.value() instanceof Sequence s)) {
            throw wrongKind(parameter, "a list of integers", o);
        }
        return s.elements().stream()
                .map(e -> integer(parameter, new Operand(e, o.span())))
                .toList();
    }

    /** An integer or a length. */
    public Dim length(String parameter) {
        return length(parameter, operand(parameter));
    }

    private Dim length(String parameter, Operand operand) {
        if (operand.value() instanceof Length l) {
            return l.dim();
        }
        throw wrongKind(parameter, "an integer or a length", operand);
    }

    public List<Dim> lengths(String parameter) {
        return lengths(parameter, operand(parameter));
    }

    private List<Dim> lengths(String parameter, Operand operand) {
        if (!(operand.value() instanceof Sequence s)) {
            throw wrongKind(parameter, "a list of lengths, for example [B, N]", operand);
        }
        return s.elements().stream()
                .map(e -> length(parameter, new Operand(e, operand.span())))
                .toList();
    }

    /** A list of lists of lengths. */
    public List<List<Dim>> lengthLists(String parameter) {
        Operand o = operand(parameter);
        if (!(o.value() instanceof Sequence s)) {
            throw wrongKind(parameter, "a list", o);
        }
        return s.elements().stream()
                .map(e -> lengths(parameter, new Operand(e, o.span())))
                .toList();
    }

    /** Lengths that are not negative. */
    public Shape shape(String parameter) {
        List<Dim> dims = lengths(parameter);
        for (Dim d : dims) {
            if (d.isKnown() && d.value() < 0) {
                throw wrongValue(parameter, "a length cannot be negative, and one is " + d);
            }
        }
        return new Shape(dims);
    }

    public double real(String parameter) {
        return Numbers.known(value(parameter))
                .orElseThrow(() -> wrongKind(parameter, "a number that is known", operand(parameter)));
    }

    public boolean truth(String parameter) {
        return value(parameter) instanceof Bool b ? b.value() : fail(parameter, "true or false");
    }

    public String text(String parameter) {
        return value(parameter) instanceof Text t ? t.value() : fail(parameter, "a text");
    }

    public DType dtype(String parameter) {
        return value(parameter) instanceof ElementType t ? t.dtype() : fail(parameter, "an element type, like f32");
    }

    private <T> T fail(String parameter, String expected) {
        throw wrongKind(parameter, expected, operand(parameter));
    }

    private DiagnosticException wrongKind(String parameter, String expected, Operand operand) {
        Diagnostic d = Diagnostic.at(
                        operand.span(),
                        FrontendCode.ARGUMENT_KIND,
                        "`" + parameter + "` of `" + signature.name() + "` must be " + expected + ", not "
                                + Words.describe(operand.value()))
                .label(Words.describe(operand.value()));
        return new DiagnosticException(Words.origin(d, operand).note("it is called as " + signature));
    }

    /** The mistake of an argument that has the right kind and a value that makes no sense. */
    public DiagnosticException wrongValue(String parameter, String why) {
        return new DiagnosticException(mistake(parameter, FrontendCode.ARGUMENT_VALUE, "cannot take this: " + why));
    }

    /** Adds where the argument's shape comes from. */
    public Diagnostic origin(Diagnostic diagnostic, String parameter) {
        return Words.origin(diagnostic, operand(parameter));
    }

    /** The mistake of an operand of the wrong type. @param hint the remedy, may be empty */
    public DiagnosticException unfit(String parameter, DiagnosticCode code, String why, String hint) {
        Diagnostic d = mistake(parameter, code, why);
        return new DiagnosticException(hint.isEmpty() ? d : d.hint(hint));
    }

    /** A diagnostic at an argument, or at the call when the parameter was left out. */
    public Diagnostic mistake(String parameter, DiagnosticCode code, String message) {
        if (!has(parameter)) {
            return Diagnostic.at(call, code, "`" + signature.name() + "` " + message);
        }
        Operand o = operand(parameter);
        Diagnostic d = Diagnostic.at(o.span(), code, "`" + signature.name() + "` " + message);
        return Words.origin(o.value() instanceof Tensor t ? d.label(t.type().toString()) : d, o);
    }
}
