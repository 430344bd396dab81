package heddle.tests.fusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import heddle.compiler.Compilation;
import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.attention.FuseAttention;
import heddle.compiler.explain.FusedExplanation;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.text.GraphText;
import heddle.compiler.pass.BindLengths;
import heddle.compiler.report.CapturedPart.Role;
import heddle.compiler.report.FusionReport;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.Rounding;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.ScheduleInterpreter;
import heddle.compiler.tile.BlockChoice;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.runtime.HeddleModel;
import heddle.runtime.jvm.JvmOptions;
import heddle.runtime.jvm.JvmPlatform;
import heddle.runtime.jvm.JvmProgram;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.verify.Comparison;
import heddle.runtime.verify.Reference;
import heddle.runtime.verify.Tolerance;
import heddle.tests.TensorArrays;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Spellings of attention, one a file, that must fuse or must not: what becomes of the graph, whether the numbers are
 * those of the reference, and that what is fused stores no scores.
 */
class FusionCorpusTest {
    private static final List<Map<String, Long>> TINY = Stream.of(
                    "B=1 N=1 M=1", "B=2 N=5 M=3", "B=1 N=3 M=1", "B=1 N=1 M=7")
            .map(CorpusFile::lengths)
            .toList();

    /** One more than blocks of queries and keys have. */
    private static final List<Map<String, Long>> MODERATE = List.of(CorpusFile.lengths("B=1 N=33 M=129"));

    private static final Map<String, Compilation> COMPILATIONS = new ConcurrentHashMap<>();

    @TempDir
    static Path classes;

    static List<String> all() {
        return Stream.of("fuses", "declines", "none")
                .flatMap(part -> CorpusFile.names(part).stream())
                .toList();
    }

    static List<String> fuses() {
        return CorpusFile.names("fuses");
    }

    @AfterAll
    static void forget() {
        COMPILATIONS.clear();
    }

    @Test
    void thereAreEnough() {
        assertTrue(fuses().size() >= 100, fuses().size() + " must fuse");
        int declines = CorpusFile.names("declines").size();
        assertTrue(declines >= 60, declines + " must not");
    }

    @Execution(CONCURRENT)
    @ParameterizedTest
    @MethodSource("all")
    void fusesWhatItShould(String name) {
        CorpusFile file = CorpusFile.read(name);
        assertTrue(file.saysWhatItShows(), name + " begins with a line that says what it shows");
        assertEquals(file.folder(), name.substring(0, name.indexOf('/')), name + " is in the wrong folder");
        Compilation compilation = compilation(file);
        FusionReport report = compilation.report();
        String graph = report.declined() + "\n" + GraphText.print(compilation.graph());
        Graph recognised = compilation.passes().after(FuseAttention.NAME).orElseThrow();
        assertEquals(FusionReport.of(recognised), report, "what was decided still holds after fusion");
        assertEquals(FusionReport.of(compilation.graph()).summary(), report.summary(), "and when layout is folded");
        assertEquals(file.fused(), report.fused().size(), graph);
        assertEquals(file.declined(), report.declined().size(), graph);
        compilation.explain(Map.of()).fused().forEach(FusionCorpusTest::assertExplained);
        file.reason().ifPresent(reason -> assertReason(reason, report.declined().getFirst(), file));
        file.kernels()
                .ifPresent(n -> assertEquals(n, compilation.plan().launches().size(), () -> kernels(compilation)));
    }

    /** An axis whose length is known to be one is seen no less. */
    @Execution(CONCURRENT)
    @ParameterizedTest
    @MethodSource("fuses")
    void fusesOneSequence(String name) {
        CorpusFile file = CorpusFile.read(name);
        Graph one = new BindLengths(Map.of("B", Dim.ONE))
                .run(file.model().declaration().graph());
        FusionReport report = Compiler.compile(one, Fusion.FUSED).report();
        assertEquals(
                file.fused(), report.fused().size(), () -> report.declined().toString());
    }

    /** Everything that attention consists of comes from somewhere, and each product is written with its own axes. */
    private static void assertExplained(FusedExplanation explanation) {
        Set<Role> roles = EnumSet.noneOf(Role.class);
        explanation.parts().forEach(part -> {
            roles.add(part.role());
            assertTrue(part.span().isPresent(), part.role() + " is written nowhere");
        });
        assertTrue(roles.containsAll(EnumSet.of(Role.Q, Role.K, Role.V, Role.SOFTMAX)), roles.toString());
        // A mask with a finite fill is one in the source, and in the kernel a part of the score.
        for (Role role : List.of(Role.MASK, Role.WEIGHT, Role.SINK)) {
            assertTrue(!explanation.programs().containsKey(role.toString()) || roles.contains(role), roles.toString());
        }
    }

    private static void assertReason(String expected, FusionReport.Declined declined, CorpusFile file) {
        assertTrue(declined.reason().contains(expected), declined.reason());
        assertEquals(file.remedy(), declined.remedy(), declined.reason());
        assertEquals(file.here(), line(declined), declined.reason() + " at the wrong line");
    }

