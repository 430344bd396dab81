package heddle.compiler.frontend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import heddle.compiler.Compilation;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.Compiler;
import heddle.compiler.ir.NdArray;
import heddle.compiler.op.Interpreter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Layers of published families: a call of the library computes what the layer written out does, with the same weights. */
class LibraryFamiliesTest {
    private static final long SEED = 20_261_127;
    private static final Map<String, Long> LENGTHS = Map.of("B", 2L, "N", 5L);

    @ParameterizedTest
    @ValueSource(strings = {"llama3", "mistral", "qwen2", "qwen3", "gemma2", "phi"})
    void theLibraryComputesWhatIsWrittenOut(String family) {
        Model model = Elaborated.file("compiler/src/test/resources/heddle/compiler/frontend/families/" + family + ".heddle");
        Random random = new Random(SEED);
        Map<String, NdArray> results = new Interpreter(
                        draw(model.inputs(), random), draw(model.weights(), random), LENGTHS)
                .run(model.meaning());
        double[] written = results.get("written").data();
        assertEquals(2 * 5 * 8, written.length);
        assertTrue(Arrays.stream(written).allMatch(Double::isFinite), family);
        assertArrayEquals(written, results.get("library").data(), 1e-5, family + ", seed " + SEED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama3", "mistral", "qwen2", "qwen3", "gemma2", "phi"})
    void itsAttentionFuses(String family) {
        Model model = Elaborated.file("compiler/src/test/resources/heddle/compiler/frontend/families/" + family + ".heddle");
        Compilation compiled = Compiler.compile(model.graph(), Fusion.FUSED);
        assertEquals(List.of(), compiled.report().declined());
        assertEquals(2, compiled.report().fused().size(), "the library's and the one that is written out");
    }

    private static Map<String, NdArray> draw(List<Model.Declaration> declared, Random random) {
        Map<String, NdArray> arrays = new HashMap<>();
        for (Model.Declaration d : declared) {
            NdArray array = NdArray.zeros(d.type().dtype(), d.type().shape().evaluate(LENGTHS));
            for (int i = 0; i < array.data().length; i++) {
                array.data()[i] = d.type().dtype().nearest(random.nextGaussian());
            }
            arrays.put(d.name(), array);
        }
        return arrays;
    }
}
