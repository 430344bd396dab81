package heddle.compiler.frontend.function;

import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Bool;
import heddle.compiler.frontend.value.Denotation.Sequence;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.Emitter;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Maths;
import heddle.compiler.frontend.value.Operand;
import heddle.compiler.frontend.value.Promotion;
import heddle.compiler.frontend.value.Words;
import heddle.compiler.type.DType;
import heddle.dsl.source.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The arguments of one call of a function of the language, converted to the types that the function needs.
 *
 * <p>Methods throw {@link heddle.dsl.diagnostic.DiagnosticException} when an argument is something else.
 */
public final class Arguments {
    private final Map<String, List<Operand>> bound;
    private final Span call;
    private final Emitter emitter;
    private final ArgumentMistakes mistakes;

    /** @param bound for each parameter that has a value, its argument or default; several for a repeated one */
    public Arguments(Signature signature, Map<String, List<Operand>> bound, Span call, Emitter emitter) {
        this.bound = bound;
        this.call = call;
        this.emitter = emitter;
        this.mistakes = new ArgumentMistakes(signature, bound, call);
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

    public ArgumentMistakes mistakes() {
        return mistakes;
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

    /** An argument that is no tensor. */
    public KnownArgument known(String parameter) {
        return new KnownArgument(parameter, operand(parameter), mistakes);
    }

    /** A tensor; a number becomes a scalar. */
    public Tensor tensor(String parameter) {
        requireTensor(parameter, operand(parameter));
        return promotion().toTensor(operand(parameter));
    }

    /** A tensor, of type {@code dtype} when the argument is a number. */
    public Tensor tensor(String parameter, DType dtype) {
        requireTensor(parameter, operand(parameter));
        return promotion().toTensor(operand(parameter), dtype);
    }

    /** A tensor of floats. */
    public Tensor floats(String parameter) {
        Tensor x = value(parameter).isNumber() ? tensor(parameter, DType.F32) : tensor(parameter);
        if (!x.dtype().isFloat()) {
            throw mistakes.unfit(
                    parameter,
                    FrontendCode.OPERATOR,
                    "needs floating-point elements, not " + x.type(),
                    "write cast(" + Words.written(operand(parameter), "x") + ", f32)");
        }
        return x;
    }

    /** A tensor of numbers: anything but truth values. @param instead the type that the remedy casts them to */
    public Tensor numbers(String parameter, DType instead) {
        Tensor x = tensor(parameter);
        if (x.dtype() == DType.BOOL) {
            throw mistakes.unfit(
                    parameter,
                    FrontendCode.OPERATOR,
                    "needs numbers, not " + x.type(),
                    mistakes.cast(parameter, instead));
        }
        return x;
    }

    /** A tensor of integers. */
    public Tensor index(String parameter) {
        Tensor index = tensor(parameter);
        if (!index.dtype().isInt()) {
            throw mistakes.unfit(
                    parameter,
                    FrontendCode.OPERATOR,
                    "needs integer indices, not " + index.type(),
                    "write cast(" + Words.written(operand(parameter), "x") + ", i64)");
        }
        return index;
    }

    private void requireTensor(String parameter, Operand operand) {
        Denotation value = operand.value();
        if (!(value instanceof Tensor || value.isNumber() || value instanceof Bool)) {
            throw mistakes.wrongKind(parameter, "a tensor", operand);
        }
    }

    /** Several arguments as tensors of one element type. */
    public List<Tensor> sameType(String... parameters) {
        List<Operand> operands = new ArrayList<>();
        for (String p : parameters) {
            requireTensor(p, operand(p));
            operands.add(operand(p));
        }
        return promotion().toCommonType(operands, call);
    }

    /** A list of tensors of one element type. */
    public List<Tensor> tensors(String parameter) {
        Operand o = operand(parameter);
        if (!(o.value() instanceof Sequence s) || s.elements().isEmpty()) {
            throw mistakes.wrongKind(parameter, "a list of tensors, for example [a, b]", o);
        }
        List<Operand> elements =
                s.elements().stream().map(e -> new Operand(e, o.span())).toList();
        elements.forEach(e -> requireTensor(parameter, e));
        return promotion().toCommonType(elements, call);
    }

    /** An axis of a tensor of rank {@code rank}, counted from the front. */
    public int axis(String parameter, int rank) {
        return Axes.resolve(operand(parameter), known(parameter).integer(), rank);
    }

    /** One axis or a list of axes, counted from the front; all when the parameter is not given. */
    public List<Integer> axes(String parameter, int rank) {
        if (!has(parameter)) {
            return Axes.all(rank);
        }
        if (!known(parameter).isList()) {
            long axis = value(parameter)
                    .integer()
                    .orElseThrow(() -> mistakes.wrongKind(
                            parameter, "an axis or a list of axes, for example [0, 1]", operand(parameter)));
            return List.of(Axes.resolve(operand(parameter), axis, rank));
        }
        List<Integer> axes = known(parameter).elements("a list of axes").stream()
                .map(e -> Axes.resolve(e.operand(), e.integer(), rank))
                .toList();
        if (axes.stream().distinct().count() != axes.size()) {
            throw mistakes.wrongValue(parameter, "an axis is named twice");
        }
        return axes;
    }
}
