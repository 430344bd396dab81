package heddle.tests.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.runtime.CompileOptions;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.train.Trainer;
import heddle.runtime.train.TrainingSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The example that is trained. */
class GptTest {
    private static final Path MODEL = Path.of("..", "examples", "gpt.heddle");

    private static final byte[] TEXT =
            "In the beginning God created the heaven and the earth. And the earth was without form."
                    .getBytes(StandardCharsets.UTF_8);

    private static Map<String, Tensor> batch(int rows, int places, int from) {
        long[] tokens = new long[rows * places];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = TEXT[(from + i) % TEXT.length];
        }
        return Map.of("tokens", Tensor.of(tokens, rows, places));
    }

    @Test
    void allItsAttentionsAreFused() {
        assertEquals("fused 5/5 attention", Heddle.model(MODEL).explain().summary());
    }

    /** A model that has learnt nothing gives each byte the same score, nearly. */
    @Test
    void beginsWithTheSurpriseOfAnyByteAndLearns() {
        CompileOptions options = CompileOptions.defaults();
        HeddleModel model = Heddle.model(MODEL);
        Trainer trainer = Trainer.of(model, "loss", TrainingSettings.of(3e-3, 30), options);
        Map<String, Tensor> batch = batch(2, 33, 0);
        double before = trainer.loss(batch);
        assertEquals(Math.log(256), before, 0.15);
        Map<String, Tensor> outputs = model.compile(trainer.weights(), options).run(batch);
        assertEquals(before, outputs.get("loss").element(0), 1e-5);
        assertArrayEquals(new long[] {2, 33, 256}, outputs.get("logits").shape());
        for (int i = 0; i < 30; i++) {
            trainer.step(List.of(batch(2, 33, 7 * i)));
        }
        double after = trainer.loss(batch);
        assertTrue(after < 0.7 * before, before + " to " + after);
    }
}
