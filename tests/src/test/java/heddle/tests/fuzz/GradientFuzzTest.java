package heddle.tests.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compilation;
import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.frontend.Frontend;
import heddle.compiler.frontend.Model;
import heddle.compiler.gradient.Differentiate;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.NdArray;
import heddle.compiler.op.Interpreter;
import heddle.compiler.scalar.Rounding;
import heddle.compiler.schedule.ScheduleInterpreter;
import heddle.compiler.tile.BlockChoice;
import heddle.compiler.type.Precision;
import heddle.compiler.type.UnknownLengthException;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.parse.Parser;
import heddle.dsl.source.SourceFile;
import heddle.runtime.SourceReader;
import heddle.tests.fuzz.FuzzedModel.Draw;
import heddle.tests.gradient.TrainedGraph;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/**
 * Gradients of random models of attention by all that they read: as recognised, and as tile programs at drawn block sizes, they must
 * be those of the model as it is written. As in {@link AttentionFuzzTest}, an element that is not is held against the gradients of
 * what is meant, and against runs that round at random, which show how inexact the gradients are in the model's own types. A score
 * that is NaN makes all gradients of its row NaN.
 *
 * <p>{@code -Dheddle.fuzz.gradients=3000} runs that many, {@code -Dheddle.fuzz.seed=7} starts at that seed.
 */
class GradientFuzzTest {
    private static final long FIRST = Long.getLong("heddle.fuzz.seed", 0);
    private static final long GRAPHS = Long.getLong("heddle.fuzz.gradients", 60);

    /** The share of models that may be left out. */
    private static final double MOST_LEFT_OUT = 0.2;

    /** Models that have no gradient on purpose: fused attention declines some. */
    private int declined;

    /** Models whose kernels need lengths that are not known when they are compiled. */
    private int unknown;

    /** How many elements stand how to what is written. */
    private final EnumMap<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);

    @Test
    void gradientsAreThoseOfTheModelAsWritten(TestReporter reporter) {
        List<String> failures = new ArrayList<>();
        LongStream.range(FIRST, FIRST + GRAPHS)
                .forEach(seed -> failure(seed).ifPresent(f -> {
                    FuzzedModel model = FuzzedModel.of(seed, Set.of());
                    failures.add("---- seed " + seed + ": " + f + "\n" + model.lengths() + "\n" + model.source());
                }));
        reporter.publishEntry("declined", declined + " of " + GRAPHS + ", and " + unknown + " for lengths");
        reporter.publishEntry("elements", verdicts.toString());
        assertEquals(0, failures.size(), () -> failures.size() + " of " + GRAPHS + "\n" + String.join("\n", failures));
        int left = declined + unknown;
        assertTrue(left <= Math.max(1, GRAPHS * MOST_LEFT_OUT), () -> left + " of " + GRAPHS + " were not compared");
    }

    private Optional<String> failure(long seed) {
        try {
            return compared(seed);
        } catch (DiagnosticException e) {
            boolean isDeclined = e.diagnostics().getFirst().code().id().equals("H1301");
            declined += isDeclined ? 1 : 0;
            return isDeclined ? Optional.empty() : Optional.of(e.toString());
        } catch (UnknownLengthException e) {
            unknown++;
            return Optional.empty();
        } catch (RuntimeException | AssertionError e) {
            StackTraceElement[] trace = e.getStackTrace();
            return Optional.of(e + (trace.length == 0 ? "" : " at " + trace[0]));
        }
    }

    private Optional<String> compared(long seed) {
        FuzzedModel fuzzed = FuzzedModel.of(seed, Set.of());
        Model model = elaborated(fuzzed.source());
        TrainedGraph trained = TrainedGraph.of(model);
        Compilation compilation = Compiler.compile(trained.graph(), Fusion.FUSED);
        Draw draw = fuzzed.draw() == Draw.MASKED ? Draw.MASKED : Draw.USUAL;
        Map<String, NdArray> inputs =
                new HashMap<>(FuzzedArrays.of(model.inputs(), fuzzed.lengths(), draw, fuzzed.magnitudes(), seed));
        Map<String, NdArray> weights = FuzzedArrays.of(model.weights(), fuzzed.lengths(), Draw.USUAL, Map.of(), seed);
        Random random = new Random(seed);
        trained.cotangents()
                .forEach((name, type) -> inputs.put(
                        name,
                        NdArray.zeros(type.dtype(), type.shape().evaluate(fuzzed.lengths()))
                                .map(x -> random.nextGaussian())));
        Interpreter interpreter = new Interpreter(inputs, weights, fuzzed.lengths());
        MeantGradients meant = new MeantGradients(
                fuzzed.sources().values().stream()
                        .map(source -> Differentiate.meaning(
                                TrainedGraph.of(elaborated(source)).graph()))
                        .toList(),
                interpreter,
                seed);
        Graph written = Differentiate.meaning(trained.graph());
        Map<String, NdArray> expected = interpreter.run(written);
        boolean isNarrow = written.nodes().stream()
                .flatMap(n -> n.results().stream())
                .anyMatch(t -> Precision.isNarrow(t.dtype()));
        double tolerance = isNarrow ? 0.1 : 1e-5;
        Graph recognised = compilation.passes().after(Differentiate.NAME).orElseThrow();
        // Tile programs round what they store in sixteen bits, and differences of such numbers are noise.
        ScheduleInterpreter tiles = new ScheduleInterpreter(
                inputs, weights, fuzzed.lengths(), Rounding.REAL, BlockChoice.drawn(new Random(seed)));
        return meant.wrong("recognised", expected, interpreter.run(recognised), tolerance, verdicts)
                .or(() -> isNarrow
                        ? Optional.empty()
                        : meant.wrong(
                                "tile programs", expected, tiles.run(compilation.schedule()), tolerance, verdicts));
    }

    private static Model elaborated(String source) {
        return Frontend.elaborate(
                Parser.parse(new SourceFile("fuzzed.heddle", source)).orThrow(), SourceReader::imported);
    }
}
