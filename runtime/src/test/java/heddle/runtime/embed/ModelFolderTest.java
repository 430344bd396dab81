package heddle.runtime.embed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.CompileOptions;
import heddle.runtime.Heddle;
import heddle.runtime.ModelSource;
import heddle.runtime.artifact.ModelFiles;
import heddle.runtime.file.FileTree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model and all that it needs in a directory, where it gives the same after the original is gone. */
class ModelFolderTest {
    private static final List<String> TEXTS = List.of("one", "a longer text", "");

    @TempDir
    Path dir;

    private Path original;

    @BeforeEach
    void write() throws IOException {
        original = dir.resolve("original");
        Files.createDirectories(original.resolve("models/1_Pooling"));
        Files.createDirectories(original.resolve("parts"));
        Files.createDirectories(original.resolve("elsewhere/data"));
        Files.writeString(original.resolve("parts/table.heddle"), """
                fn rows(ids) = embed(ids, weight "table" : f32[256, 8])
                """);
        Files.writeString(original.resolve("models/m.heddle"), """
                import "../parts/table.heddle"
                dim B, N
                input ids: i64[B, N]
                input mask: i64[B, N]
                output tokens: f32[B, N, 8] = rows(ids)
                """);
        Files.writeString(
                original.resolve("models/m.properties"),
                "# Beside it\nweights = ../elsewhere/w.onnx\ntokenizer = bytes\n");
        Files.writeString(original.resolve("models/1_Pooling/config.json"), "{\"pooling_mode_lasttoken\": true}");
        Files.write(original.resolve("elsewhere/w.onnx"), weights("data/table.bin"));
        ByteBuffer table = ByteBuffer.allocate(256 * 8 * 4).order(ByteOrder.LITTLE_ENDIAN);
        new Random(5).doubles(256 * 8).forEach(x -> table.putFloat((float) x));
        Files.write(original.resolve("elsewhere/data/table.bin"), table.array());
    }

    /** A file whose elements lie in another one. */
    private static byte[] weights(String location) {
        TensorProto table = TensorProto.newBuilder()
                .setName("table")
                .setDataType(TensorProto.DataType.FLOAT.getNumber())
                .addDims(256)
                .addDims(8)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(
                        StringStringEntryProto.newBuilder().setKey("location").setValue(location))
                .build();
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .setProducerName("test")
                .setGraph(GraphProto.newBuilder().addInitializer(table))
                .build()
                .toByteArray();
    }

    private static List<float[]> vectors(Path model) {
        return TextEmbedder.of(Heddle.model(model), CompileOptions.defaults(), EmbeddingOptions.defaults())
                .embed(TEXTS);
    }

    private Path copy(Path target) {
        ModelFiles files = CompileOptions.defaults().files();
        return ModelFolder.write(ModelSource.file(original.resolve("models/m.heddle")), files, target);
    }

    @Test
    void theCopyGivesTheSameAlone() throws IOException {
        List<float[]> before = vectors(original.resolve("models/m.heddle"));
        Path model = copy(dir.resolve("copy"));
        FileTree.delete(original);
        Path moved = dir.resolve("moved");
        Files.move(dir.resolve("copy"), moved);
        Path there = moved.resolve(dir.resolve("copy").relativize(model));
        assertEquals(
                List.of("# Beside it", "weights = ../weights/w.onnx", "tokenizer = bytes"),
                Files.readAllLines(there.resolveSibling("m.properties")));
        List<float[]> after = vectors(there);
        for (int i = 0; i < TEXTS.size(); i++) {
            assertArrayEquals(before.get(i), after.get(i));
        }
        assertTrue(Files.exists(there.resolveSibling("1_Pooling/config.json")));
    }

    @Test
    void whatIsMissingLeavesNothing() throws IOException {
        Files.delete(original.resolve("elsewhere/data/table.bin"));
        DiagnosticException e = assertThrows(DiagnosticException.class, () -> copy(dir.resolve("copy")));
        assertTrue(e.diagnostics().getFirst().message().contains("table.bin"), e.toString());
        Files.delete(original.resolve("parts/table.heddle"));
        assertThrows(DiagnosticException.class, () -> copy(dir.resolve("copy")));
        try (Stream<Path> left = Files.list(dir)) {
            assertEquals(List.of(original), left.toList());
        }
    }

    /** A partial file is of no use to a run whose tensors lie in another file. */
    @Test
    void settingsTellTensorsBesideTheWeightFile() throws IOException {
        String before = settings();
        assertEquals(before, settings());
        Path table = original.resolve("elsewhere/data/table.bin");
        byte[] bytes = Files.readAllBytes(table);
        bytes[100]++;
        Files.write(table, bytes);
        assertNotEquals(before, settings());
        bytes[100]--;
        Files.write(table, bytes);
        assertEquals(before, settings());
    }

    private String settings() {
        return TextEmbedder.of(
                        Heddle.model(original.resolve("models/m.heddle")),
                        CompileOptions.defaults(),
                        EmbeddingOptions.defaults())
                .settings();
    }

    @Test
    void aDirectoryWithFilesIsNotReplaced() throws IOException {
        Path there = Files.createDirectories(dir.resolve("there"));
        Files.writeString(there.resolve("notes"), "mine");
        assertThrows(DiagnosticException.class, () -> copy(there));
        assertEquals("mine", Files.readString(there.resolve("notes")));
    }
}
