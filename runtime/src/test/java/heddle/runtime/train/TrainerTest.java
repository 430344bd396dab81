package heddle.runtime.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.HeddleModel;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.weights.Safetensors;
import java.nio.file.Path;
import java.util.Arrays;
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
        assertEquals(1, trainer.done());
        assertArrayEquals(before, doubles(trainer, "layer.w"));
    }

    @Test
    void saysWhatCannotBeTrained() {
        assertRefuses("has no output \"loss\"", "output lost = weight \"w\" : f32[2] = zeros");
        assertRefuses("the loss is one number of f32", "output loss = weight \"w\" : f32[2] = zeros");
        assertRefuses("what the weight \"w\" begins with", "output loss = sum(weight \"w\" : f32[2])");
        assertRefuses("no weight that is trained", "input x: f32[2]\noutput loss = sum(x)");
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
