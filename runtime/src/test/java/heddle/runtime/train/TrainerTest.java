package heddle.runtime.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import heddle.compiler.type.DType;
import heddle.compiler.type.Stored;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.CompileOptions;
import heddle.runtime.HeddleModel;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.weights.Safetensors;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerTest {
    private static final long SEED = 20260727;

    private final HeddleModel linear = TrainedModels.model(TrainedModels.LINEAR, Map.of());

    @TempDir
    Path dir;

    private static Map<String, Tensor> batch(int rows, long number) {
        Random random = new Random(SEED + number);
        float[] x = new float[rows * 19];
        float[] y = new float[rows * 3];
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < 19; i++) {
                x[row * 19 + i] = (float) random.nextGaussian();
                for (int j = 0; j < 3; j++) {
                    y[row * 3 + j] += x[row * 19 + i] * (i - j) / 19 + 1f / 19;
                }
            }
        }
        return Map.of("x", Tensor.of(x, rows, 19), "y", Tensor.of(y, rows, 3));
    }

    @Test
    void learnsALine() {
        Trainer trainer = TrainedModels.trainer(linear, TrainingSettings.of(0.03, 400), 2);
        assertEquals(19 * 3 + 3, trainer.trainedCount());
        double first = trainer.step(List.of(batch(64, 0))).loss();
        Trainer.Step last = null;
        for (int i = 1; i < 400; i++) {
            last = trainer.step(List.of(batch(64, i)));
        }
        assertEquals(400, last.number());
        assertTrue(first > 1, "loss at first " + first);
        assertTrue(last.loss() < 0.01, "loss at last " + last.loss());
        assertEquals(last.loss(), trainer.loss(batch(64, 399)), 0.01);
    }

    /** The formulas in double, element by element. */
    @Test
    void updatesAsAdamWSays() {
        AdamW adam = new AdamW(0.8, 0.95, 1e-6, 0.3);
        TrainingSettings settings =
                new TrainingSettings(new LearningRate(0.1, 0.01, 3, 7), adam, 0.5, 3, Set.of(), Optional.empty());
        Trainer trainer = TrainedModels.trainer(linear, settings, 2);
        double[][] w = {doubles(trainer, "layer.w"), doubles(trainer, "b")};
        double[][] m = {new double[57], new double[3]};
        double[][] v = {new double[57], new double[3]};
        for (int t = 1; t <= 7; t++) {
            Map<String, Tensor> batch = batch(33, t);
            double[][] g = gradient(w, batch, 33);
            double norm = Math.sqrt(Arrays.stream(g)
                    .flatMapToDouble(Arrays::stream)
                    .map(x -> x * x)
                    .sum());
            double clip = Math.min(1, 0.5 / (norm + 1e-6));
            double rate = t <= 3 ? 0.1 * t / 3 : 0.01 + 0.09 * (1 + Math.cos(Math.PI * (t - 3) / 4)) / 2;
            for (int k = 0; k < 2; k++) {
                for (int i = 0; i < w[k].length; i++) {
                    double x = g[k][i] * clip;
                    m[k][i] = 0.8 * m[k][i] + 0.2 * x;
                    v[k][i] = 0.95 * v[k][i] + 0.05 * x * x;
                    double move = m[k][i] / (1 - Math.pow(0.8, t));
                    double root = Math.sqrt(v[k][i] / (1 - Math.pow(0.95, t))) + 1e-6;
                    w[k][i] -= rate * ((k == 0 ? 0.3 : 0) * w[k][i] + move / root);
                }
            }
            Trainer.Step step = trainer.step(List.of(batch));
            assertEquals(norm, step.norm(), 1e-4 * norm);
            assertEquals(rate, step.rate(), 1e-12);
            assertArrayEquals(w[0], doubles(trainer, "layer.w"), 1e-5, "step " + t);
            assertArrayEquals(w[1], doubles(trainer, "b"), 1e-5, "step " + t);
        }
    }

    private static double[] doubles(Trainer trainer, String weight) {
        Tensor t = trainer.weights().get(weight);
        double[] elements = new double[t.size()];
        Arrays.setAll(elements, t::element);
        return elements;
    }

    private static double[][] gradient(double[][] w, Map<String, Tensor> batch, int rows) {
        double[][] g = {new double[57], new double[3]};
        for (int row = 0; row < rows; row++) {
            for (int j = 0; j < 3; j++) {
                double error = w[1][j] - batch.get("y").element(row * 3 + j);
                for (int i = 0; i < 19; i++) {
                    error += batch.get("x").element(row * 19 + i) * w[0][i * 3 + j];
                }
                for (int i = 0; i < 19; i++) {
                    g[0][i * 3 + j] += 2 * error * batch.get("x").element(row * 19 + i) / (3 * rows);
                }
                g[1][j] += 2 * error / (3 * rows);
            }
        }
        return g;
    }

    @Test
    void givesTheSameBitsOnAnyNumberOfThreads() {
        HeddleModel bigrams = TrainedModels.model(TrainedModels.BIGRAMS, Map.of());
        float[] one = trained(bigrams, 1);
        assertArrayEquals(one, trained(bigrams, 2));
        assertArrayEquals(one, trained(bigrams, 5));
    }

    private static float[] trained(HeddleModel model, int threads) {
        Trainer trainer = TrainedModels.trainer(model, TrainingSettings.of(0.1, 5), threads);
        Random random = new Random(SEED);
        for (int i = 0; i < 5; i++) {
            long[] tokens = random.longs(3 * 17, 0, 256).toArray();
            trainer.step(List.of(Map.of("tokens", Tensor.of(tokens, 3, 17))));
        }
        return trainer.weights().get("table").floats();
    }

    @Test
    void accumulatesTheMeanOfItsBatches() {
        TrainingSettings settings = TrainingSettings.of(0.05, 4);
        Trainer whole = TrainedModels.trainer(linear, settings, 2);
        Trainer parts = TrainedModels.trainer(linear, settings, 2);
        Map<String, Tensor> batch = batch(24, 1);
        List<Map<String, Tensor>> thirds = List.of(rows(batch, 0), rows(batch, 8), rows(batch, 16));
        for (int i = 0; i < 4; i++) {
            assertEquals(whole.step(List.of(batch)).loss(), parts.step(thirds).loss(), 1e-5);
        }
        assertArrayEquals(doubles(whole, "layer.w"), doubles(parts, "layer.w"), 1e-5);
    }

    private static Map<String, Tensor> rows(Map<String, Tensor> batch, int from) {
        float[] x = Arrays.copyOfRange(batch.get("x").floats(), from * 19, (from + 8) * 19);
        float[] y = Arrays.copyOfRange(batch.get("y").floats(), from * 3, (from + 8) * 3);
        return Map.of("x", Tensor.of(x, 8, 19), "y", Tensor.of(y, 8, 3));
    }

    @Test
    void goesOnFromACheckpointToTheSameBits() {
        Path file = dir.resolve("state.safetensors");
        TrainingSettings settings = TrainingSettings.of(0.05, 20).withSeed(9);
        Trainer undisturbed = TrainedModels.trainer(linear, settings, 2);
        for (int i = 0; i < 20; i++) {
            undisturbed.step(List.of(batch(5, i)));
            if (undisturbed.done() == 7) {
                undisturbed.save(file, Map.of("note", "seven"));
            }
        }
        Trainer resumed = TrainedModels.trainer(linear, settings, 1);
        assertEquals("seven", resumed.load(file).get("note"));
        assertEquals(7, resumed.done());
        for (int i = 7; i < 20; i++) {
            resumed.step(List.of(batch(5, i)));
        }
        assertArrayEquals(
                undisturbed.weights().get("layer.w").floats(),
                resumed.weights().get("layer.w").floats());
        assertArrayEquals(
                undisturbed.weights().get("b").floats(),
                resumed.weights().get("b").floats());
    }

    @Test
    void leavesFrozenWeightsAloneAndBeginsWithThoseOfAFile() {
        Path file = dir.resolve("begin.safetensors");
        Trainer other =
                TrainedModels.trainer(linear, TrainingSettings.of(0.1, 9).withSeed(77), 1);
        other.step(List.of(batch(5, 0)));
        Safetensors.write(other.weights(), file);
        TrainingSettings settings = new TrainingSettings(
                new LearningRate(0.1, 0, 0, 9), AdamW.USUAL, 1, 1, Set.of("layer.*"), Optional.of(file.toString()));
        Trainer trainer = TrainedModels.trainer(linear, settings, 1);
        assertEquals(3, trainer.trainedCount());
        assertArrayEquals(doubles(other, "b"), doubles(trainer, "b"));
        trainer.step(List.of(batch(5, 1)));
        assertArrayEquals(doubles(other, "layer.w"), doubles(trainer, "layer.w"));
        assertNotEquals(doubles(other, "b")[0], doubles(trainer, "b")[0]);
    }

    @Test
    void aLossThatIsNotFiniteChangesNothing() {
        Trainer trainer = TrainedModels.trainer(linear, TrainingSettings.of(0.1, 9), 1);
        trainer.step(List.of(batch(5, 0)));
        double[] before = doubles(trainer, "layer.w");
        Map<String, Tensor> wrong = Map.of(
                "x",
                batch(5, 1).get("x"),
                "y",
                Tensor.of(new float[] {Float.NaN, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14}, 5, 3));
        DiagnosticException e = assertThrows(DiagnosticException.class, () -> trainer.step(List.of(wrong)));
        assertEquals(TrainCode.NOT_FINITE, e.diagnostics().getFirst().code());
        assertTrue(e.getMessage().contains("the loss of step 2 is NaN"), e.getMessage());
        Diagnostic d = e.diagnostics().getFirst();
        assertTrue(
                d.notes().getFirst().endsWith("the batch, whose input y has NaN"),
                d.notes().toString());
        assertEquals("look at the data that the batch was made of", d.hint().orElseThrow());
        assertEquals(1, trainer.done());
        assertArrayEquals(before, doubles(trainer, "layer.w"));
    }

    @Test
    void namesTheBatchWhoseGradientOverflows() {
        HeddleModel model = TrainedModels.model("""
                dim B
                input x: f32[B]
                let w = weight "w" : f32 = ones
                output loss = mean(sqrt(w * x))
                """, Map.of());
        Trainer trainer = TrainedModels.trainer(model, TrainingSettings.of(0.1, 9), 1);
        Map<String, Tensor> right = Map.of("x", Tensor.of(new float[] {1, 4}, 2));
        Map<String, Tensor> wrong = Map.of("x", Tensor.of(new float[] {1, 0}, 2));
        for (List<Map<String, Tensor>> batches : List.of(List.of(wrong, right), List.of(right, wrong))) {
            DiagnosticException e = assertThrows(DiagnosticException.class, () -> trainer.step(batches));
            assertTrue(
                    e.diagnostics().getFirst().notes().getFirst().startsWith("the first operation that is not finite"),
                    e.diagnostics().getFirst().notes().toString());
        }
    }

    @Test
    void frozenWeightsAreToldApartInLittleMemory() {
        String text = """
                input x: f32[2000, 500]
                let f = weight "f" : f32[2000, 500] = constant(%s)
                output loss = sum(x * f) * weight "w" : f32 = ones
                """;
        Trainer one = frozen(text.formatted("1"));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        String hash = one.frozenHash();
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocated < 1_000_000, allocated + " bytes for a million elements");
        assertEquals(hash, frozen(text.formatted("1")).frozenHash());
        assertNotEquals(hash, frozen(text.formatted("1.5")).frozenHash());
        float[] copy = one.weights().get("f").floats();
        copy[999_999] = 7;
        assertEquals(hash, one.frozenHash(), "weights() gives copies");
    }

    private static Trainer frozen(String text) {
        TrainingSettings settings = TrainingSettings.of(0.1, 9).withFrozen(Set.of("f"));
        return TrainedModels.trainer(TrainedModels.model(text, Map.of()), settings, 1);
    }

    @Test
    void loadsAllOrNothing() {
        HeddleModel other =
                TrainedModels.model(TrainedModels.LINEAR.replace("f32[3] = zeros", "f32[1] = zeros"), Map.of());
        Trainer saved = TrainedModels.trainer(other, TrainingSettings.of(0.1, 9).withSeed(5), 1);
        saved.step(List.of(batch(5, 0)));
        Path file = dir.resolve("other.safetensors");
        saved.save(file, Map.of());
        Trainer trainer = TrainedModels.trainer(linear, TrainingSettings.of(0.1, 9), 1);
        double[] before = doubles(trainer, "layer.w");
        DiagnosticException e = assertThrows(DiagnosticException.class, () -> trainer.load(file));
        assertTrue(e.getMessage().contains("has another \"b\""), e.getMessage());
        assertArrayEquals(before, doubles(trainer, "layer.w"));
        assertEquals(0, trainer.done());
    }

    /** The counter of dropouts has 32 bits for batches, 1024 of which a step may have. */
    @Test
    void dropoutsDoNotRepeatAfterManySteps() {
        long[] first = TrainingProgram.seed(5, 3);
        assertArrayEquals(new long[] {5, 0, 3, 0}, first);
        Set<List<Long>> seen = new HashSet<>();
        for (long draw = 3; draw < 20L << 32; draw += 1L << 32) {
            seen.add(Arrays.stream(TrainingProgram.seed(5, draw)).boxed().toList());
        }
        assertEquals(20, seen.size());
    }

    @Test
    void settingsThatWouldNotWorkAreRefused() {
        TrainingSettings usual = TrainingSettings.of(0.1, 9);
        assertThrows(IllegalArgumentException.class, () -> usual.withSeed(-1));
        assertThrows(IllegalArgumentException.class, () -> usual.withSeed(1L << 56));
        assertEquals((1L << 56) - 1, usual.withSeed((1L << 56) - 1).seed());
        assertThrows(IllegalArgumentException.class, () -> new AdamW(0.9, 0.9, 1e-46, 0));
        assertThrows(IllegalArgumentException.class, () -> new AdamW(0.9, 0.9, 1e39, 0));
        assertEquals(1e-40, new AdamW(0.9, 0.9, 1e-40, 0).epsilon());
    }

    /** A checkpoint has f32, of which the model's values are the rounded ones. */
    @Test
    void checkpointsOfNarrowWeightsAreWeightFiles() {
        HeddleModel model = TrainedModels.model("""
                input x: f32[2]
                output loss = sum(x * cast(weight "w" : bf16[2] = normal(1), f32))
                """, Map.of());
        Trainer trainer = TrainedModels.trainer(model, TrainingSettings.of(1e-4, 9), 1);
        Map<String, Tensor> batch = Map.of("x", Tensor.of(new float[] {1, 2}, 2));
        trainer.step(List.of(batch));
        Path file = dir.resolve("narrow.safetensors");
        trainer.save(file, Map.of());
        CompileOptions options = CompileOptions.defaults().withWeights(file.toString());
        double loss = model.compile(options).run(batch).get("loss").element(0);
        assertEquals(trainer.loss(batch), loss);
        TrainingSettings usual = TrainingSettings.of(1e-4, 9);
        for (boolean isCheckpoint : new boolean[] {true, false}) {
            Path from = isCheckpoint ? file : dir.resolve("wide.safetensors");
            if (!isCheckpoint) {
                LinkedHashMap<String, Tensor> wide = new LinkedHashMap<>();
                wide.put("w", trainer.weights().get("w").cast(DType.F32));
                Safetensors.write(wide, from);
            }
            TrainingSettings again =
                    new TrainingSettings(usual.rate(), usual.optimiser(), 1, 1, Set.of(), Optional.of(from.toString()));
            assertArrayEquals(doubles(trainer, "w"), doubles(TrainedModels.trainer(model, again, 1), "w"));
        }
        // Files of others are converted where they are asked to be.
        CompileOptions others =
                options.withWeights(dir.resolve("wide.safetensors").toString());
        assertThrows(DiagnosticException.class, () -> model.compile(others));
    }

    /** Small steps add up in f32, and each run sees the nearest value of sixteen bits. */
    @Test
    void narrowWeightsAreTrainedInFullAndQuantisedOnesStayFrozen() {
        HeddleModel model = TrainedModels.model("""
                input x: f32[4]
                let scales = weight "w" : bf16[4] = ones
                let fixed = weight "q" : f32[4, 4] as i8 per row
                let error = sum((x * cast(scales, f32)) @ fixed) - 3.0
                output loss = error * error
                """, Map.of());
        Path file = dir.resolve("q.safetensors");
        LinkedHashMap<String, Tensor> held = new LinkedHashMap<>();
        held.put("q", Tensor.packed(DType.F32, new long[] {4, 4}, Stored.I8, new byte[16]));
        ((byte[]) held.get("q").held())[0] = 2;
        held.put("q.scales", Tensor.of(new float[] {0.5f, 1, 1, 1}, 4));
        Safetensors.write(held, file);
        TrainingSettings settings = new TrainingSettings(
                new LearningRate(1e-4, 1e-4, 0, 9), AdamW.USUAL, 1, 1, Set.of("q"), Optional.of(file.toString()));
        Trainer trainer = TrainedModels.trainer(model, settings, 1);
        assertEquals(4, trainer.trainedCount());
        Map<String, Tensor> batch = Map.of("x", Tensor.of(new float[] {1, 1, 1, 1}, 4));
        double first = trainer.step(List.of(batch)).loss();
        assertEquals(4, first, 1e-6);
        // A step of 0.0001 is lost in bf16, whose neighbours of 1 are 0.0078 apart; fifty of them are not.
        assertEquals(first, trainer.step(List.of(batch)).loss());
        for (int i = 0; i < 60; i++) {
            trainer.step(List.of(batch));
        }
        assertEquals(1.0078125, trainer.weights().get("w").element(0));
        assertTrue(trainer.loss(batch) < first);
    }

    @Test
    void saysWhereTheLossIsFirstNotFinite() {
        HeddleModel model = TrainedModels.model("""
                dim B
                input x: f32[B, 3]
                let w = weight "w" : f32[3] = ones
                let masked = exp(where(x > 0.0, x, -inf))
                let scaled = sqrt(sum(x, axis = -1)) * 2.0
                output loss = mean(scaled) + sum(masked * w)
                """, Map.of());
        Trainer trainer = TrainedModels.trainer(model, TrainingSettings.of(0.1, 9), 1);
        trainer.step(List.of(Map.of("x", Tensor.of(new float[] {1, 2, -0.5f}, 1, 3))));
        Map<String, Tensor> wrong = Map.of("x", Tensor.of(new float[] {-1, -2, 0.5f}, 1, 3));
        DiagnosticException e = assertThrows(DiagnosticException.class, () -> trainer.step(List.of(wrong)));
        Diagnostic d = e.diagnostics().getFirst();
        assertEquals("sqrt(sum(x, axis = -1))", d.primary().orElseThrow().span().text());
        assertTrue(
                d.notes().getFirst().endsWith("`sqrt` (sqrt#1) gives NaN"),
                d.notes().toString());
    }

    @Test
    void saysWhatCannotBeTrained() {
        assertRefuses("has no output \"loss\"", "output lost = weight \"w\" : f32[2] = zeros");
        assertRefuses("the loss is one number of f32", "output loss = weight \"w\" : f32[2] = zeros");
        assertRefuses("what the weight \"w\" begins with", "output loss = sum(weight \"w\" : f32[2])");
        assertRefuses("no weight that is trained", "input x: f32[2]\noutput loss = sum(x)");
        assertRefuses(
                "has 3.20e+09 numbers to train",
                "output loss = sum(weight \"a\" : f32[40000, 40000] = zeros) + sum(weight \"b\" : f32[40000, 40000] = zeros)");
        assertRefuses(
                "held as i8 per row, is not trained", "output loss = sum(weight \"w\" : f32[2, 2] as i8 per row)");
    }

    private static void assertRefuses(String message, String text) {
        DiagnosticException e = assertThrows(
                DiagnosticException.class,
                () -> TrainedModels.trainer(TrainedModels.model(text, Map.of()), TrainingSettings.of(0.1, 9), 1));
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }
}
