package heddle.compiler.frontend.value;

import heddle.compiler.frontend.value.Denotation.Bool;
import heddle.compiler.frontend.value.Denotation.Length;
import heddle.compiler.frontend.value.Denotation.Real;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.ir.Op;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.layout.Expand;
import heddle.compiler.op.layout.Reshape;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.source.Span;
import java.util.List;
import java.util.Optional;

/**
 * Turns compile-time values into tensors. A number takes the element type of the tensors beside it. Alone, a number
 * with a fraction is f32, an integer i64 and a truth value bool.
 */
public final class Promotion {
    private final Emitter emitter;

    public Promotion(Emitter emitter) {
        this.emitter = emitter;
    }

    /** Tensors of one element type. @throws DiagnosticException when two tensors have different ones */
    public List<Tensor> toCommonType(List<Operand> operands, Span at) {
        Optional<Operand> first =
                operands.stream().filter(o -> o.value() instanceof Tensor).findFirst();
        if (first.isPresent()) {
            DType dtype = ((Tensor) first.get().value()).dtype();
            for (Operand o : operands) {
                if (o.value() instanceof Tensor t && t.dtype() != dtype) {
                    throw mixed(first.get(), o, at, emitter);
                }
            }
            return operands.stream()
                    .map(o -> toTensor(o, dtype, Words.written(first.get(), "x")))
                    .toList();
        }
        DType dtype = operands.stream().anyMatch(o -> o.value() instanceof Real)
                ? DType.F32
                : alone(operands.getFirst().value());
        return operands.stream().map(o -> toTensor(o, dtype)).toList();
    }

    /** The element type a value has when no tensor says otherwise. */
    public static DType alone(Denotation value) {
        return switch (value) {
            case Tensor t -> t.dtype();
            case Bool ignored -> DType.BOOL;
            case Length ignored -> DType.I64;
            default -> DType.F32;
        };
    }

    /** A tensor for a value that is one or can become one. */
    public Tensor toTensor(Operand operand) {
        return toTensor(operand, alone(operand.value()));
    }

    /** A tensor for a value. Numbers become scalars of type {@code dtype}; tensors stay unchanged. */
    public Tensor toTensor(Operand operand, DType dtype) {
        return toTensor(operand, dtype, "x");
    }

    /** @param beside the tensor that the type is from, as messages write it */
    private Tensor toTensor(Operand operand, DType dtype, String beside) {
        Denotation value = operand.value();
        if (value instanceof Tensor t) {
            return t;
        }
        if (value instanceof Bool b && dtype == DType.BOOL) {
            return emitter.add(Constant.scalar(dtype, b.value() ? 1 : 0));
        }
        if (value instanceof Length l && dtype != DType.BOOL) {
            return length(l.dim(), dtype, operand.span(), beside);
        }
        if (value instanceof Real r && dtype.isFloat()) {
            return real(r, dtype);
        }
        if (value instanceof Real r && dtype.isInt() && isExactInteger(r.value())) {
            return length(Dim.of((long) r.value()), dtype, operand.span(), beside);
        }
        if (value.isNumber() || value instanceof Bool) {
            throw unfit(operand, dtype, beside);
        }
        throw new DiagnosticException(Diagnostic.at(
                        operand.span(),
                        FrontendCode.OPERATOR,
                        "a tensor or a number is needed here, not " + Words.describe(value))
                .label(Words.describe(value)));
    }

    /**
     * A number as a scalar. A function of a number that f32 holds only rounded stays a function of the graph: the reference
     * has its exact value, and compiled code the one that f32 holds.
     */
    private Tensor real(Real real, DType dtype) {
        return real.of()
                .filter(of -> dtype == DType.F32
                        && dtype.nearest(real.value()) != real.value()
                        && dtype.nearest(of.argument()) == of.argument())
                .map(of -> emitter.add(new Elementwise(of.fn()), emitter.add(Constant.scalar(dtype, of.argument()))))
                .orElseGet(() -> emitter.add(Constant.scalar(dtype, real.value())));
    }

    private static boolean isExactInteger(double value) {
        return value == Math.rint(value) && Math.abs(value) < 0x1p53;
    }

    private Tensor length(Dim dim, DType dtype, Span at, String beside) {
        if (!dim.isKnown()) {
            return emitter.add(new heddle.compiler.op.Length(dim, dtype));
        }
        if (dtype == DType.I32 && dim.value() != (int) dim.value()) {
            throw unfit(new Operand(new Length(dim), at), dtype, beside);
        }
        return emitter.add(
                dtype.isFloat() ? Constant.scalar(dtype, (double) dim.value()) : Constant.scalar(dtype, dim.value()));
    }

    private static DiagnosticException unfit(Operand operand, DType dtype, String beside) {
        String value = Words.describe(operand.value());
        Diagnostic d = Diagnostic.at(
                        operand.span(), FrontendCode.NUMBER_DTYPE, value + " cannot be an element of type " + dtype)
                .label(value)
                .note("a number beside a tensor takes the tensor's element type, which is " + dtype + " here");
        if (operand.value() instanceof Real && dtype.isInt()) {
            d = d.hint("convert the tensor first: cast(" + beside + ", f32)");
        } else if (operand.value() instanceof Bool) {
            d = d.hint("choose numbers by a truth value with where(condition, 1, 0)");
        } else if (dtype == DType.BOOL) {
            d = d.hint("compare instead, for example " + beside + " != 0");
        }
        return new DiagnosticException(d);
    }

    private static DiagnosticException mixed(Operand a, Operand b, Span at, Emitter emitter) {
        Tensor left = (Tensor) a.value();
        Tensor right = (Tensor) b.value();
        Diagnostic d = Diagnostic.at(
                        at, FrontendCode.DTYPE_MIX, "element types differ: " + left.dtype() + " and " + right.dtype())
                .related(a.span(), left.type().toString())
                .related(b.span(), right.type().toString());
        d = Words.origin(Words.origin(d, a), b);
        boolean leftIsNumbers = isOfNumbers(left.value(), emitter);
        boolean castRight = leftIsNumbers == isOfNumbers(right.value(), emitter)
                ? rank(left.dtype()) >= rank(right.dtype())
                : !leftIsNumbers;
        String written = Words.written(castRight ? b : a, "x");
        return new DiagnosticException(d.note("types are never converted silently")
                .hint("write cast(" + written + ", " + (castRight ? left : right).dtype() + ")"));
    }

    /** Whether a tensor has its type from numbers in the model, not from inputs, weights or a cast. */
    private static boolean isOfNumbers(Value value, Emitter emitter) {
        Op op = value.node().op();
        List<Value> operands = emitter.graph().operands(value.node());
        return switch (op) {
            case Constant ignored -> true;
            case Elementwise e -> {
                // The condition of a choice is a bool and says nothing of its type.
                int first = e.fn() == ScalarFn.SELECT ? 1 : 0;
                yield operands.stream().skip(first).allMatch(o -> isOfNumbers(o, emitter));
            }
            case Expand ignored -> isOfNumbers(operands.getFirst(), emitter);
            case Reshape ignored -> isOfNumbers(operands.getFirst(), emitter);
            default -> op instanceof heddle.compiler.op.Length;
        };
    }

    /** Which of two types a message proposes to convert to: the one that holds more. */
    private static int rank(DType dtype) {
        return switch (dtype) {
            case BOOL -> 0;
            case I32 -> 1;
            case I64 -> 2;
            case BF16 -> 3;
            case F16 -> 4;
            case F32 -> 5;
            case F64 -> 6;
        };
    }
}
