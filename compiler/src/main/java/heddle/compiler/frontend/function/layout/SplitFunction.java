package heddle.compiler.frontend.function.layout;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Sequence;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.type.Dim;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Cuts a tensor into parts along an axis. */
public final class SplitFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("split", "x", "parts").withDefault("axis", -1);
    }

    @Override
    public String summary() {
        return "cuts x along the axis, into a number of equal parts or into parts of the listed lengths; gives a list";
    }

    @Override
    public String shapes() {
        return "[.., n * k, ..], n → n times [.., k, ..]";
    }

    @Override
    public Denotation expand(Arguments a) {
        Tensor x = a.tensor("x");
        int axis = a.axis("axis", x.rank());
        List<Dim> lengths = a.value("parts") instanceof Sequence ? listed(a, x, axis) : equal(a, x, axis);
        List<Denotation> parts = new ArrayList<>();
        Dim start = Dim.ZERO;
        for (Dim length : lengths) {
            parts.add(a.maths().slice(x, axis, start, length));
            start = start.plus(length);
        }
        return new Sequence(parts);
    }

    private static List<Dim> equal(Arguments a, Tensor x, int axis) {
        long parts = a.known("parts").integer();
        if (parts < 1 || parts > Denotation.MAX_SIZE) {
            throw a.mistakes()
                    .wrongValue("parts", "there are from 1 to " + Denotation.MAX_SIZE + " parts, not " + parts);
        }
        Dim length = x.dim(axis)
                .dividedExactlyBy(Dim.of(parts))
                .orElseThrow(() -> doesNotDivide(
                        a, x, axis, "length " + x.dim(axis) + " does not divide into " + parts + " equal parts"));
        return Collections.nCopies(Math.toIntExact(parts), length);
    }

    private static List<Dim> listed(Arguments a, Tensor x, int axis) {
        List<Dim> lengths = a.known("parts").shape().dims();
        Dim sum = lengths.stream().reduce(Dim.ZERO, Dim::plus);
        if (!sum.equals(x.dim(axis))) {
            throw doesNotDivide(a, x, axis, "the parts make " + sum + " together, not " + x.dim(axis));
        }
        return lengths;
    }

    private static DiagnosticException doesNotDivide(Arguments a, Tensor x, int axis, String why) {
        Diagnostic d = a.mistakes()
                .at("parts", FrontendCode.SPLIT, "cannot cut axis " + axis + " of " + x.type() + ": " + why);
        return new DiagnosticException(a.mistakes().related(d, "x"));
    }
}
