package heddle.compiler.frontend.function.math;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Maths;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.type.DType;
import java.util.List;
import java.util.Locale;

/** Functions that combine many elements into one. */
public enum ReductionFunction implements LanguageFunction {
    SUM("sum along the axes, or of all elements") {
        @Override
        Tensor apply(Arguments a) {
            return reduce(a, Reduction.SUM);
        }
    },
    PROD("product along the axes, or of all elements") {
        @Override
        Tensor apply(Arguments a) {
            return reduce(a, Reduction.PROD);
        }
    },
    MEAN("arithmetic mean along the axes, or of all elements") {
        @Override
        Tensor apply(Arguments a) {
            Tensor x = a.tensor("x");
            if (!x.dtype().isFloat()) {
                throw a.mistakes()
                        .unfit(
                                "x",
                                FrontendCode.OPERATOR,
                                "needs floating-point elements, not " + x.type(),
                                a.mistakes().cast("x", DType.F32));
            }
            return a.maths()
                    .mean(x, a.axes("axis", x.rank()), a.known("keepdims").truth());
        }
    },
    ANY("whether any element along the axes is true") {
        @Override
        Tensor apply(Arguments a) {
            return reduceTruth(a, Reduction.MAX);
        }
    },
    ALL("whether all elements along the axes are true") {
        @Override
        Tensor apply(Arguments a) {
            return reduceTruth(a, Reduction.MIN);
        }
    };

    private final String summary;

    ReductionFunction(String summary) {
        this.summary = summary;
    }

    abstract Tensor apply(Arguments a);

    @Override
    public Signature signature() {
        return Signature.of(name().toLowerCase(Locale.ROOT), "x")
                .withOptional("axis")
                .withDefault("keepdims", false);
    }

    @Override
    public String summary() {
        return summary;
    }

    @Override
    public String shapes() {
        return "x without the axes, which stay as 1 with keepdims";
    }

    @Override
    public Denotation expand(Arguments a) {
        return apply(a);
    }

    /** Reduces {@code x} along {@code axis}, which may be a list or left out. */
    static Tensor reduce(Arguments a, Reduction kind) {
        Tensor x = a.numbers("x", DType.I64);
        List<Integer> axes = a.axes("axis", x.rank());
        return axes.isEmpty()
                ? x
                : a.maths().reduce(kind, x, axes, a.known("keepdims").truth());
    }

    /** Truth values as 0 and 1, for which the maximum is "any" and the minimum "all". */
    private static Tensor reduceTruth(Arguments a, Reduction kind) {
        Tensor x = a.tensor("x");
        if (x.dtype() != DType.BOOL) {
            throw a.mistakes()
                    .unfit(
                            "x",
                            FrontendCode.OPERATOR,
                            "needs bools, not " + x.type(),
                            a.mistakes().compare("x"));
        }
        Maths m = a.maths();
        Tensor zeroOrOne = m.cast(x, DType.I32);
        return m.cast(
                m.reduce(
                        kind,
                        zeroOrOne,
                        a.axes("axis", x.rank()),
                        a.known("keepdims").truth()),
                DType.BOOL);
    }
}
