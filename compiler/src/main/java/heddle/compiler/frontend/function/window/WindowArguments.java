package heddle.compiler.frontend.function.window;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;

/** The arguments that say where windows lie: a number for all axes, or a list with one for each. */
record WindowArguments(Arguments a, Tensor x) {
    /** The axes behind batch and channels. @throws heddle.dsl.diagnostic.DiagnosticException when there are none */
    int axes() {
        if (x.rank() < 3) {
            throw a.mistakes()
                    .unfit(
                            "x",
                            FrontendCode.OPERATION,
                            "needs [batch, channels, ..] with one more axis at least, not " + x.type(),
                            "");
        }
        return x.rank() - 2;
    }

    List<Window> windows(List<Dim> lengths, List<Long> strides, List<Long> dilations) {
        List<List<Dim>> margins = a.known("pads").margins(axes());
        List<Window> windows = new ArrayList<>();
        for (int i = 0; i < axes(); i++) {
            Window w = new Window(
                    lengths.get(i),
                    strides.get(i),
                    dilations.get(i),
                    margins.get(i).get(0),
                    margins.get(i).get(1));
            Dim count = w.count(x.dim(2 + i));
            if (count.isKnown() && count.value() < 1) {
                throw a.mistakes()
                        .unfit(
                                "x",
                                FrontendCode.OPERATION,
                                "moves a window of length " + w.length() + " over axis " + (2 + i) + " of " + x.type()
                                        + ", which is too short",
                                "");
            }
            windows.add(w);
        }
        return windows;
    }

    /** Numbers from one on. */
    List<Long> steps(String parameter) {
        List<Long> steps = a.known(parameter).integers(axes());
        if (steps.stream().anyMatch(s -> s < 1)) {
            throw a.mistakes().wrongValue(parameter, "it must be at least 1");
        }
        return steps;
    }
}
