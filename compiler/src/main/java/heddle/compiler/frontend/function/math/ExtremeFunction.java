package heddle.compiler.frontend.function.math;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Broadcasting;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.Numbers;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import java.util.List;
import java.util.Locale;

/** The smaller or greater of two values, or the minimum or maximum of one tensor. */
public enum ExtremeFunction implements LanguageFunction {
    MIN(ScalarFn.MIN, Reduction.MIN, "smaller", "smallest"),
    MAX(ScalarFn.MAX, Reduction.MAX, "greater", "greatest");

    private final ScalarFn fn;
    private final Reduction reduction;
    private final String comparative;
    private final String superlative;

    ExtremeFunction(ScalarFn fn, Reduction reduction, String comparative, String superlative) {
        this.fn = fn;
        this.reduction = reduction;
        this.comparative = comparative;
        this.superlative = superlative;
    }

    @Override
    public Signature signature() {
        return Signature.of(name().toLowerCase(Locale.ROOT), "x")
                .withOptional("other")
                .withOptional("axis")
                .withDefault("keepdims", false);
    }

    @Override
    public String summary() {
        return "the " + comparative + " of two, element by element; without `other` the " + superlative
                + " element along the axes, or of all";
    }

    @Override
    public String shapes() {
        return "broadcast of both; or x without the axes, which stay as 1 with keepdims";
    }

    @Override
    public Denotation expand(Arguments a) {
        if (!a.has("other")) {
            return ReductionFunction.reduce(a, reduction);
        }
        if (a.has("axis")) {
            throw a.mistakes()
                    .wrongValue("axis", "the " + comparative + " of two values has no axis; leave out one of them");
        }
        if (Numbers.known(a.value("x")).isPresent()
                && Numbers.known(a.value("other")).isPresent()) {
            boolean first =
                    (this == MIN) == (a.known("x").real() <= a.known("other").real());
            return a.value(first ? "x" : "other");
        }
        List<Tensor> both = a.sameType("x", "other");
        Broadcasting.check(
                List.of(a.operand("x"), a.operand("other")), both, signature().name(), a.call());
        return a.maths().apply(fn, both.get(0), both.get(1));
    }
}
