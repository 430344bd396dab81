package heddle.compiler.frontend.function.math;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Application;
import heddle.compiler.frontend.value.Denotation.Length;
import heddle.compiler.frontend.value.Denotation.Real;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.op.Elementwise;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.numbers.gamma.Erf;

/** Functions of one element. For a number that is known at compile time they give a number. */
public enum UnaryFunction implements LanguageFunction {
    EXP(ScalarFn.EXP, "e to the power of x", Math::exp),
    LOG(ScalarFn.LOG, "natural logarithm", Math::log),
    SQRT(ScalarFn.SQRT, "square root", Math::sqrt),
    RSQRT(ScalarFn.RSQRT, "1 / sqrt(x)", x -> 1 / Math.sqrt(x)),
    TANH(ScalarFn.TANH, "hyperbolic tangent", Math::tanh),
    ERF(ScalarFn.ERF, "error function", Erf::value),
    SIGMOID(ScalarFn.SIGMOID, "1 / (1 + exp(-x))", x -> 1 / (1 + Math.exp(-x))),
    SIN(ScalarFn.SIN, "sine", Math::sin),
    COS(ScalarFn.COS, "cosine", Math::cos),
    ABS(ScalarFn.ABS, "absolute value", Math::abs),
    SIGN(ScalarFn.SIGN, "-1, 0 or 1", Math::signum),
    FLOOR(ScalarFn.FLOOR, "largest whole number that is not above x", Math::floor),
    CEIL(ScalarFn.CEIL, "smallest whole number that is not below x", Math::ceil),
    ROUND(ScalarFn.ROUND, "nearest whole number, halves to the even one", Math::rint);

    private final ScalarFn fn;
    private final String summary;

    @SuppressWarnings("ImmutableEnumChecker") // functions without state
    private final DoubleUnaryOperator known;

    UnaryFunction(ScalarFn fn, String summary, DoubleUnaryOperator known) {
        this.fn = fn;
        this.summary = summary;
        this.known = known;
    }

    @Override
    public Signature signature() {
        return Signature.of(name().toLowerCase(Locale.ROOT), "x");
    }

    @Override
    public String summary() {
        return summary;
    }

    @Override
    public String shapes() {
        return "[..] → [..]";
    }

    @Override
    public Denotation expand(Arguments a) {
        Optional<Long> integer = a.value("x").integer();
        if (integer.isPresent()) {
            return fold(a, integer.get(), wholeStaysWhole());
        }
        return switch (a.value("x")) {
            case Real r -> fold(a, r.value(), isRounding());
            // The symbol is bound when the model runs; until then it is a number of the graph.
            case Length l -> a.emitter().add(new Elementwise(fn), a.maths().length(l.dim(), DType.F32));
            default -> apply(a);
        };
    }

    private Tensor apply(Arguments a) {
        Tensor x = a.tensor("x");
        boolean fits = fn.rule() == ScalarFn.Rule.FLOAT ? x.dtype().isFloat() : x.dtype() != DType.BOOL;
        if (!fits) {
            String needed = fn.rule() == ScalarFn.Rule.FLOAT ? "floating-point elements" : "numbers";
            throw a.mistakes()
                    .unfit(
                            "x",
                            FrontendCode.OPERATOR,
                            "needs " + needed + ", not " + x.type(),
                            a.mistakes().cast("x", DType.F32));
        }
        return a.emitter().add(new Elementwise(fn), x);
    }

    private boolean isRounding() {
        return this == FLOOR || this == CEIL || this == ROUND;
    }

    private boolean wholeStaysWhole() {
        return isRounding() || this == ABS || this == SIGN;
    }

    private Denotation fold(Arguments a, double x, boolean whole) {
        double y = known.applyAsDouble(x);
        if (Double.isNaN(y) || (whole && Math.abs(y) >= 0x1p53)) {
            throw a.mistakes().unfit("x", FrontendCode.ARITHMETIC, "has no result for " + x, "");
        }
        if (whole) {
            return new Length(Dim.of((long) y));
        }
        // Roots are scales: how they are rounded does not show, and a number is simpler.
        boolean isRoot = this == SQRT || this == RSQRT;
        return isRoot ? new Real(y) : new Real(y, Optional.of(new Application(fn, x)));
    }
}
