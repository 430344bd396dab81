package heddle.tests.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.ir.NdArray;
import heddle.runtime.CompileOptions;
import heddle.runtime.CompiledModel;
import heddle.runtime.HeddleModel;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.text.Similarity;
import heddle.runtime.verify.Comparison;
import heddle.runtime.verify.Reference;
import heddle.runtime.verify.Tolerance;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** MiniLM with its real weights, against ONNX Runtime on the same file and against the reference. */
class MiniLmTest {
    @TempDir
    static Path dir;

    private static HeddleModel model;
    private static CompileOptions options;
    private static SequencedMap<String, Tensor> weights;
    private static CompiledModel fused;
    private static OnnxRuntimeModel onnx;

    @BeforeAll
    static void load() {
        model = MiniLm.model();
        options = MiniLm.options(dir);
        weights = model.weights(options);
        fused = model.compile(weights, options);
        onnx = new OnnxRuntimeModel(Path.of(options.weights().orElseThrow()));
    }

    @AfterAll
    static void close() {
        onnx.close();
    }

    @ParameterizedTest
    @CsvSource({"1,3", "1,16", "1,128", "1,256", "1,512", "4,3", "4,16", "4,128", "4,256", "4,512"})
    void vectorsAreThoseOfOnnxRuntime(int batch, int length) {
        Map<String, Tensor> inputs = MiniLm.inputs(batch, length, 7L * batch + length);
        Tensor expected = onnx.embedding(inputs);
        Tensor vectors = fused.run(inputs).get("embedding");
        for (int i = 0; i < vectors.size(); i++) {
            assertEquals(expected.floats()[i], vectors.floats()[i], 1e-5f, "element " + i);
        }
    }

    @Test
    void allAttentionIsFused() {
        assertEquals("fused 6/6 attention", fused.compilation().report().summary());
    }

    @ParameterizedTest
    @CsvSource({"1,1", "2,5", "3,17"})
    void fusedUnfusedAndReferenceAgree(int batch, int length) {
        Map<String, Tensor> inputs = MiniLm.inputs(batch, length, 99);
        SequencedMap<String, NdArray> reference = Reference.run(model, weights, inputs);
        for (Fusion fusion : Fusion.values()) {
            Map<String, Tensor> results =
                    model.compile(weights, options.withFusion(fusion)).run(inputs);
            reference.forEach((name, want) -> {
                Tensor got = results.get(name);
                Comparison c = Comparison.of(got, want, Tolerance.of(got.dtype()));
                assertTrue(c.within(), fusion + " " + name + ": " + c);
            });
        }
    }

    @Test
    void paddingAndCompanyChangeNothing() {
        Tensor together =
                fused.run(List.of("The bank is near the river", "Money")).get("embedding");
        Tensor alone = fused.run(List.of("Money")).get("embedding");
        for (int i = 0; i < alone.size(); i++) {
            assertEquals(alone.floats()[i], together.floats()[alone.size() + i], 1e-6f, "element " + i);
        }
    }

    @Test
    void sentencesAboutTheSameThingAreCloser() {
        Tensor v = fused.run(
                        List.of("The bank is near the river", "She put money in the bank", "We walked along the river"))
                .get("embedding");
        assertTrue(Similarity.cosine(v, 0, 2) > Similarity.cosine(v, 1, 2));
        assertEquals(1, Similarity.cosine(v, 0, 0), 1e-6);
    }
}
