package heddle.runtime.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.frontend.Model.Declaration;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.source.SourceFile;
import heddle.dsl.source.Span;
import heddle.runtime.RuntimeCode;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.weights.WeightBinding.Conversion;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightBindingTest {
    @TempDir
    Path dir;

    private WeightFile file;

    @BeforeEach
    void writeWeights() {
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("bert.layer.0.weight", Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3));
        tensors.put("half", Tensor.of(new float[] {0.5f}, 1).cast(DType.F16));
        Safetensors.write(tensors, dir.resolve("w.safetensors"));
        file = WeightFile.open(dir.resolve("w.safetensors"));
    }

    @Test
    void weightsThatFitAreLoadedAndWidened() {
        Dim n = Dim.symbol("N");
        var loaded = load(
                wanted("bert.layer.0.weight", new TensorType(DType.F32, Shape.of(n, Dim.of(3)))),
                wanted("half", DType.F32, 1));
        assertEquals("f32[2, 3]", loaded.get("bert.layer.0.weight").toString());
        assertArrayEquals(new float[] {0.5f}, loaded.get("half").floats());
    }

    @Test
    void everythingThatDoesNotFitIsReportedAtOnce() {
        var e = assertThrows(
                DiagnosticException.class,
                () -> load(
                        wanted("layer.0.weight", DType.F32, 2, 3),
                        wanted("bert.layer.0.weight", DType.F32, 3, 2),
                        wanted("half", DType.BF16, 1)));
        List<Diagnostic> found = e.diagnostics();
        assertEquals(
                List.of(RuntimeCode.WEIGHT_MISSING, RuntimeCode.WEIGHT_SHAPE, RuntimeCode.WEIGHT_DTYPE),
                found.stream().map(Diagnostic::code).toList());
        assertEquals(
                "did you mean \"bert.layer.0.weight\"?", found.get(0).hint().orElseThrow());
        assertTrue(
                found.get(1).hint().orElseThrow().contains("transpose"),
                found.get(1).toString());
        assertTrue(
                found.get(1).notes().toString().contains("f32[2, 3]"),
                found.get(1).toString());
    }

    @Test
    void aWeightThatDoesNotFitIsNotMeant() {
        for (Declaration[] wanted : List.of(
                new Declaration[] {wanted("halv", DType.F16, 2, 3)},
                new Declaration[] {wanted("halv", DType.F16, 1), wanted("half", DType.F16, 1)})) {
            var e = assertThrows(DiagnosticException.class, () -> load(wanted));
            String hint = e.diagnostics().getFirst().hint().orElseThrow();
            assertTrue(hint.contains("lists the names"), hint);
        }
    }

    @Test
    void anotherTypeIsReadAsItIsStored() {
        var e = assertThrows(DiagnosticException.class, () -> load(wanted("bert.layer.0.weight", DType.F16, 2, 3)));
        assertEquals(
                "write cast(weight \"bert.layer.0.weight\" : f32[2, 3], f16) in the model, or convert with --cast-weights",
                e.diagnostics().getFirst().hint().orElseThrow());
    }

    @Test
    void losingPrecisionHasToBeAskedFor() {
        Declaration w = wanted("bert.layer.0.weight", DType.F16, 2, 3);
        assertEquals(RuntimeCode.WEIGHT_DTYPE, SafetensorsTest.code(() -> load(w)));
        assertEquals(
                DType.F16,
                WeightBinding.bind(file, List.of(w), Conversion.ANY)
                        .get("bert.layer.0.weight")
                        .dtype());
    }

    private Map<String, Tensor> load(Declaration... wanted) {
        return new LinkedHashMap<>(WeightBinding.bind(file, List.of(wanted), Conversion.LOSSLESS));
    }

    private static Declaration wanted(String name, DType dtype, long... shape) {
        return wanted(name, new TensorType(dtype, Shape.of(shape)));
    }

    private static Declaration wanted(String name, TensorType type) {
        return new Declaration(name, type, new Span(new SourceFile("m.heddle", name), 0, name.length()));
    }
}
