package heddle.compiler.frontend.function.math;

import heddle.compiler.frontend.value.Broadcasting;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Length;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.Emitter;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Maths;
import heddle.compiler.frontend.value.Numbers;
import heddle.compiler.frontend.value.Operand;
import heddle.compiler.frontend.value.Promotion;
import heddle.compiler.frontend.value.Words;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.dsl.ast.Expr.BinaryOp;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.source.Span;
import java.util.List;

/** Powers of tensors and numbers. */
public final class Power {
    private Power() {}

    /**
     * {@code base ** exponent}.
     *
     * @param at where operands that do not fit are reported
     */
    public static Denotation of(Emitter emitter, Operand base, Operand exponent, Span at) {
        if (base.value().isNumber() && exponent.value().isNumber()) {
            return isBoundLater(base, exponent)
                    ? power(emitter, base, exponent)
                    : Numbers.apply(BinaryOp.POW, base, exponent, at);
        }
        // A square of integers stays exact, and one product is faster than a power.
        if (exponent.value() instanceof Length l && l.dim().is(2) && base.value() instanceof Tensor x) {
            return new Maths(emitter).square(x);
        }
        List<Tensor> both = new Promotion(emitter).toCommonType(List.of(base, exponent), at);
        Tensor x = both.getFirst();
        if (!x.dtype().isFloat()) {
            throw new DiagnosticException(
                    Diagnostic.at(at, FrontendCode.OPERATOR, "powers need floating-point elements, not " + x.type())
                            .hint("write " + asFloat(base, "x") + " ** " + asFloat(exponent, "y")
                                    + "; of integers only the square is taken"));
        }
        Broadcasting.check(List.of(base, exponent), both, BinaryOp.POW.symbol, at);
        return new Maths(emitter).apply(ScalarFn.POW, x, both.get(1));
    }

    /** What to write for a tensor of integers, or for a number beside one. */
    private static String asFloat(Operand operand, String otherwise) {
        return operand.value() instanceof Tensor
                ? "cast(" + Words.written(operand, otherwise) + ", f32)"
                : Words.writtenFactor(operand, otherwise);
    }

    /** A length that is bound when the model runs, to a power that need not be whole: a number of the graph. */
    private static boolean isBoundLater(Operand base, Operand exponent) {
        boolean symbolic = Numbers.known(base.value()).isEmpty()
                || Numbers.known(exponent.value()).isEmpty();
        return symbolic && !Numbers.isDecided(BinaryOp.POW, base.value(), exponent.value());
    }

    private static Tensor power(Emitter emitter, Operand base, Operand exponent) {
        Promotion promotion = new Promotion(emitter);
        return new Maths(emitter)
                .apply(ScalarFn.POW, promotion.toTensor(base, DType.F32), promotion.toTensor(exponent, DType.F32));
    }
}
