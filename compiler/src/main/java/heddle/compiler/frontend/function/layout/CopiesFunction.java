package heddle.compiler.frontend.function.layout;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.Maths;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Copies along an axis, in two orders. */
public enum CopiesFunction implements LanguageFunction {
    /** The copies of an element stand together: the copied axis is inside. */
    REPEAT("each element n times in a row along the axis: a b → a a b b", 1),
    /** The copies of the whole stand together: the copied axis is outside. */
    TILE("the whole n times in a row along the axis: a b → a b a b", 0);

    private final String summary;
    private final int inside;

    CopiesFunction(String summary, int inside) {
        this.summary = summary;
        this.inside = inside;
    }

    @Override
    public Signature signature() {
        return Signature.of(name().toLowerCase(Locale.ROOT), "x", "n", "axis");
    }

    @Override
    public String summary() {
        return summary;
    }

    @Override
    public String shapes() {
        return "[.., k, ..] → [.., n * k, ..]";
    }

    @Override
    public Denotation expand(Arguments a) {
        Tensor x = a.tensor("x");
        int axis = a.axis("axis", x.rank());
        Dim n = a.known("n").length();
        if (n.isKnown() && n.value() < 0) {
            throw a.mistakes().wrongValue("n", "there cannot be " + n + " copies");
        }
        Maths m = a.maths();
        List<Dim> copied = new ArrayList<>(x.type().shape().dims());
        copied.add(axis + inside, n);
        Tensor expanded = m.expand(m.insertAxis(x, axis + inside), new Shape(copied));
        Dim length = x.dim(axis).times(n);
        return m.reshape(expanded, x.type().shape().with(axis, length));
    }
}
