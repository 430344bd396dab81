package heddle.tests.gradient;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compilation;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.recompute.MemoryBudget;
import heddle.compiler.recompute.Recomputation;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.schedule.MemoryPlan;
import heddle.compiler.schedule.Plan;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.CompileOptions;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.tensor.Tensor;
import heddle.tests.fusion.Draw;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plans within a budget of memory: their size, and that they compute the same bits. */
class RecomputationTest {
    private static final Path GPT = Path.of("..", "examples", "gpt.heddle");
    private static final Map<String, Long> LENGTHS = Map.of("B", 1L, "N", 70L);
    private static final long SEED = 3;

    private static HeddleModel gpt(Map<String, Long> lengths) {
        return Heddle.model(GPT, lengths).withGradients(Optional.of("loss"), List.of());
    }

    private static MemoryBudget part(double part) {
        return new MemoryBudget(part, true);
    }

    /** What a run allocates, but gradients. */
    private static long allocated(Plan plan) {
        long gradients = plan.outputs().entrySet().stream()
                .filter(o -> o.getKey().startsWith("grad."))
                .mapToLong(o -> o.getValue()
                        .stored()
                        .bytes(o.getValue().type().shape().size().value()))
                .sum();
        return MemoryPlan.of(plan, Map.of()).peakBytes() - gradients;
    }

    @Test
    void plansStayWithinTheBudgetAndComputeTheSameBits() {
        HeddleModel model = gpt(LENGTHS);
        Map<String, Tensor> weights = Draw.USUAL.weights(model, LENGTHS, SEED);
        Map<String, Tensor> inputs = Draw.USUAL.inputs(model, LENGTHS, SEED);
        Compilation whole = model.compilation(Fusion.FUSED);
        Map<String, Tensor> expected =
                model.compile(weights, CompileOptions.defaults()).run(inputs);
        for (double part : new double[] {0.7, 0.45}) {
            HeddleModel limited = model.withMemoryBudget(part(part));
            Compilation compilation = limited.compilation(Fusion.FUSED);
            Recomputation decided = compilation.recomputation().orElseThrow();
            assertEquals(allocated(whole.plan()), decided.whole());
            assertEquals(allocated(compilation.plan()), decided.peak());
            assertTrue(decided.peak() <= part * decided.whole(), decided.peak() + " of " + decided.whole());
            assertTrue(decided.extra() > 0 && decided.extra() < 1, "extra " + decided.extra());
            limited.compile(weights, CompileOptions.defaults())
                    .run(inputs)
                    .forEach((name, tensor) -> assertArrayEquals(
                            expected.get(name).floats(), tensor.floats(), name + " in " + part + ", seed " + SEED));
        }
    }

    @Test
    void nothingIsComputedAgainWhereAllFits() {
        Recomputation decided = gpt(LENGTHS)
                .withMemoryBudget(part(1))
                .compilation(Fusion.FUSED)
                .recomputation()
                .orElseThrow();
        assertEquals(List.of(), decided.recomputed());
        assertEquals(decided.whole(), decided.peak());
    }

    @Test
    void budgetsThatCannotBeMetSayWhatCan() {
        HeddleModel model = gpt(LENGTHS).withMemoryBudget(new MemoryBudget(1000, false));
        DiagnosticException e = assertThrows(DiagnosticException.class, () -> model.compilation(Fusion.FUSED));
        assertEquals("H1304", e.diagnostics().getFirst().code().id());
        assertTrue(e.getMessage().contains("the least takes"), e.getMessage());
    }

