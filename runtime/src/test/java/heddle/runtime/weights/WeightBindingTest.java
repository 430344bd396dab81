package heddle.runtime.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.frontend.Model.Declaration;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.Stored;
import heddle.compiler.type.StoredType;
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
import java.util.stream.IntStream;
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
    void manyThatDoNotFitAreToldByName() {
        Declaration[] wanted = IntStream.range(0, 200)
                .mapToObj(i -> wanted("none." + i, DType.F32, 7))
                .toArray(Declaration[]::new);
        List<Diagnostic> found =
                assertThrows(DiagnosticException.class, () -> load(wanted)).diagnostics();
        assertEquals(6, found.size());
        assertTrue(found.getLast().message().startsWith("195 more weights are not in "), found.toString());
        assertEquals(
                List.of("none.5, none.6, none.7, none.8, none.9, none.10, none.11, none.12 and 187 more"),
                found.getLast().notes());
        assertTrue(found.getLast().hint().orElseThrow().contains("another model"), found.toString());
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

    private static Declaration held(String name, String held, long... shape) {
        Declaration w = wanted(name, DType.F32, shape);
        StoredType stored = StoredType.parse(held, name + ".scales").orElseThrow();
        return new Declaration(name, w.type(), stored, w.initial(), w.span());
    }

    private void writeQuantised() {
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("a", Tensor.packed(DType.F32, new long[] {2, 3}, Stored.I8, new byte[] {-128, 127, 0, 1, 2, 3}));
        tensors.put("a.scales", Tensor.of(new float[] {1, 2, 3}, 1, 3).cast(DType.F16));
        tensors.put("b", Tensor.packed(DType.F32, new long[] {2, 4}, Stored.I4, new byte[] {0x18, 0x7f, 0x32, 0x54}));
        tensors.put("b.scales", Tensor.of(new float[] {1, 2}, 2));
        tensors.put("half", Tensor.of(new float[] {0.5f, 1, 2, 3}, 2, 2).cast(DType.BF16));
        Safetensors.write(tensors, dir.resolve("q.safetensors"));
        file = WeightFile.open(dir.resolve("q.safetensors"));
    }

    @Test
    void quantisedWeightsAreReadAsTheyAre() {
        writeQuantised();
        assertEquals("I8[2, 3]", file.entries().get("a").type());
        assertEquals("U8[2, 2]", file.entries().get("b").type());
        var loaded = load(
                held("a", "i8 per column", 2, 3),
                wanted("a.scales", DType.F32, 3),
                held("b", "i4 per row", 2, 4),
                wanted("b.scales", DType.F32, 2),
                wanted("half", DType.F32, 2, 2));
        assertEquals(Stored.I8, loaded.get("a").stored());
        assertArrayEquals(new float[] {-128, 127, 0, 1, 2, 3}, loaded.get("a").floats());
        assertArrayEquals(new float[] {1, 2, 3}, loaded.get("a.scales").floats());
        assertEquals("f32[3]", loaded.get("a.scales").toString());
        assertArrayEquals(
                new float[] {-8, 1, -1, 7, 2, 3, 4, 5}, loaded.get("b").floats());
        assertEquals(4, loaded.get("b").bytes());
        assertEquals(Stored.BF16, loaded.get("half").stored(), "what is wanted as f32 stays packed");
        assertEquals("f32[2, 2]", loaded.get("half").toString());
        assertArrayEquals(new float[] {0.5f, 1, 2, 3}, loaded.get("half").floats());
        assertEquals(8, loaded.get("half").bytes());
    }

    @Test
    void whatIsHeldOtherwiseIsReported() {
        writeQuantised();
        var e = assertThrows(
                DiagnosticException.class,
                () -> load(
                        held("a", "i4", 2, 6),
                        held("b", "i4 per block", 2, 4),
                        wanted("b.scales", DType.F32, 2, 2),
                        held("half", "i8", 2, 2),
                        held("a.scales", "f16", 1, 3),
                        wanted("a", DType.F32, 2, 3)));
        assertEquals(
                List.of(
                        RuntimeCode.WEIGHT_DTYPE,
                        RuntimeCode.WEIGHT_SHAPE,
                        RuntimeCode.WEIGHT_DTYPE,
                        RuntimeCode.WEIGHT_ENCODING),
                e.diagnostics().stream().map(Diagnostic::code).toList());
        assertEquals(
                "the scales \"b.scales\" of \"b\" are [2, 2] in the model and [2] in the file",
                e.diagnostics().get(1).message());
        assertTrue(e.diagnostics().get(2).hint().orElseThrow().contains("leave out `as i8`"));
        assertTrue(e.diagnostics().get(3).hint().orElseThrow().contains("as i8 per column"));
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
