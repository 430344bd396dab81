package heddle.tests.fusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import heddle.compiler.type.DType;
import heddle.runtime.CompiledModel;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The memory of a thread's tiles is used by one kernel after another, and by one run after another: what it holds changes no bit. */
class StaleTilesTest {
    private static final long SEED = 1127;
    private static final Map<String, Long> LENGTHS = Map.of("N", 37L, "M", 53L);

    @TempDir
    private Path dir;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dim N, M\ninput q: f32[2, N, 24]\ninput k: f32[2, M, 24]\noutput o = softmax(q @ transpose(k)) @ k",
                "dim M\ninput q: f32[2, 3, 20]\ninput k: f32[2, M, 20]\noutput o = softmax(q @ transpose(k)) @ k[:, :, 0:13]",
                "dim N, M\ninput q: f32[N, 21]\ninput k: f32[21, M]\noutput o = relu(q @ k)",
                "dim N, M\ninput q: f32[2, N, 8]\ninput k: f32[2, M, 8]\n"
                        + "output o = softmax(softmax(q @ transpose(k)) @ (k @ transpose(q)) - 1.0) @ q",
            })
    void runsAreAlikeWhateverRanBefore(String text) throws IOException {
        HeddleModel model = Heddle.model(Files.writeString(dir.resolve("m.heddle"), text));
        SequencedMap<String, Tensor> inputs = Draw.USUAL.inputs(model, LENGTHS, SEED);
        float[] first = model.compile().run(inputs).get("o").floats();
        CompiledModel used = model.compile();
        for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY, 3e38f}) {
            used.run(filled(inputs, value));
            assertArrayEquals(
                    first, used.run(inputs).get("o").floats(), () -> text + " after " + value + ", seed " + SEED);
        }
    }

    private static SequencedMap<String, Tensor> filled(Map<String, Tensor> inputs, float value) {
        SequencedMap<String, Tensor> filled = new LinkedHashMap<>();
        inputs.forEach((name, tensor) -> {
            float[] elements = new float[tensor.size()];
            Arrays.fill(elements, value);
            filled.put(name, Tensor.wrap(DType.F32, tensor.shape(), elements));
        });
        return filled;
    }
}
