package heddle.compiler.frontend.function.layout;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Maths;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scalar.ScalarMath;
import heddle.compiler.type.DType;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/** What becomes of an element that updates are for. */
enum ScatterReduction {
    /** The last update takes its place. */
    SET(Reduction.MAX),
    ADD(Reduction.SUM),
    MUL(Reduction.PROD),
    MAX(Reduction.MAX),
    MIN(Reduction.MIN);

    static final String PARAMETER = "reduce";

    /** How updates of one place are combined; for {@link #SET}, how their numbers are. */
    private final Reduction kind;

    ScatterReduction(Reduction kind) {
        this.kind = kind;
    }

    static ScatterReduction of(Arguments a, Tensor x) {
        String text = a.known(PARAMETER).text();
        ScatterReduction reduction = Arrays.stream(values())
                .filter(r -> r.text().equals(text))
                .findFirst()
                .orElseThrow(() -> a.mistakes().wrongValue(PARAMETER, "it is one of set, add, mul, max, min"));
        if (reduction != SET && x.dtype() == DType.BOOL) {
            throw a.mistakes()
                    .unfit(
                            "x",
                            FrontendCode.OPERATOR,
                            "needs numbers to " + text + ", not " + x.type(),
                            a.mistakes().cast("x", DType.I32));
        }
        return reduction;
    }

    private String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * {@code x} with the updates.
     *
     * @param order   the number of each update, of which the greatest of one place is the last
     * @param scatter combines values that are shaped like the updates, or the numbers, at their places
     * @param pick    gives each place the update of a number
     */
    Tensor apply(
            Maths m,
            Tensor x,
            Tensor updates,
            Tensor order,
            BiFunction<Reduction, Tensor, Tensor> scatter,
            UnaryOperator<Tensor> pick) {
        if (this != SET) {
            return m.apply(ScalarMath.combine(kind), x, scatter.apply(kind, updates));
        }
        Tensor last = scatter.apply(kind, order);
        Tensor isUpdated = m.apply(ScalarFn.GE, last, m.number(0, DType.I64));
        for (int axis = last.rank(); axis < x.rank(); axis++) {
            isUpdated = m.insertAxis(isUpdated, axis);
        }
        return m.select(isUpdated, pick.apply(last), x);
    }
}
