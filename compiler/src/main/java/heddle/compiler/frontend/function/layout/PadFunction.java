package heddle.compiler.frontend.function.layout;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Bool;
import heddle.compiler.frontend.value.Denotation.Sequence;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Words;
import heddle.compiler.op.layout.Pad;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.dsl.diagnostic.DiagnosticException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Adds a margin around a tensor. */
public final class PadFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("pad", "x", "margins").withDefault("value", 0).withOptional("axis");
    }

    @Override
    public String summary() {
        return "puts elements of one value around x: margins is [low, high] for one axis, or such a pair for each axis";
    }

    @Override
    public String shapes() {
        return "[n, m], [[a, b], [c, d]] → [a + n + b, c + m + d]";
    }

    @Override
    public Denotation expand(Arguments a) {
        Tensor x = a.tensor("x");
        List<Dim> low = new ArrayList<>(Collections.nCopies(x.rank(), Dim.ZERO));
        List<Dim> high = new ArrayList<>(low);
        if (a.has("axis")) {
            int axis = a.axis("axis", x.rank());
            set(a, a.known("margins").lengths(), axis, low, high);
        } else if (x.rank() == 1 && isOnePair(a.value("margins"))) {
            set(a, a.known("margins").lengths(), 0, low, high);
        } else {
            requirePairs(a, x);
            List<List<Dim>> all = a.known("margins").lengthLists();
            if (all.size() != x.rank()) {
                throw a.mistakes()
                        .wrongValue(
                                "margins",
                                "it has " + Words.count(all.size(), "pair") + ", and x has " + Words.axes(x.rank())
                                        + "; or name an axis");
            }
            for (int axis = 0; axis < all.size(); axis++) {
                set(a, all.get(axis), axis, low, high);
            }
        }
        return a.emitter().add(new Pad(low, high, value(a, x)), x);
    }

    private static boolean isOnePair(Denotation margins) {
        return margins instanceof Sequence s && s.elements().stream().allMatch(Denotation::isNumber);
    }

    /** One pair alone does not say which axis of several it is for. */
    private static void requirePairs(Arguments a, Tensor x) {
        if (isOnePair(a.value("margins"))) {
            throw new DiagnosticException(a.mistakes()
                    .at(
                            "margins",
                            FrontendCode.ARGUMENT_VALUE,
                            "is not told which of the " + x.rank() + " axes of x these margins are for")
                    .hint("name the axis: pad(x, [low, high], axis = -1); or give a pair for each axis, as in"
                            + " [[0, 0], [low, high]]"));
        }
    }

    /** A number, or a truth value around bools. */
    private static double value(Arguments a, Tensor x) {
        if (a.value("value") instanceof Bool b && x.dtype() == DType.BOOL) {
            return b.value() ? 1 : 0;
        }
        double value = a.known("value").real();
        if (x.dtype() == DType.BOOL && value != 0 && value != 1) {
            throw new DiagnosticException(a.mistakes()
                    .at(
                            "value",
                            FrontendCode.ARGUMENT_VALUE,
                            "puts true or false around " + x.type() + ", not " + Words.number(value))
                    .hint("write `value = false`, or pad the numbers that the bools choose from"));
        }
        return value;
    }

    private static void set(Arguments a, List<Dim> pair, int axis, List<Dim> low, List<Dim> high) {
        if (pair.size() != 2) {
            throw a.mistakes().wrongValue("margins", "an axis needs two margins, [low, high]");
        }
        low.set(axis, pair.get(0));
        high.set(axis, pair.get(1));
    }
}
