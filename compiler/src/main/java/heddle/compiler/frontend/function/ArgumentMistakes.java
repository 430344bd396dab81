package heddle.compiler.frontend.function;

import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Operand;
import heddle.compiler.frontend.value.Words;
import heddle.compiler.type.DType;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticCode;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.source.Span;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** Messages for arguments that a function of the language cannot take. All functions use the same words. */
public final class ArgumentMistakes {
    private final Signature signature;
    private final Map<String, List<Operand>> bound;
    private final Span call;

    public ArgumentMistakes(Signature signature, Map<String, List<Operand>> bound, Span call) {
        this.signature = signature;
        this.bound = bound;
        this.call = call;
    }

    /** An argument of a kind that the parameter does not take. */
    public DiagnosticException wrongKind(String parameter, String expected, Operand operand) {
        Diagnostic d = Diagnostic.at(
                        operand.span(),
                        FrontendCode.ARGUMENT_KIND,
                        "`" + parameter + "` of `" + signature.name() + "` must be " + expected + ", not "
                                + Words.describe(operand.value()))
                .label(Words.describe(operand.value()));
        return new DiagnosticException(Words.origin(d, operand).note("it is called as " + signature));
    }

    /** The right kind, and a value that makes no sense. */
    public DiagnosticException wrongValue(String parameter, String why) {
        return new DiagnosticException(
                at(parameter, FrontendCode.ARGUMENT_VALUE, "cannot take this `" + parameter + "`: " + why));
    }

    /**
     * A tensor of the wrong type.
     *
     * @param hint the remedy, may be empty
     */
    public DiagnosticException unfit(String parameter, DiagnosticCode code, String why, String hint) {
        Diagnostic d = at(parameter, code, why);
        return new DiagnosticException(hint.isEmpty() ? d : d.hint(hint));
    }

    /** What to write to convert an argument: {@code write cast(scores, f32)}. */
    public String cast(String parameter, DType dtype) {
        return "write cast(" + written(parameter, Words::written) + ", " + dtype + ")";
    }

    /** What to write to make bools of an argument. */
    public String compare(String parameter) {
        return "compare first, like " + written(parameter, Words::writtenFactor) + " != 0";
    }

    /** An argument as a hint can repeat it; the name of its parameter where it was left out. */
    private String written(String parameter, BiFunction<Operand, String, String> words) {
        return bound.containsKey(parameter) ? words.apply(bound.get(parameter).getFirst(), parameter) : parameter;
    }

    /**
     * A diagnostic at an argument, or at the call when the parameter was left out.
     *
     * @param why follows the function's name
     */
    public Diagnostic at(String parameter, DiagnosticCode code, String why) {
        String message = "`" + signature.name() + "` " + why;
        if (!bound.containsKey(parameter)) {
            return Diagnostic.at(call, code, message);
        }
        Operand o = bound.get(parameter).getFirst();
        Diagnostic d = Diagnostic.at(o.span(), code, message);
        return Words.origin(o.value() instanceof Tensor t ? d.label(t.type().toString()) : d, o);
    }

    /** Adds the type of an argument and where it comes from. */
    public Diagnostic related(Diagnostic diagnostic, String parameter) {
        Operand o = bound.get(parameter).getFirst();
        return Words.origin(diagnostic.related(o.span(), Words.describe(o.value())), o);
    }
}
