package heddle.compiler.frontend.function.window;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Maths;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarMath;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** One number for each window. */
public enum PoolFunction implements LanguageFunction {
    MAX_POOL("the greatest element of each window; margins do not count") {
        @Override
        public Signature signature() {
            return common().withDefault("dilations", 1);
        }

        @Override
        boolean takes(DType dtype) {
            return dtype != DType.BOOL;
        }

        @Override
        Tensor pool(Arguments a, Tensor x, List<Window> windows) {
            double margin = ScalarMath.neutral(Reduction.MAX, x.dtype());
            return reduced(a, Reduction.MAX, Window.over(a, x, windows, margin), windows.size());
        }
    },
    AVERAGE_POOL("the mean of each window; margins count as zeros with count_pads, else not") {
        @Override
        public Signature signature() {
            return common().withDefault("count_pads", false);
        }

        @Override
        boolean takes(DType dtype) {
            return dtype.isFloat();
        }

        @Override
        Tensor pool(Arguments a, Tensor x, List<Window> windows) {
            Maths m = a.maths();
            Tensor sum = reduced(a, Reduction.SUM, Window.over(a, x, windows, 0), windows.size());
            boolean all = a.known("count_pads").truth();
            for (int i = 0; i < windows.size(); i++) {
                Window w = windows.get(i);
                boolean whole = all || w.low().isZero() && w.high().isZero();
                Tensor count = whole
                        ? m.length(w.length(), x.dtype())
                        : m.along(w.inside(a, x.dim(2 + i), x.dtype()), 2 + i, x.rank());
                sum = m.divide(sum, count);
            }
            return sum;
        }
    };

    private final String summary;

    PoolFunction(String summary) {
        this.summary = summary;
    }

    abstract boolean takes(DType dtype);

    abstract Tensor pool(Arguments a, Tensor x, List<Window> windows);

    Signature common() {
        return Signature.of(name().toLowerCase(Locale.ROOT), "x", "window")
                .withOptional("strides")
                .withDefault("pads", 0);
    }

    @Override
    public String summary() {
        return summary + "; windows lie side by side unless strides says otherwise, and the other arguments are as for"
                + " conv";
    }

    @Override
    public String shapes() {
        return "[b, c, n, m], window [i, j] → [b, c, n div i, m div j]";
    }

    @Override
    public Denotation expand(Arguments a) {
        Tensor x = a.tensor("x");
        if (!takes(x.dtype())) {
            throw a.mistakes()
                    .unfit(
                            "x",
                            FrontendCode.OPERATOR,
                            "is not defined for " + x.type(),
                            a.mistakes().cast("x", DType.F32));
        }
        WindowArguments arguments = new WindowArguments(a, x);
        List<Long> window = arguments.steps("window");
        List<Long> strides = a.has("strides") ? arguments.steps("strides") : window;
        List<Long> dilations =
                a.has("dilations") ? arguments.steps("dilations") : Collections.nCopies(arguments.axes(), 1L);
        return pool(a, x, arguments.windows(window.stream().map(Dim::of).toList(), strides, dilations));
    }

    /** Reduces what is in the windows: the last axes, every other one. */
    private static Tensor reduced(Arguments a, Reduction kind, Tensor windows, int count) {
        int first = windows.rank() - 2 * count;
        List<Integer> axes =
                IntStream.range(0, count).map(i -> first + 2 * i + 1).boxed().toList();
        return a.maths().reduce(kind, windows, axes, false);
    }
}
