package heddle.compiler.frontend.function.math;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.Maths;
import heddle.compiler.scalar.ScalarFn;
import java.util.Locale;

/** Tells floats apart that are no ordinary numbers. */
public enum NumberTestFunction implements LanguageFunction {
    ISNAN("whether an element is NaN, `x != x`") {
        @Override
        Tensor apply(Tensor x, Maths m) {
            return m.apply(ScalarFn.NE, x, x);
        }
    },
    ISINF("whether an element is plus or minus infinity, `abs(x) == inf`") {
        @Override
        Tensor apply(Tensor x, Maths m) {
            return m.apply(ScalarFn.EQ, m.apply(ScalarFn.ABS, x), m.number(Double.POSITIVE_INFINITY, x.dtype()));
        }
    };

    private final String summary;

    NumberTestFunction(String summary) {
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
        return "[..] → bool[..]";
    }

    @Override
    public Denotation expand(Arguments a) {
        return apply(a.floats("x"), a.maths());
    }
}
