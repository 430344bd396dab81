package heddle.compiler.frontend;

import heddle.compiler.frontend.function.ArgumentBinding;
import heddle.compiler.frontend.function.ArgumentBinding.Given;
import heddle.compiler.frontend.function.ArgumentMistakes;
import heddle.compiler.frontend.function.KnownArgument;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Operand;
import heddle.compiler.frontend.value.Scope;
import heddle.compiler.type.Initialiser;
import heddle.compiler.type.StoredType;
import heddle.compiler.type.TensorType;
import heddle.dsl.ast.Expr;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.diagnostic.Suggest;
import heddle.dsl.source.Span;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what a weight is said to begin its training with: {@code = normal(0.02)}. */
final class InitialElements {
    private static final List<Signature> KINDS = List.of(
            Signature.of("normal", "deviation"),
            Signature.of("uniform", "low", "high"),
            Signature.of("constant", "value"),
            Signature.of("zeros"),
            Signature.of("ones"));

    private final Expressions expressions;

    InitialElements(Expressions expressions) {
        this.expressions = expressions;
    }

    /**
     * The initialiser that was written; empty after a mistake in its arguments, which has been reported.
     *
     * @throws DiagnosticException when there is none like it, or a weight of this type is not trained
     */
    Optional<Initialiser> of(Expr.Weight weight, TensorType type, StoredType held, Scope scope) {
        Expr.Initial written = weight.initial().orElseThrow();
        checkTrained(written, type, held);
        Signature signature = KINDS.stream()
                .filter(k -> k.name().equals(written.name().text()))
                .findFirst()
                .orElseThrow(() -> unknown(written));
        List<Given> arguments = written.arguments().stream()
                .map(a -> new Given(a.name(), expressions.operand(a.value(), scope)))
                .toList();
        Map<String, List<Operand>> bound =
                ArgumentBinding.bind(signature, signature.toString(), arguments, written.span());
        if (arguments.stream().anyMatch(g -> g.operand().value().isPoison())) {
            return Optional.empty();
        }
        ArgumentMistakes mistakes = new ArgumentMistakes(signature, bound, written.span());
        double[] numbers = signature.parameters().stream()
                .mapToDouble(p -> finite(p.name(), bound.get(p.name()).getFirst(), mistakes))
                .toArray();
        return Optional.of(
                switch (signature.name()) {
                    case "normal" -> normal(numbers[0], mistakes);
                    case "uniform" -> uniform(numbers[0], numbers[1], mistakes);
                    case "constant" -> Initialiser.constant(numbers[0]);
                    case "zeros" -> Initialiser.constant(0);
                    default -> Initialiser.constant(1);
                });
    }

    private static double finite(String parameter, Operand operand, ArgumentMistakes mistakes) {
        double value = new KnownArgument(parameter, operand, mistakes).real();
        if (!Double.isFinite(value)) {
            throw mistakes.wrongValue(parameter, "training begins with finite numbers");
        }
        return value;
    }

    private static Initialiser normal(double deviation, ArgumentMistakes mistakes) {
        if (deviation < 0) {
            throw mistakes.wrongValue("deviation", "a deviation is not negative");
        }
        return Initialiser.normal(deviation);
    }

    private static Initialiser uniform(double low, double high, ArgumentMistakes mistakes) {
        if (low > high) {
            throw mistakes.wrongValue("high", "the upper bound is not less than the lower one");
        }
        return Initialiser.uniform(low, high);
    }

    private static void checkTrained(Expr.Initial written, TensorType type, StoredType held) {
        if (held.stored().isQuantised()) {
            throw mistake(
                    written.span(),
                    "a weight that is held as " + held.stored().text() + " is not trained",
                    "steps of training are smaller than the steps between whole numbers",
                    "train it as f32, and quantise the trained weights; or leave out `= " + written.name() + "`");
        }
        if (!type.dtype().isFloat()) {
            throw mistake(
                    written.span(),
                    "a weight of " + type + " is not trained",
                    "only floats have gradients",
                    "leave out `= " + written.name() + "`, and give the weight in a file");
        }
    }

    private static DiagnosticException unknown(Expr.Initial written) {
        List<String> names = KINDS.stream().map(Signature::name).toList();
        return mistake(
                written.name().span(),
                "weights do not begin with `" + written.name() + "`",
                "they begin with normal(deviation), uniform(low, high), constant(value), zeros or ones",
                Suggest.closest(written.name().text(), names)
                        .map(meant -> "did you mean `" + meant + "`?")
                        .orElse("write `= normal(0.02)`, for example"));
    }

    private static DiagnosticException mistake(Span span, String message, String note, String hint) {
        return new DiagnosticException(Diagnostic.at(span, FrontendCode.WEIGHT_INITIAL, message)
                .note(note)
                .hint(hint));
    }
}
