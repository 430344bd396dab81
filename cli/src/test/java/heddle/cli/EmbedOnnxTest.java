package heddle.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import heddle.runtime.tensor.Npy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Vectors of texts from an ONNX file with the files of sentence-transformers beside it, and from what it is imported as. */
class EmbedOnnxTest {
    private static final int WIDTH = 2;

    @TempDir
    Path dir;

    private Path onnx;
    private Path texts;

    /** The vector of a word is its number in the vocabulary, and one. */
    @BeforeEach
    void write() throws IOException {
        TensorProto.Builder table = TensorProto.newBuilder()
                .setName("words")
                .setDataType(DataType.FLOAT_VALUE)
                .addDims(4)
                .addDims(WIDTH);
        for (int word = 0; word < 4; word++) {
            table.addFloatData(word).addFloatData(1);
        }
        GraphProto graph = GraphProto.newBuilder()
                .setName("main_graph")
                .addInput(value("input_ids", DataType.INT64_VALUE, symbol("batch_size"), symbol("sequence_length")))
                .addInitializer(table)
                .addNode(NodeProto.newBuilder()
                        .setName("/Gather")
                        .setOpType("Gather")
                        .addInput("words")
                        .addInput("input_ids")
                        .addOutput("token_embeddings"))
                .addOutput(value(
                        "token_embeddings",
                        DataType.FLOAT_VALUE,
                        symbol("batch_size"),
                        symbol("sequence_length"),
                        Dimension.newBuilder().setDimValue(WIDTH).build()))
                .build();
        onnx = dir.resolve("model.onnx");
        Files.write(
                onnx,
                ModelProto.newBuilder()
                        .setIrVersion(8)
                        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                        .setGraph(graph)
                        .build()
                        .toByteArray());
        Files.writeString(dir.resolve("tokenizer.json"), """
                {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,
                 "pre_tokenizer": {"type": "Whitespace"}, "post_processor": null, "decoder": null,
                 "model": {"type": "WordLevel", "vocab": {"one": 1, "two": 2, "three": 3, "[UNK]": 0}, "unk_token": "[UNK]"}}
                """);
        texts = Files.writeString(dir.resolve("in.txt"), "three one two\n");
    }

    private static Dimension symbol(String name) {
        return Dimension.newBuilder().setDimParam(name).build();
    }

    private static ValueInfoProto value(String name, int type, Dimension... dims) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (Dimension d : dims) {
            shape.addDim(d);
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(
                                TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape)))
                .build();
    }

    private void modules(boolean normalize) throws IOException {
        Files.writeString(dir.resolve("modules.json"), """
                [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
                 {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}%s]
                """.formatted(
                        normalize
                                ? ", {\"idx\": 2, \"name\": \"2\", \"path\": \"2_Normalize\","
                                        + " \"type\": \"sentence_transformers.models.Normalize\"}"
                                : ""));
    }

    private void pooling(String mode) throws IOException {
        Files.createDirectories(dir.resolve("1_Pooling"));
        Files.writeString(dir.resolve("1_Pooling/config.json"), """
                {"word_embedding_dimension": 2, "pooling_mode_cls_token": %b, "pooling_mode_mean_tokens": %b,
                 "pooling_mode_max_tokens": false, "pooling_mode_lasttoken": %b}
                """.formatted(
                        mode.equals("cls"), mode.equals("mean"), mode.equals("last")));
    }

    private float[] vector(Path model, Object... more) {
        Path output = dir.resolve("out.npy");
        Object[] words = new Object[6 + more.length];
        System.arraycopy(new Object[] {"embed", model, "--input", texts, "-o", output}, 0, words, 0, 6);
        System.arraycopy(more, 0, words, 6, more.length);
        Ran ran = Ran.command(words);
        assertEquals(ExitCode.DONE, ran.code(), ran.toString());
        return Npy.read(output).floats();
    }

    @ParameterizedTest
    @CsvSource({"mean,2", "cls,3", "last,2"})
    void poolingIsThatOfTheFiles(String mode, float first) throws IOException {
        modules(false);
        pooling(mode);
        Files.writeString(texts, mode.equals("mean") ? "three one two\n" : "three one two two\n");
        assertArrayEquals(new float[] {first, 1}, vector(onnx));
    }

    /** The imported source lies elsewhere, where only its manifest is beside it. */
    @Test
    void anImportedModelHasTheSameVectorsWithoutTheFiles() throws IOException {
        modules(true);
        pooling("last");
        Files.writeString(
                dir.resolve("sentence_bert_config.json"), "{\"max_seq_length\": 4, \"do_lower_case\": false}");
        Files.writeString(dir.resolve("config_sentence_transformers.json"), """
                {"prompts": {"query": "one \\"two\\" ", "task": "three\\none "}, "default_prompt_name": "task"}
                """);
        Path imported = Files.createDirectories(dir.resolve("elsewhere")).resolve("m.heddle");
        Ran ran = Ran.command("import", onnx, "-o", imported);
        assertEquals(ExitCode.DONE, ran.code(), ran.toString());
        assertTrue(ran.err().contains("note: the prompt \"task\", which sentence-transformers writes by default"));
        assertEquals("""
                weights = ../model.onnx
                tokenizer = ../tokenizer.json
                vectors = token_embeddings
                pooling = last
                normalize = true
                tokens = 4
                prompt.query = "one \\"two\\" "
                prompt.task = "three\\none "
                """, Files.readString(imported.resolveSibling("m.properties")));
        for (String prompt : new String[] {"query", "task"}) {
            assertArrayEquals(vector(onnx, "--prompt", prompt), vector(imported, "--prompt", prompt), prompt);
        }
        // Of "three one three one two" four tokens are taken; the last is "one", of length one.
        float part = (float) Math.sqrt(0.5);
        assertArrayEquals(new float[] {part, part}, vector(imported, "--prompt", "task"), 1e-6f);
        assertArrayEquals(vector(imported, "--prompt", "task"), vector(onnx), "by default");
    }

    /** As sentence-transformers stores a model with the backend onnx. */
    @Test
    void aFolderOfItsOwnIsOneBelowTheFiles() throws IOException {
        modules(false);
        pooling("cls");
        Path below = Files.createDirectories(dir.resolve("onnx")).resolve("model.onnx");
        Files.move(onnx, below);
        assertArrayEquals(new float[] {3, 1}, vector(below));
    }

    @Test
    void whatIsNotComputedIsANoteOfTheImport() throws IOException {
        modules(false);
        Files.createDirectories(dir.resolve("1_Pooling"));
        Files.writeString(dir.resolve("1_Pooling/config.json"), "{\"pooling_mode_max_tokens\": true}");
        Path imported = dir.resolve("m.heddle");
        Ran ran = Ran.command("import", onnx, "-o", imported);
        assertEquals(ExitCode.DONE, ran.code(), ran.toString());
        assertTrue(ran.err().contains("note: the manifest does not say how vectors of texts are made"), ran.err());
        assertTrue(ran.err().contains("pooling_mode_max_tokens"), ran.err());
        assertFalse(Files.readString(dir.resolve("m.properties")).contains("pooling"));
    }
}
