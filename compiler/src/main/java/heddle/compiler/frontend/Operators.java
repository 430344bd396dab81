package heddle.compiler.frontend;

import heddle.compiler.frontend.function.math.Power;
import heddle.compiler.frontend.function.math.Product;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Bool;
import heddle.compiler.frontend.value.Denotation.ElementType;
import heddle.compiler.frontend.value.Denotation.Length;
import heddle.compiler.frontend.value.Denotation.Real;
import heddle.compiler.frontend.value.Denotation.Sequence;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.Denotation.Text;
import heddle.compiler.frontend.value.Emitter;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Numbers;
import heddle.compiler.frontend.value.Operand;
import heddle.compiler.frontend.value.Scope;
import heddle.compiler.frontend.value.Words;
import heddle.compiler.op.Elementwise;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.dsl.ast.Expr;
import heddle.dsl.ast.Expr.BinaryOp;
import heddle.dsl.ast.Expr.UnaryOp;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Evaluates operators on compile-time values, and passes operators on tensors on. */
final class Operators {
    private final Emitter emitter;
    private final Expressions expressions;
    private final TensorArithmetic tensors;

    Operators(Emitter emitter, Expressions expressions) {
        this.emitter = emitter;
        this.expressions = expressions;
        this.tensors = new TensorArithmetic(emitter);
    }

    Denotation unary(Expr.Unary e, Scope scope) {
        Operand x = expressions.operand(e.operand(), scope);
        emitter.at(e.span(), List.of(x));
        Denotation value = x.value();
        if (value.isPoison()) {
            return value;
        }
        return (e.op() == UnaryOp.NOT ? not(value) : negative(value)).orElseThrow(() -> undefined(e, x));
    }

    private Optional<Denotation> not(Denotation x) {
        if (x instanceof Bool b) {
            return Optional.of(new Bool(!b.value()));
        }
        return x instanceof Tensor t && t.dtype() == DType.BOOL
                ? Optional.of(emitter.add(new Elementwise(ScalarFn.NOT), t))
                : Optional.empty();
    }

    private Optional<Denotation> negative(Denotation x) {
        return switch (x) {
            case Length l -> Optional.of(new Length(Dim.ZERO.minus(l.dim())));
            case Real r -> Optional.of(new Real(-r.value()));
            case Tensor t ->
                t.dtype() == DType.BOOL ? Optional.empty() : Optional.of(emitter.add(new Elementwise(ScalarFn.NEG), t));
            default -> Optional.empty();
        };
    }

    private static DiagnosticException undefined(Expr.Unary e, Operand x) {
        Diagnostic d = Diagnostic.at(
                        e.span(),
                        FrontendCode.OPERATOR,
                        "`" + e.op().symbol + "` is not defined for " + Words.describe(x.value()))
                .label(Words.describe(x.value()));
        boolean truth = e.op() == UnaryOp.NOT;
        return new DiagnosticException(Words.origin(d, x)
                .hint(
                        truth
                                ? "compare first, for example " + Words.writtenFactor(x, "x") + " != 0"
                                : "write cast(" + Words.written(x, "x") + ", f32)"));
    }

    Denotation binary(Expr.Binary e, Scope scope) {
        Operand a = expressions.operand(e.left(), scope);
        // `false and x` and `true or x` do not look at x, which may have a meaning only otherwise.
        if (a.value() instanceof Bool b && e.op() == (b.value() ? BinaryOp.OR : BinaryOp.AND)) {
            return b;
        }
        Operand b = expressions.operand(e.right(), scope);
        if (a.value().isPoison() || b.value().isPoison()) {
            return Denotation.Poison.VALUE;
        }
        emitter.at(e.span(), List.of(a, b));
        if (Numbers.isDecided(e.op(), a.value(), b.value())) {
            return Numbers.apply(e.op(), a, b, e.opSpan());
        }
        boolean equality = e.op() == BinaryOp.EQ || e.op() == BinaryOp.NE;
        if (equality && isPlain(a.value()) && isPlain(b.value())) {
            return new Bool(a.value().equals(b.value()) == (e.op() == BinaryOp.EQ));
        }
        if (a.value() instanceof Bool && isTruth(b.value()) && (e.op() == BinaryOp.AND || e.op() == BinaryOp.OR)) {
            return b.value(); // The left side did not decide, so the right one does.
        }
        if (e.op() == BinaryOp.ADD && a.value() instanceof Sequence x && b.value() instanceof Sequence y) {
            return joined(x, y);
        }
        return switch (e.op()) {
            case MATMUL -> Product.matmul(emitter, a, b, e.opSpan());
            case POW -> Power.of(emitter, a, b, e.opSpan());
            default -> tensors.apply(e.op(), a, b, e.opSpan());
        };
    }

    /** Values that are equal or not, and have no order. */
    private static boolean isPlain(Denotation value) {
        return value instanceof Text || value instanceof Bool || value instanceof ElementType;
    }

    private static boolean isTruth(Denotation value) {
        return value instanceof Bool || (value instanceof Tensor t && t.dtype() == DType.BOOL);
    }

    private static Sequence joined(Sequence a, Sequence b) {
        List<Denotation> all = new ArrayList<>(a.elements());
        all.addAll(b.elements());
        return new Sequence(all);
    }
}
