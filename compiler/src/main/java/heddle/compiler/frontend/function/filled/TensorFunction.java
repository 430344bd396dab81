package heddle.compiler.frontend.function.filled;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Bool;
import heddle.compiler.frontend.value.Denotation.Real;
import heddle.compiler.frontend.value.Denotation.Sequence;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Words;
import heddle.compiler.op.Constant;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.List;

/** A tensor whose elements are written in the model. */
public final class TensorFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("tensor", "elements").withOptional("dtype");
    }

    @Override
    public String summary() {
        return "a tensor of known numbers; lists in lists make axes. Without dtype it is f32 if any number has a"
                + " fraction, else i64, or bool";
    }

    @Override
    public String shapes() {
        return "[[1, 2, 3], [4, 5, 6]] → i64[2, 3]";
    }

    @Override
    public Denotation expand(Arguments a) {
        List<Dim> dims = new ArrayList<>();
        List<Denotation> elements = new ArrayList<>();
        flatten(a, a.value("elements"), 0, dims, elements);
        DType dtype = a.has("dtype") ? a.known("dtype").dtype() : common(elements);
        List<Number> values = new ArrayList<>();
        for (Denotation e : elements) {
            values.add(number(a, e, dtype));
        }
        if (values.isEmpty()) {
            return a.emitter().add(Constant.splat(new TensorType(dtype, new Shape(dims)), 0));
        }
        return a.emitter().add(new Constant(new TensorType(dtype, new Shape(dims)), values));
    }

    private static void flatten(Arguments a, Denotation value, int depth, List<Dim> dims, List<Denotation> elements) {
        if (!(value instanceof Sequence s)) {
            if (depth < dims.size()) {
                throw a.mistakes().wrongValue("elements", "a number stands beside a list");
            }
            elements.add(value);
            return;
        }
        Dim length = Dim.of(s.elements().size());
        if (depth == dims.size() && elements.isEmpty()) {
            dims.add(length);
        } else if (depth >= dims.size() || !dims.get(depth).equals(length)) {
            throw a.mistakes().wrongValue("elements", "lists at one depth have different lengths");
        }
        s.elements().forEach(e -> flatten(a, e, depth + 1, dims, elements));
    }

    private static DType common(List<Denotation> elements) {
        if (elements.stream().anyMatch(Real.class::isInstance)) {
            return DType.F32;
        }
        boolean bools = !elements.isEmpty() && elements.stream().allMatch(Bool.class::isInstance);
        return bools ? DType.BOOL : DType.I64;
    }

    private static Number number(Arguments a, Denotation element, DType dtype) {
        if (element instanceof Bool b && dtype == DType.BOOL) {
            return b.value() ? 1 : 0;
        }
        if (element.integer().isPresent() && dtype != DType.BOOL) {
            return element.integer().get();
        }
        if (element instanceof Real r && dtype.isFloat()) {
            return r.value();
        }
        String what = "cannot make an element of type " + dtype + " of " + Words.describe(element);
        throw a.mistakes().unfit("elements", FrontendCode.NUMBER_DTYPE, what, "");
    }
}