    private static int line(FusionReport.Declined declined) {
        var span = declined.at().origin().spans().getFirst();
        return span.file().position(span.start()).line();
    }

    @Execution(CONCURRENT)
    @ParameterizedTest
    @MethodSource("all")
    void computesWhatIsWritten(String name) {
        CorpusFile file = CorpusFile.read(name);
        HeddleModel model = file.model();
        Compilation compilation = compilation(file);
        // Weights have lengths that are known, so that one program serves all lengths.
        long seed = name.hashCode();
        SequencedMap<String, Tensor> weights = Draw.USUAL.weights(model, Map.of(), seed);
        JvmProgram program = JvmProgram.load(compilation.plan(), weights, options());
        for (Map<String, Long> lengths : shapes(file)) {
            for (Draw draw : Draw.values()) {
                if (draw.suits(model)) {
                    SequencedMap<String, Tensor> inputs = draw.inputs(model, lengths, seed);
                    SequencedMap<String, NdArray> expected = file.meaning(Reference.run(model, weights, inputs));
                    Function<DType, Tolerance> tolerance = type ->
                            file.tolerance().map(t -> new Tolerance(t, t)).orElseGet(() -> draw.tolerance(type));
                    String place = name + ", lengths " + lengths + ", " + draw + ", seed " + seed;
                    assertClose(expected, program.run(inputs), tolerance, "jvm: " + place);
                    if (!MODERATE.contains(lengths)) {
                        Map<String, NdArray> scheduled = ScheduledRun.onProcessor(16)
                                .run(compilation.plan(), TensorArrays.of(inputs), TensorArrays.of(weights), lengths);
                        assertClose(expected, TensorArrays.tensors(scheduled), tolerance, "scheduled: " + place);
                        for (Rounding rounding : Rounding.values()) {
                            BlockChoice blocks = BlockChoice.drawn(new Random(seed));
                            Map<String, NdArray> kernels = new ScheduleInterpreter(
                                            TensorArrays.of(inputs),
                                            TensorArrays.of(weights),
                                            lengths,
                                            rounding,
                                            blocks)
                                    .run(compilation.schedule());
                            assertClose(
                                    expected,
                                    TensorArrays.tensors(kernels),
                                    tolerance,
                                    "tiles, " + rounding + ": " + place);
                        }
                    }
                }
            }
        }
    }

    private static List<Map<String, Long>> shapes(CorpusFile file) {
        return file.shapes(Stream.concat(TINY.stream(), MODERATE.stream()).toList());
    }

    private static void assertClose(
            Map<String, NdArray> expected,
            Map<String, Tensor> actual,
            Function<DType, Tolerance> tolerance,
            String place) {
        assertEquals(expected.keySet(), actual.keySet(), place);
        expected.forEach((output, array) -> {
            Tensor result = actual.get(output);
            Comparison c = Comparison.of(result, array, tolerance.apply(result.dtype()));
            assertTrue(
                    c.within(),
                    () -> place + ": " + output + Arrays.toString(c.worst()) + " is " + c.got() + ", not " + c.want());
        });
    }

    /** Of what the kernels store nothing grows with queries and keys at once. */
    @Execution(CONCURRENT)
    @ParameterizedTest
    @MethodSource("fuses")
    void storesNoScores(String name) {
        CorpusFile file = CorpusFile.read(name);
        Compilation compilation = compilation(file);
        Plan plan = compilation.plan();
        List<String> large = new ArrayList<>();
        for (TileKernel kernel : plan.launches()) {
            for (Buffer buffer : kernel.writes()) {
                if (growth(buffer, plan.lengths()) > 3) {
                    large.add(buffer + " of " + kernel.name());
                }
            }
        }
        assertEquals(List.of(), large, () -> kernels(compilation));
    }

    /** How many times larger a buffer is when there are twice as many positions. */
    private static double growth(Buffer buffer, List<String> symbols) {
        Map<String, Long> once = new HashMap<>();
        Map<String, Long> twice = new HashMap<>();
        for (String symbol : symbols) {
            once.put(symbol, symbol.equals("B") ? 1L : 6000L);
            twice.put(symbol, symbol.equals("B") ? 1L : 12000L);
        }
        var size = buffer.type().shape().size();
        return (double) size.evaluate(twice) / size.evaluate(once);
    }

    private static Compilation compilation(CorpusFile file) {
        return COMPILATIONS.computeIfAbsent(
                file.path().toString(), p -> file.model().compilation(Fusion.FUSED));
    }

    private static JvmOptions options() {
        return new JvmOptions(JvmPlatform.target(2), classes, "test", warning -> {});
    }

    private static String kernels(Compilation compilation) {
        List<String> lines = new ArrayList<>();
        compilation.plan().launches().forEach(k -> lines.add(k.name() + " writes " + k.writes() + " " + k.comments()));
        return String.join("\n", lines);
    }
}
