package heddle.compiler.frontend;

import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.filled.FilledFunction;
import heddle.compiler.frontend.function.filled.FullFunction;
import heddle.compiler.frontend.function.filled.IotaFunction;
import heddle.compiler.frontend.function.filled.OneHotFunction;
import heddle.compiler.frontend.function.filled.RangeFunction;
import heddle.compiler.frontend.function.filled.RankFunction;
import heddle.compiler.frontend.function.filled.ShapeFunction;
import heddle.compiler.frontend.function.filled.SizeFunction;
import heddle.compiler.frontend.function.filled.TensorFunction;
import heddle.compiler.frontend.function.layout.ConcatFunction;
import heddle.compiler.frontend.function.layout.CopiesFunction;
import heddle.compiler.frontend.function.layout.EmbedFunction;
import heddle.compiler.frontend.function.layout.ExpandFunction;
import heddle.compiler.frontend.function.layout.FlipFunction;
import heddle.compiler.frontend.function.layout.GatherFunction;
import heddle.compiler.frontend.function.layout.GatherNdFunction;
import heddle.compiler.frontend.function.layout.MergeAxesFunction;
import heddle.compiler.frontend.function.layout.PadFunction;
import heddle.compiler.frontend.function.layout.PermuteFunction;
import heddle.compiler.frontend.function.layout.ReshapeFunction;
import heddle.compiler.frontend.function.layout.ScatterAlongFunction;
import heddle.compiler.frontend.function.layout.ScatterNdFunction;
import heddle.compiler.frontend.function.layout.SplitAxisFunction;
import heddle.compiler.frontend.function.layout.SplitFunction;
import heddle.compiler.frontend.function.layout.SqueezeFunction;
import heddle.compiler.frontend.function.layout.StackFunction;
import heddle.compiler.frontend.function.layout.TakeAlongFunction;
import heddle.compiler.frontend.function.layout.TransposeFunction;
import heddle.compiler.frontend.function.layout.TriluFunction;
import heddle.compiler.frontend.function.layout.UnsqueezeFunction;
import heddle.compiler.frontend.function.math.ActivationFunction;
import heddle.compiler.frontend.function.math.CastFunction;
import heddle.compiler.frontend.function.math.ClipFunction;
import heddle.compiler.frontend.function.math.EinsumFunction;
import heddle.compiler.frontend.function.math.ExtremeFunction;
import heddle.compiler.frontend.function.math.MatmulFunction;
import heddle.compiler.frontend.function.math.NumberTestFunction;
import heddle.compiler.frontend.function.math.PowFunction;
import heddle.compiler.frontend.function.math.ReductionFunction;
import heddle.compiler.frontend.function.math.TanFunction;
import heddle.compiler.frontend.function.math.UnaryFunction;
import heddle.compiler.frontend.function.math.WhereFunction;
import heddle.compiler.frontend.function.network.DropoutFunction;
import heddle.compiler.frontend.function.network.GradFunction;
import heddle.compiler.frontend.function.network.LayerNormFunction;
import heddle.compiler.frontend.function.network.LogSoftmaxFunction;
import heddle.compiler.frontend.function.network.NormalizeFunction;
import heddle.compiler.frontend.function.network.RmsNormFunction;
import heddle.compiler.frontend.function.network.RopeFunction;
import heddle.compiler.frontend.function.network.SoftmaxFunction;
import heddle.compiler.frontend.function.network.StopGradientFunction;
import heddle.compiler.frontend.function.order.ArgFunction;
import heddle.compiler.frontend.function.order.CumsumFunction;
import heddle.compiler.frontend.function.order.TopkFunction;
import heddle.compiler.frontend.function.window.ConvFunction;
import heddle.compiler.frontend.function.window.PoolFunction;
import heddle.compiler.frontend.function.window.ResizeFunction;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All functions of the language, by name. A new function needs one file, and one line here; the grammar does not
 * change.
 */
public final class Catalogue {
    /** Functions that belong together, as the manual lists them. */
    public record Section(String title, List<LanguageFunction> functions) {
        public Section {
            functions = List.copyOf(functions);
        }
    }

    private static final List<Section> SECTIONS = List.of(
            section("Products", new MatmulFunction(), new EinsumFunction()),
            section("Elementwise", UnaryFunction.values()),
            section("Elementwise, others", new TanFunction(), NumberTestFunction.ISNAN, NumberTestFunction.ISINF),
            section(
                    "Elementwise, of several",
                    new PowFunction(),
                    new WhereFunction(),
                    new ClipFunction(),
                    new CastFunction()),
            section("Activations", ActivationFunction.values()),
            section("Extremes", ExtremeFunction.values()),
            section("Reductions", ReductionFunction.values()),
            section("Order", ArgFunction.ARGMIN, ArgFunction.ARGMAX, new TopkFunction(), new CumsumFunction()),
            section(
                    "Windows",
                    new ConvFunction(),
                    PoolFunction.MAX_POOL,
                    PoolFunction.AVERAGE_POOL,
                    new ResizeFunction()),
            section(
                    "Softmax and normalisation",
                    new SoftmaxFunction(),
                    new LogSoftmaxFunction(),
                    new LayerNormFunction(),
                    new RmsNormFunction(),
                    new NormalizeFunction()),
            section(
                    "Axes",
                    new TransposeFunction(),
                    new PermuteFunction(),
                    new ReshapeFunction(),
                    new SplitAxisFunction(),
                    new MergeAxesFunction(),
                    new UnsqueezeFunction(),
                    new SqueezeFunction()),
            section(
                    "Parts and wholes",
                    new SplitFunction(),
                    new ConcatFunction(),
                    new StackFunction(),
                    new PadFunction(),
                    new ExpandFunction(),
                    new FlipFunction(),
                    new TriluFunction()),
            section("Copies", CopiesFunction.values()),
            section(
                    "Look-up",
                    new GatherFunction(),
                    new EmbedFunction(),
                    new TakeAlongFunction(),
                    new GatherNdFunction()),
            section("Updates", new ScatterAlongFunction(), new ScatterNdFunction()),
            section(
                    "Positions", new IotaFunction(), new RangeFunction(), new OneHotFunction(), new RopeFunction()),
            section("Filled tensors", FilledFunction.values()),
            section("Constants", new FullFunction(), new TensorFunction()),
            section("Training", new GradFunction(), new StopGradientFunction(), new DropoutFunction()),
            section("Shapes", new SizeFunction(), new RankFunction(), new ShapeFunction()));

    private static final Map<String, LanguageFunction> BY_NAME = byName(SECTIONS);

    private Catalogue() {}

    private static Section section(String title, LanguageFunction... functions) {
        return new Section(title, Arrays.asList(functions));
    }

    private static Map<String, LanguageFunction> byName(List<Section> sections) {
        Map<String, LanguageFunction> map = new LinkedHashMap<>();
        Stream<LanguageFunction> all = sections.stream().flatMap(s -> s.functions().stream());
        all.forEach(f -> map.put(f.signature().name(), f));
        return Collections.unmodifiableMap(map);
    }

    public static List<Section> sections() {
        return SECTIONS;
    }

    public static Optional<LanguageFunction> find(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    public static Collection<String> names() {
        return BY_NAME.keySet();
    }
}
