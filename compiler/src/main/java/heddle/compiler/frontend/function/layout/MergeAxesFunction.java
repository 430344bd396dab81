package heddle.compiler.frontend.function.layout;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import java.util.ArrayList;
import java.util.List;

/** Merges neighbouring axes into one. */
public final class MergeAxesFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("merge_axes", "x", "first", "last");
    }

    @Override
    public String summary() {
        return "makes one axis of the axes first to last, both included";
    }

    @Override
    public String shapes() {
        return "[.., a, b, ..] → [.., a * b, ..]";
    }

    @Override
    public Denotation expand(Arguments a) {
        Tensor x = a.tensor("x");
        int first = a.axis("first", x.rank());
        int last = a.axis("last", x.rank());
        if (last < first) {
            throw a.mistakes().wrongValue("last", "axis " + last + " comes before axis " + first);
        }
        List<Dim> dims = new ArrayList<>(x.type().shape().dims());
        List<Dim> merged = dims.subList(first, last + 1);
        Dim size = new Shape(merged).size();
        merged.clear();
        dims.add(first, size);
        return a.maths().reshape(x, new Shape(dims));
    }
}
