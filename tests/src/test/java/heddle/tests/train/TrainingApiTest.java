package heddle.tests.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.api.Heddle;
import heddle.api.HeddleException;
import heddle.api.Model;
import heddle.api.Options;
import heddle.api.Tensor;
import heddle.api.Trainer;
import heddle.api.Training;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training through the API, in a loop of one's own. */
class TrainingApiTest {
    private static final Model MODEL = Heddle.modelFromText("xor.heddle", """
            dim B
            input x: f32[B, 2]
            input y: f32[B]
            let hidden = tanh(dropout(x @ weight "w1" : f32[2, 8] = normal(1), 0.05) + weight "b1" : f32[8] = zeros)
            let z = sum(hidden * weight "w2" : f32[8] = normal(1), axis = -1)
            output loss = mean(log(1.0 + exp(-z * y)))
            output z = z
            """);

    @TempDir
    Path dir;

    private static Map<String, Tensor> batch(int rows, int number) {
        Random random = new Random(number);
        float[] x = new float[2 * rows];
        float[] y = new float[rows];
        for (int i = 0; i < rows; i++) {
            boolean a = random.nextBoolean();
            boolean b = random.nextBoolean();
            x[2 * i] = a ? 1 : -1;
            x[2 * i + 1] = b ? 1 : -1;
            y[i] = a == b ? -1 : 1;
        }
        return Map.of("x", Tensor.of(x, rows, 2), "y", Tensor.of(y, rows));
    }

    private static Trainer trainer(Training training) {
        return MODEL.trainer("loss", training, Options.defaults().threads(2));
    }

    @Test
    void learnsAndRuns() {
        Training training = Training.of(0.05, 200)
                .schedule(10, 0.001)
                .adamW(0.9, 0.95, 1e-8, 0)
                .clip(10);
        Trainer trainer = trainer(training.seed(3));
        double first = trainer.step(batch(32, 0));
        for (int i = 1; i < 200; i++) {
            trainer.step(batch(32, i));
        }
        double last = trainer.loss(batch(64, 1000));
        assertTrue(first > 0.4 && last < 0.1, first + " to " + last);
        assertEquals(200, trainer.steps());
        Map<String, Tensor> corners = new LinkedHashMap<>(batch(64, 1000));
        Map<String, Tensor> results =
                MODEL.compile(trainer.weights(), Options.defaults().threads(1)).run(corners);
        float[] z = results.get("z").floats();
        for (int i = 0; i < z.length; i++) {
            assertTrue(z[i] * corners.get("y").floats()[i] > 0, "place " + i);
        }
    }

    @Test
    void goesOnFromAFileToTheSameBits() {
        Training training = Training.of(0.05, 20).seed(9).freeze(Set.of("b*"));
        Trainer whole = trainer(training);
        Path file = dir.resolve("xor.safetensors");
        for (int i = 0; i < 20; i++) {
            whole.step(List.of(batch(8, i), batch(8, 100 + i)));
            if (i == 8) {
                whole.save(file);
            }
        }
        Trainer resumed = trainer(training);
        resumed.load(file);
        for (int i = (int) resumed.steps(); i < 20; i++) {
            resumed.step(List.of(batch(8, i), batch(8, 100 + i)));
        }
        for (String name : List.of("w1", "b1", "w2")) {
            assertArrayEquals(
                    whole.weights().get(name).floats(),
                    resumed.weights().get(name).floats(),
                    name);
        }
        assertArrayEquals(new float[8], whole.weights().get("b1").floats());
        assertArrayEquals(
                whole.weights().get("w1").floats(),
                trained(training.from(save(whole))).get("w1").floats());
    }

    private String save(Trainer trainer) {
        Path file = dir.resolve("last.safetensors");
        trainer.save(file);
        return file.toString();
    }

    private static Map<String, Tensor> trained(Training training) {
        return trainer(training).weights();
    }

    @Test
    void saysWhatIsWrong() {
        HeddleException e =
                assertThrows(HeddleException.class, () -> MODEL.trainer("z", Training.of(0.1, 1), Options.defaults()));
        assertEquals("H1401", e.mistakes().getFirst().code());
        assertThrows(IllegalArgumentException.class, () -> Training.of(-1, 1));
        Trainer trainer = trainer(Training.of(0.1, 1));
        assertThrows(HeddleException.class, () -> trainer.step(Map.of()));
    }
}
