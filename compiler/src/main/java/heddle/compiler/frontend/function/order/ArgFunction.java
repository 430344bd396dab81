package heddle.compiler.frontend.function.order;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.Maths;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import java.util.List;
import java.util.Locale;

/** Where along an axis the smallest or greatest element is. */
public enum ArgFunction implements LanguageFunction {
    ARGMIN(Reduction.MIN, "smallest"),
    ARGMAX(Reduction.MAX, "greatest");

    private final Reduction extreme;
    private final String superlative;

    ArgFunction(Reduction extreme, String superlative) {
        this.extreme = extreme;
        this.superlative = superlative;
    }

    @Override
    public Signature signature() {
        return Signature.of(name().toLowerCase(Locale.ROOT), "x")
                .withDefault("axis", -1)
                .withDefault("keepdims", false);
    }

    @Override
    public String summary() {
        return "the index of the " + superlative + " element along the axis, of the first if several are equal; a NaN"
                + " counts as " + superlative;
    }

    @Override
    public String shapes() {
        return "x without the axis, which stays as 1 with keepdims, i64";
    }

    @Override
    public Denotation expand(Arguments a) {
        Maths m = a.maths();
        Tensor given = a.tensor("x");
        Tensor x = given.dtype() == DType.BOOL ? m.cast(given, DType.I32) : given;
        int axis = a.axis("axis", x.rank());
        Tensor best = m.reduce(extreme, x, List.of(axis), true);
        Tensor isBest = m.apply(ScalarFn.EQ, m.rounded(x), m.rounded(best));
        if (x.dtype().isFloat()) {
            // The extreme of a row with NaN is NaN, which equals nothing.
            isBest = m.apply(ScalarFn.OR, isBest, m.apply(ScalarFn.NE, x, x));
        }
        return first(m, isBest, axis, a.known("keepdims").truth());
    }

    /** The index of the first true element along an axis, its length where there is none. */
    static Tensor first(Maths m, Tensor condition, int axis, boolean keepDims) {
        Dim length = condition.dim(axis);
        Tensor at = m.select(condition, m.positions(length, axis, condition.rank()), m.length(length, DType.I64));
        return m.reduce(Reduction.MIN, at, List.of(axis), keepDims);
    }
}
