package heddle.compiler.frontend.function.filled;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.ElementType;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.Maths;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;

/** Vectors of zeros with a one where an integer says. */
public final class OneHotFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("one_hot", "ids", "depth")
                .withDefault("dtype", new ElementType(DType.F32))
                .withDefault("axis", -1);
    }

    @Override
    public String summary() {
        return "along a new axis a one at the place that ids names, zeros elsewhere; nothing but zeros where it is out of range";
    }

    @Override
    public String shapes() {
        return "[..], depth n → dtype[.., n]";
    }

    @Override
    public Denotation expand(Arguments a) {
        Tensor ids = a.index("ids");
        int rank = ids.rank() + 1;
        int axis = a.axis("axis", rank);
        Maths m = a.maths();
        Tensor place = m.cast(m.positions(a.known("depth").length(), axis, rank), ids.dtype());
        Tensor isThere = m.apply(ScalarFn.EQ, m.insertAxis(ids, axis), place);
        return m.cast(isThere, a.known("dtype").dtype());
    }
}
