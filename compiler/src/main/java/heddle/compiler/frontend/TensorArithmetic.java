package heddle.compiler.frontend;

import heddle.compiler.frontend.value.Broadcasting;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Bool;
import heddle.compiler.frontend.value.Denotation.Length;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.Emitter;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Operand;
import heddle.compiler.frontend.value.Promotion;
import heddle.compiler.frontend.value.Words;
import heddle.compiler.op.Elementwise;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.dsl.ast.Expr.BinaryOp;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.source.Span;
import java.util.List;

/** Arithmetic, comparisons and logic on tensors, element by element with broadcasting. */
final class TensorArithmetic {
    private final Emitter emitter;

    TensorArithmetic(Emitter emitter) {
        this.emitter = emitter;
    }

    Tensor apply(BinaryOp op, Operand a, Operand b, Span at) {
        for (Operand o : List.of(a, b)) {
            Denotation v = o.value();
            if (!(v instanceof Tensor || v.isNumber() || v instanceof Bool)) {
                throw undefined(op, a, b, at, "");
            }
        }
        ScalarFn fn = function(op);
        if (fn.rule() == ScalarFn.Rule.LOGIC) {
            requireTruth(op, a, b, at);
        }
        List<Tensor> both = quotientOfLengths(op, a, b)
                ? List.of(scalar(a), scalar(b))
                : new Promotion(emitter).toCommonType(List.of(a, b), at);
        checkType(op, fn, both.getFirst().dtype(), a, b, at);
        Broadcasting.check(List.of(a, b), both, op.symbol, at);
        return emitter.add(new Elementwise(fn), both);
    }

    /** A quotient of lengths that need not be whole is a number of the graph. */
    private static boolean quotientOfLengths(BinaryOp op, Operand a, Operand b) {
        return op == BinaryOp.DIV && a.value() instanceof Length && b.value() instanceof Length;
    }

    private Tensor scalar(Operand o) {
        return new Promotion(emitter).toTensor(o, DType.F32);
    }

    private static ScalarFn function(BinaryOp op) {
        return switch (op) {
            case ADD -> ScalarFn.ADD;
            case SUB -> ScalarFn.SUB;
            case MUL -> ScalarFn.MUL;
            case DIV -> ScalarFn.DIV;
            case FLOOR_DIV -> ScalarFn.FLOOR_DIV;
            case MOD -> ScalarFn.MOD;
            case EQ -> ScalarFn.EQ;
            case NE -> ScalarFn.NE;
            case LT -> ScalarFn.LT;
            case LE -> ScalarFn.LE;
            case GT -> ScalarFn.GT;
            case GE -> ScalarFn.GE;
            case AND -> ScalarFn.AND;
            case OR -> ScalarFn.OR;
            case MATMUL, POW -> throw new IllegalArgumentException(op.symbol);
        };
    }

    private static void checkType(BinaryOp op, ScalarFn fn, DType dtype, Operand a, Operand b, Span at) {
        if (fn.resultType(List.of(dtype, dtype)).isPresent()) {
            return;
        }
        String converted = converted(a, "x") + " " + op.symbol + " " + converted(b, "y");
        String hint = dtype.isInt()
                ? "divide integers with `" + BinaryOp.FLOOR_DIV.symbol + "`, or convert them: " + converted
                : "convert bools to numbers: " + converted;
        throw undefined(op, a, b, at, hint);
    }

    /** An operand as floats. */
    private static String converted(Operand o, String otherwise) {
        return o.value() instanceof Tensor
                ? "cast(" + Words.written(o, otherwise) + ", f32)"
                : Words.writtenFactor(o, otherwise);
    }

    /** Numbers are not true or false; asked before a bool beside them takes their type. */
    private static void requireTruth(BinaryOp op, Operand a, Operand b, Span at) {
        for (Operand o : List.of(a, b)) {
            if (!(o.value() instanceof Bool || o.value() instanceof Tensor t && t.dtype() == DType.BOOL)) {
                throw undefined(op, a, b, at, "compare first, for example " + Words.writtenFactor(o, "x") + " != 0");
            }
        }
    }

    private static DiagnosticException undefined(BinaryOp op, Operand a, Operand b, Span at, String hint) {
        Diagnostic d = Words.both(
                Diagnostic.at(
                        at,
                        FrontendCode.OPERATOR,
                        "`" + op.symbol + "` is not defined for " + Words.describe(a.value()) + " and "
                                + Words.describe(b.value())),
                a,
                b);
        return new DiagnosticException(hint.isEmpty() ? d : d.hint(hint));
    }
}
