package heddle.compiler.frontend.function.math;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Maths;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import java.util.Locale;

/** Activation functions, which stand between the layers of networks. */
public enum ActivationFunction implements LanguageFunction {
    RELU("`max(x, 0)`") {
        @Override
        Tensor apply(Tensor x, Maths m) {
            return m.apply(ScalarFn.MAX, x, m.number(0, x.dtype()));
        }
    },
    SILU("`x * sigmoid(x)`, also called swish") {
        @Override
        Tensor apply(Tensor x, Maths m) {
            return m.multiply(x, m.apply(ScalarFn.SIGMOID, x));
        }
    },
    GELU("`x * (1 + erf(x / sqrt(2))) / 2`") {
        @Override
        Tensor apply(Tensor x, Maths m) {
            Tensor erf = m.apply(ScalarFn.ERF, m.multiply(x, Math.sqrt(0.5)));
            return m.multiply(m.multiply(x, m.add(erf, 1)), 0.5);
        }
    },
    GELU_TANH("the approximation `x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x ** 3))) / 2`") {
        @Override
        Tensor apply(Tensor x, Maths m) {
            Tensor cubic = m.multiply(m.multiply(m.square(x), x), 0.044715);
            Tensor tanh = m.apply(ScalarFn.TANH, m.multiply(m.add(x, cubic), Math.sqrt(2 / Math.PI)));
            return m.multiply(m.multiply(x, m.add(tanh, 1)), 0.5);
        }
    },
    SOFTPLUS("`log(1 + exp(x))`, exact for small results and without overflow") {
        @Override
        Tensor apply(Tensor x, Maths m) {
            Tensor one = m.number(1, x.dtype());
            Tensor e = m.apply(ScalarFn.EXP, m.apply(ScalarFn.NEG, m.apply(ScalarFn.ABS, x)));
            Tensor sum = m.add(e, one);
            // What rounding took from the sum, its logarithm lacks in the same proportion.
            Tensor exact = m.multiply(m.apply(ScalarFn.LOG, sum), m.divide(e, m.subtract(sum, one)));
            Tensor log = m.select(m.apply(ScalarFn.EQ, sum, one), e, exact);
            return m.add(RELU.apply(x, m), log);
        }
    };

    private final String summary;

    ActivationFunction(String summary) {
        this.summary = summary;
    }

    abstract Tensor apply(Tensor x, Maths m);

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
        Tensor x = a.tensor("x");
        boolean fits = this == RELU ? x.dtype() != DType.BOOL : x.dtype().isFloat();
        if (!fits) {
            throw a.mistakes()
                    .unfit(
                            "x",
                            FrontendCode.OPERATOR,
                            "is not defined for " + x.type(),
                            a.mistakes().cast("x", DType.F32));
        }
        return apply(x, a.maths());
    }
}
