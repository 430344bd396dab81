package heddle.compiler.frontend.function;

import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.op.Pad;
import heddle.compiler.type.Dim;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Adds a margin around a tensor. */
final class PadFunction implements LanguageFunction {
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
        } else {
            List<List<Dim>> all = a.known("margins").lengthLists();
            if (all.size() != x.rank()) {
                throw a.mistakes()
                        .wrongValue(
                                "margins",
                                "there are " + all.size() + " pairs, and x has " + x.rank() + " axes; or name an axis");
            }
            for (int axis = 0; axis < all.size(); axis++) {
                set(a, all.get(axis), axis, low, high);
            }
        }
        return a.emitter().add(new Pad(low, high, a.known("value").real()), x);
    }

    private static void set(Arguments a, List<Dim> pair, int axis, List<Dim> low, List<Dim> high) {
        if (pair.size() != 2) {
            throw a.mistakes().wrongValue("margins", "an axis needs two margins, [low, high]");
        }
        low.set(axis, pair.get(0));
        high.set(axis, pair.get(1));
    }
}
