package heddle.compiler.frontend.function.window;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Words;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Other lengths for the trailing axes, with elements taken from where they lie nearest or between. */
public final class ResizeFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("resize", "x", "sizes")
                .withDefault("mode", "nearest")
                .withDefault("coordinates", "half_pixel")
                .withDefault("rounding", "round_prefer_floor");
    }

    @Override
    public String summary() {
        return "the trailing axes in other lengths; mode is nearest, linear or cubic, coordinates half_pixel,"
                + " pytorch_half_pixel, asymmetric or align_corners, and rounding, for nearest, round_prefer_floor,"
                + " round_prefer_ceil, floor or ceil";
    }

    @Override
    public String shapes() {
        return "[.., n, m], sizes [i, j] → [.., i, j]";
    }

    @Override
    public Denotation expand(Arguments a) {
        Tensor x = a.tensor("x");
        List<Dim> sizes = a.known("sizes").shape().dims();
        if (sizes.size() > x.rank()) {
            throw a.mistakes()
                    .wrongValue("sizes", Words.count(sizes.size(), "length") + " are more than " + x.type() + " has");
        }
        Sampling.Mode mode = choice(a, "mode", Sampling.Mode.values());
        Sampling.Coordinates coordinates = choice(a, "coordinates", Sampling.Coordinates.values());
        Sampling.Rounding rounding = choice(a, "rounding", Sampling.Rounding.values());
        if (mode != Sampling.Mode.NEAREST && !x.dtype().isFloat()) {
            throw a.mistakes()
                    .unfit(
                            "x",
                            FrontendCode.OPERATOR,
                            "needs floating-point elements, not " + x.type(),
                            a.mistakes().cast("x", DType.F32));
        }
        Tensor resized = x;
        for (int i = 0; i < sizes.size(); i++) {
            int axis = x.rank() - sizes.size() + i;
            if (!sizes.get(i).equals(x.dim(axis))) {
                resized = new Sampling(a.maths(), mode, coordinates, rounding).along(resized, axis, sizes.get(i));
            }
        }
        return resized;
    }

    private static <E extends Enum<E>> E choice(Arguments a, String parameter, E[] choices) {
        String text = a.known(parameter).text();
        for (E choice : choices) {
            if (named(choice).equals(text)) {
                return choice;
            }
        }
        List<String> names = Arrays.stream(choices).map(ResizeFunction::named).toList();
        throw a.mistakes().wrongValue(parameter, "it must be one of " + String.join(", ", names));
    }

    private static String named(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT);
    }
}
