package example;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.api.CompiledModel;
import heddle.api.Heddle;
import heddle.api.HeddleException;
import heddle.api.Options;
import heddle.api.Tensor;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConsumerTest {
    private static final String MODEL = """
            import "attention.heddle"
            dim N
            input x: f32[1, N, 2]
            output y: f32[1, N, 2] = causal_attention(x, x, x) @ weight "w" : f32[2, 2]
            """;

    @Test
    void aSmallModelRuns() {
        Map<String, Tensor> weights = Map.of("w", Tensor.of(new float[] {2, 0, 0, 2}, 2, 2));
        CompiledModel model = Heddle.modelFromText("small", MODEL).compile(weights, Options.defaults());
        Tensor y = model.run(Map.of("x", Tensor.of(new float[] {1, 0, 0, 1}, 1, 2, 2))).get("y");
        assertEquals("fused 1/1 attention", model.fusion());
        double first = 1 / (1 + Math.exp(1 / Math.sqrt(2)));
        assertArrayEquals(new float[] {2, 0, (float) (2 * first), (float) (2 - 2 * first)}, y.floats(), 1e-6f);
    }

    @Test
    void mistakesSayWhatToDo() {
        var e = assertThrows(HeddleException.class, () -> Heddle.modelFromText("small", "output y = x\n"));
        assertTrue(e.getMessage().contains("small:1:12"), e.getMessage());
    }

    @Test
    void withoutTheMavenArtefactAnAddressSaysWhatToAdd() {
        var model = Heddle.modelFromText("small", MODEL);
        var e = assertThrows(
                HeddleException.class, () -> model.compile(Options.defaults().weights("maven:org.example:w:1!/w.onnx")));
        assertTrue(e.mistakes().getFirst().hint().orElseThrow().contains("dev.heddle:heddle-maven"), e.getMessage());
    }
}