    @Test
    void typicalLengthsStandInForThoseThatAreNotKnown(@TempDir Path dir) throws IOException {
        String text = Files.readString(GPT).replace("dim B, N\n", "dim B, N = typical 70\n");
        Path file = Files.writeString(dir.resolve("gpt.heddle"), text);
        HeddleModel model = Heddle.model(file, Map.of("B", 1L)).withGradients(Optional.of("loss"), List.of());
        HeddleModel limited = model.withMemoryBudget(part(0.45));
        Recomputation decided =
                limited.compilation(Fusion.FUSED).recomputation().orElseThrow();
        assertEquals(Map.of("N", 70L), decided.typical());
        assertTrue(decided.peak() <= 0.45 * decided.whole(), decided.peak() + " of " + decided.whole());
        assertTrue(!decided.recomputed().isEmpty(), "nothing is computed again");
        assertSameBits(model, limited, Map.of("B", 1L, "N", 9L));
    }

    @Test
    void lengthsThatAreGivenAreNotTypical(@TempDir Path dir) throws IOException {
        String text = Files.readString(GPT).replace("dim B, N\n", "dim B, N = typical 70\n");
        Path file = Files.writeString(dir.resolve("gpt.heddle"), text);
        Recomputation decided = Heddle.model(file, Map.of("B", 1L, "N", 20L))
                .withGradients(Optional.of("loss"), List.of())
                .withMemoryBudget(part(1))
                .compilation(Fusion.FUSED)
                .recomputation()
                .orElseThrow();
        assertEquals(Map.of(), decided.typical());
        assertEquals(
                decided.whole(),
                gpt(Map.of("B", 1L, "N", 20L))
                        .withMemoryBudget(part(1))
                        .compilation(Fusion.FUSED)
                        .recomputation()
                        .orElseThrow()
                        .whole());
    }

    @Test
    void lengthsAreNotGuessed() {
        HeddleModel model = gpt(Map.of("B", 1L)).withMemoryBudget(part(0.5));
        DiagnosticException e = assertThrows(DiagnosticException.class, () -> model.compilation(Fusion.FUSED));
        assertTrue(e.getMessage().contains("N"), e.getMessage());
    }

    /** What the forward pass is does not depend on what of it is an output. */
    @ParameterizedTest
    @ValueSource(strings = {"", "output l = loss\n", "output l = loss * 1.0\n"})
    void whatIsDifferentiatedNeedNotBeAnOutput(String more, @TempDir Path dir) throws IOException {
        String text = Files.readString(GPT).replace("output loss: f32 = ", "let loss = ");
        Path file = Files.writeString(dir.resolve("gpt.heddle"), text + "output g = grad(loss, table)\n" + more);
        HeddleModel model = Heddle.model(file, LENGTHS);
        HeddleModel limited = model.withMemoryBudget(part(0.5));
        Compilation compilation = limited.compilation(Fusion.FUSED);
        Recomputation decided = compilation.recomputation().orElseThrow();
        assertTrue(decided.peak() <= 0.5 * decided.whole(), decided.peak() + " of " + decided.whole());
        assertTrue(!decided.recomputed().isEmpty(), "nothing is computed again");
        Plan plan = model.compilation(Fusion.FUSED).plan();
        assertEquals(plan.outputs().keySet(), compilation.plan().outputs().keySet());
        Buffer gradient = plan.outputs().get("g");
        long bytes = gradient.stored().bytes(gradient.type().shape().size().value());
        assertEquals(MemoryPlan.of(plan, Map.of()).peakBytes() - bytes, decided.whole());
        assertSameBits(model, limited, LENGTHS);
    }

    private static void assertSameBits(HeddleModel model, HeddleModel limited, Map<String, Long> lengths) {
        Map<String, Tensor> weights = Draw.USUAL.weights(model, lengths, SEED);
        Map<String, Tensor> inputs = Draw.USUAL.inputs(model, lengths, SEED);
        Map<String, Tensor> expected =
                model.compile(weights, CompileOptions.defaults()).run(inputs);
        limited.compile(weights, CompileOptions.defaults())
                .run(inputs)
                .forEach((name, tensor) ->
                        assertArrayEquals(expected.get(name).floats(), tensor.floats(), name + ", seed " + SEED));
    }
}
