package heddle.compiler.frontend.function;

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
            section("Elementwise, of several", new PowFunction(), new WhereFunction(), new CastFunction()),
            section("Activations", ActivationFunction.values()),
            section("Extremes", ExtremeFunction.values()),
            section("Reductions", ReductionFunction.values()),
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
                    new ExpandFunction()),
            section("Copies", CopiesFunction.values()),
            section("Look-up", new GatherFunction(), new EmbedFunction(), new TakeAlongFunction()),
            section("Positions", new IotaFunction(), new RopeFunction()),
            section("Filled tensors", FilledFunction.values()),
            section("Constants", new FullFunction(), new TensorFunction()),
            section("Training", new StopGradientFunction(), new DropoutFunction()),
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
