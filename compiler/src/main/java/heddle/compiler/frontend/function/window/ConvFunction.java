package heddle.compiler.frontend.function.window;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Maths;
import heddle.compiler.op.Contract;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import heddle.dsl.diagnostic.DiagnosticException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Convolution, as one product of all windows with the weight. */
public final class ConvFunction implements LanguageFunction {
    /** Letters of an equation for the places of windows, and for the elements of one. */
    private static final String PLACES = "xyzuvw";

    private static final String ELEMENTS = "klmnpq";

    @Override
    public Signature signature() {
        return Signature.of("conv", "x", "weight")
                .withOptional("bias")
                .withDefault("strides", 1)
                .withDefault("pads", 0)
                .withDefault("dilations", 1)
                .withDefault("groups", 1);
    }

    @Override
    public String summary() {
        return "convolution over the axes behind batch and channels; strides, pads and dilations are numbers, or lists with"
                + " one for each axis, and pads may be [low, high] there";
    }

    @Override
    public String shapes() {
        return "[b, c, n, m], weight [o, c / groups, i, j], bias [o] → [b, o, n - i + 1, m - j + 1]";
    }

    @Override
    public Denotation expand(Arguments a) {
        List<Tensor> both = a.sameType("x", "weight");
        Tensor x = both.get(0);
        Tensor weight = both.get(1);
        WindowArguments arguments = new WindowArguments(a, x);
        int axes = arguments.axes();
        if (axes > PLACES.length() || weight.rank() != x.rank()) {
            throw doesNotFit(a, x, weight, "the weight needs as many axes as x: [outputs, channels / groups, ..]");
        }
        Dim groups = Dim.of(groups(a));
        Optional<Dim> outputs = weight.dim(0).dividedExactlyBy(groups);
        if (outputs.isEmpty() || !weight.dim(1).times(groups).equals(x.dim(1))) {
            throw doesNotFit(
                    a,
                    x,
                    weight,
                    "axis 1 of the weight must be the channels of x divided by groups, and axis 0 divide by groups");
        }
        List<Dim> lengths = weight.type().shape().dims().subList(2, weight.rank());
        List<Window> windows = arguments.windows(lengths, arguments.steps("strides"), arguments.steps("dilations"));
        Tensor product = product(a, Window.over(a, x, windows, 0), weight, groups, outputs.get());
        return a.has("bias") ? biased(a, product) : product;
    }

    private static long groups(Arguments a) {
        long groups = a.known("groups").integer();
        if (groups < 1) {
            throw a.mistakes().wrongValue("groups", "there is one group at least");
        }
        return groups;
    }

    /** Sums over the channels of a group and the elements of a window. */
    private static Tensor product(Arguments a, Tensor windows, Tensor weight, Dim groups, Dim outputs) {
        Maths m = a.maths();
        int axes = weight.rank() - 2;
        boolean grouped = !groups.is(1);
        StringBuilder interleaved = new StringBuilder();
        for (int i = 0; i < axes; i++) {
            interleaved.append(PLACES.charAt(i)).append(ELEMENTS.charAt(i));
        }
        String group = grouped ? "g" : "";
        String equation = "b" + group + "c" + interleaved + "," + group + "oc" + ELEMENTS.substring(0, axes) + "->b"
                + group + "o" + PLACES.substring(0, axes);
        if (!grouped) {
            return a.emitter().add(new Contract(equation), windows, weight);
        }
        Tensor left = m.reshape(windows, split(windows, 1, groups, weight.dim(1)));
        Tensor right = m.reshape(weight, split(weight, 0, groups, outputs));
        Tensor product = a.emitter().add(new Contract(equation), left, right);
        List<Dim> merged = new ArrayList<>(product.type().shape().dims());
        merged.remove(1);
        merged.set(1, weight.dim(0));
        return m.reshape(product, new Shape(merged));
    }

    private static Shape split(Tensor x, int axis, Dim outer, Dim inner) {
        List<Dim> dims = new ArrayList<>(x.type().shape().dims());
        dims.set(axis, outer);
        dims.add(axis + 1, inner);
        return new Shape(dims);
    }

    private static Tensor biased(Arguments a, Tensor product) {
        Tensor bias = a.tensor("bias", product.dtype());
        TensorType expected = new TensorType(product.dtype(), Shape.of(product.dim(1)));
        if (!bias.type().equals(expected)) {
            throw a.mistakes()
                    .unfit("bias", FrontendCode.BROADCAST, "needs bias to be " + expected + ", not " + bias.type(), "");
        }
        return a.maths().add(product, a.maths().along(bias, 0, product.rank() - 1));
    }

    private static DiagnosticException doesNotFit(Arguments a, Tensor x, Tensor weight, String hint) {
        return a.mistakes()
                .unfit(
                        "weight",
                        FrontendCode.OPERATION,
                        "of " + x.type() + " cannot take the weight " + weight.type(),
                        hint);
    }
}
