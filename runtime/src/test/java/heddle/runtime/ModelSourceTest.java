package heddle.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.tensor.Tensor;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelSourceTest {
    private static final String ATTENTION = """
            import "attention.heddle"
            dim N
            input x: f32[2, N, 8]
            output y = causal_attention(x, x, x)
            """;

    @TempDir
    Path dir;

    private static Tensor run(ModelSource source, float[] x, long... shape) {
        return Heddle.model(source, Map.of())
                .compile(CompileOptions.defaults().withThreads(1))
                .run(Map.of("x", Tensor.of(x, shape)))
                .get("y");
    }

    @Test
    void aTextIsAModel() {
        Tensor y = run(ModelSource.text("double", "input x: f32[2]\noutput y = x * 2.0\n"), new float[] {1, 2}, 2);
        assertArrayEquals(new float[] {2, 4}, y.floats());
    }

    @Test
    void aTextImportsFromTheLibrary() {
        assertEquals(
                "f32[2, 3, 8]",
                run(ModelSource.text("text", ATTENTION), new float[48], 2, 3, 8).toString());
    }

    @Test
    void mistakesInATextSayItsName() {
        var e = assertThrows(
                DiagnosticException.class,
                () -> Heddle.model(ModelSource.text("my model", "output y = z\n"), Map.of()));
        assertTrue(e.getMessage().startsWith("my model:1:12: "), e.getMessage());
    }

    @Test
    void aTextHasNoWeightsBesideIt() {
        HeddleModel model = Heddle.model(ModelSource.text("m", "output y = (weight \"w\" : f32[2]) + 1.0\n"), Map.of());
        var e = assertThrows(DiagnosticException.class, model::compile);
        assertEquals(RuntimeCode.WEIGHTS_NOT_GIVEN, e.diagnostics().getFirst().code());
        var missing = assertThrows(DiagnosticException.class, () -> model.compile(Map.of(), CompileOptions.defaults()));
        assertEquals(
                RuntimeCode.WEIGHT_MISSING, missing.diagnostics().getFirst().code());
        Tensor w = Tensor.of(new float[] {3, 4}, 2);
        assertArrayEquals(
                new float[] {4, 5},
                model.compile(Map.of("w", w), CompileOptions.defaults())
                        .run(Map.of())
                        .get("y")
                        .floats());
    }

    @Test
    void bytesThatAreNoTextAreRefused() {
        byte[] latin = "// caf\u00e9".getBytes(StandardCharsets.ISO_8859_1);
        var e = assertThrows(DiagnosticException.class, () -> ModelSource.bytes("m", latin));
        assertEquals(RuntimeCode.FILE_UNREADABLE, e.diagnostics().getFirst().code());
    }

    @Test
    void aResourceImportsItsNeighbours() throws IOException {
        Path models = Files.createDirectories(dir.resolve("models/parts"));
        Files.writeString(models.resolve("twice.heddle"), "fn twice(x) = x + x\n");
        Files.writeString(
                dir.resolve("models/m.heddle"),
                "import \"parts/twice.heddle\"\ninput x: f32[2]\noutput y = twice(x)\n");
        URL[] here = {URI.create(dir.toUri().toString()).toURL()};
        try (URLClassLoader loader = new URLClassLoader(here, null)) {
            Tensor y = run(ModelSource.resource("models/m.heddle", loader), new float[] {1, 2}, 2);
            assertArrayEquals(new float[] {2, 4}, y.floats());
            ModelSource none = ModelSource.resource("models/none.heddle", loader);
            var e = assertThrows(DiagnosticException.class, () -> Heddle.model(none, Map.of()));
            assertEquals(RuntimeCode.FILE_UNREADABLE, e.diagnostics().getFirst().code());
        }
    }
}
