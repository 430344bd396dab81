package heddle.compiler.frontend;

import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Length;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Operand;
import heddle.compiler.frontend.value.Scope;
import heddle.compiler.frontend.value.Words;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import heddle.dsl.ast.Expr;
import heddle.dsl.ast.Name;
import heddle.dsl.ast.TypeExpr;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Turns types as written into types of tensors. */
final class Types {
    private final Expressions expressions;
    private final Diagnostics diagnostics;

    Types(Expressions expressions, Diagnostics diagnostics) {
        this.expressions = expressions;
        this.diagnostics = diagnostics;
    }

    /** The type, or empty when a part of it was reported as wrong. */
    Optional<TensorType> resolve(TypeExpr type, Scope scope) {
        try {
            return type(type, scope);
        } catch (DiagnosticException e) {
            diagnostics.report(e);
            return Optional.empty();
        }
    }

    private Optional<TensorType> type(TypeExpr type, Scope scope) {
        DType dtype = dtype(type.dtype());
        List<Dim> dims = new ArrayList<>();
        for (Expr e : type.dims()) {
            Denotation value = expressions.evaluate(e, scope);
            if (value.isPoison()) {
                return Optional.empty();
            }
            dims.add(length(new Operand(value, e.span())));
        }
        return Optional.of(new TensorType(dtype, new Shape(dims)));
    }

    static DType dtype(Name name) {
        return DType.named(name.text()).orElseThrow(() -> {
            List<String> names = Arrays.stream(DType.values()).map(DType::text).toList();
            Diagnostic d =
                    Diagnostic.at(name.span(), FrontendCode.UNKNOWN_DTYPE, "`" + name + "` is not an element type");
            return new DiagnosticException(d.note("the element types are " + String.join(", ", names))
                    .hint(Remedies.elementType(name.text())));
        });
    }

    private static Dim length(Operand operand) {
        if (operand.value() instanceof Length l
                && !(l.dim().isKnown() && l.dim().value() < 0)) {
            return l.dim();
        }
        throw new DiagnosticException(
                Diagnostic.at(operand.span(), FrontendCode.LENGTH, Words.describe(operand.value()) + " is not a length")
                        .label(Words.describe(operand.value()))
                        .note("a length is a whole number, not negative, or made of names that `dim` declares"));
    }

    /**
     * Matches an argument with the type its parameter states. Names of lengths that are not declared stand for the
     * argument's lengths from here on; all others must agree.
     *
     * @param scope the scope of the call, which gets the new names
     */
    void unify(Name parameter, TypeExpr type, Operand argument, TensorType actual, Scope scope) {
        DType dtype = dtype(type.dtype());
        if (dtype != actual.dtype() || type.dims().size() != actual.rank()) {
            throw mismatch(parameter, type, argument, actual, "");
        }
        for (int axis = 0; axis < actual.rank(); axis++) {
            if (type.dims().get(axis) instanceof Expr.Ref ref
                    && scope.find(ref.name()).isEmpty()) {
                scope.declare(ref.name(), new Length(actual.dim(axis)), ref.span(), false);
            }
        }
        Optional<TensorType> declared = resolve(type, scope);
        for (int axis = 0; declared.isPresent() && axis < actual.rank(); axis++) {
            if (!declared.get().dim(axis).equals(actual.dim(axis))) {
                String why =
                        "axis " + axis + ", `" + type.dims().get(axis).span().text() + "`, is "
                                + declared.get().dim(axis) + " here, and the argument's is " + actual.dim(axis);
                throw mismatch(parameter, type, argument, actual, why);
            }
        }
    }

    private static DiagnosticException mismatch(
            Name parameter, TypeExpr type, Operand argument, TensorType actual, String why) {
        Diagnostic d = Diagnostic.at(
                        argument.span(),
                        FrontendCode.PARAMETER_TYPE,
                        "`" + parameter + "` must be " + type.span().text() + ", not " + actual)
                .label(actual.toString())
                .related(type.span(), "declared here");
        return new DiagnosticException(Words.origin(why.isEmpty() ? d : d.note(why), argument));
    }
}
