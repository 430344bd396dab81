package heddle.runtime.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.ByteString;
import heddle.compiler.type.Stored;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.CompileOptions;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.ModelSource;
import heddle.runtime.RuntimeCode;
import heddle.runtime.Target;
import heddle.runtime.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights of ONNX files whose elements lie in other files, and those that are whole numbers of few bits. */
class OnnxWeightsTest {
    @TempDir
    Path dir;

    private Path write(TensorProto.Builder... tensors) throws IOException {
        GraphProto.Builder graph = GraphProto.newBuilder();
        for (TensorProto.Builder t : tensors) {
            graph.addInitializer(t);
        }
        byte[] model =
                ModelProto.newBuilder().setIrVersion(8).setGraph(graph).build().toByteArray();
        return Files.write(Files.createDirectories(dir.resolve("model")).resolve("m.onnx"), model);
    }

    private static TensorProto.Builder tensor(String name, DataType type, long... dims) {
        TensorProto.Builder b = TensorProto.newBuilder().setName(name).setDataType(type.getNumber());
        for (long d : dims) {
            b.addDims(d);
        }
        return b;
    }

    private static TensorProto.Builder raw(String name, DataType type, byte[] bytes, long... dims) {
        return tensor(name, type, dims).setRawData(ByteString.copyFrom(bytes));
    }

    private static TensorProto.Builder external(TensorProto.Builder tensor, String... entries) {
        tensor.setDataLocation(TensorProto.DataLocation.EXTERNAL);
        for (int i = 0; i < entries.length; i += 2) {
            tensor.addExternalData(
                    StringStringEntryProto.newBuilder().setKey(entries[i]).setValue(entries[i + 1]));
        }
        return tensor;
    }

    private static byte[] floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float v : values) {
            bytes.putFloat(v);
        }
        return bytes.array();
    }

    private static Diagnostic mistake(Path file, String weight) {
        return assertThrows(
                        DiagnosticException.class, () -> WeightFile.open(file).read(weight))
                .diagnostics()
                .getFirst();
    }

    @Test
    void elementsOfAnotherFileAreRead() throws IOException {
        Path file = write(
                external(tensor("second", DataType.FLOAT, 2), "location", "data/m.bin", "offset", "4", "length", "8"),
                external(tensor("all", DataType.FLOAT, 3), "location", "data/m.bin"));
        Files.write(Files.createDirectory(dir.resolve("model/data")).resolve("m.bin"), floats(1, 2, 3));
        WeightFile weights = WeightFile.open(file);
        assertArrayEquals(new float[] {2, 3}, weights.read("second").floats());
        assertArrayEquals(new float[] {1, 2, 3}, weights.read("all").floats());
        assertEquals(8, weights.entries().get("second").bytes());
    }

    @Test
    void bytesThatAreNotThereAreNotRead() throws IOException {
        Files.createDirectory(dir.resolve("model"));
        Files.write(dir.resolve("model/m.bin"), floats(1, 2, 3));
        Path file = write(
                external(tensor("longer", DataType.FLOAT, 4), "location", "m.bin"),
                external(tensor("beyond", DataType.FLOAT, 2), "location", "m.bin", "offset", "8"),
                external(tensor("far", DataType.FLOAT, 1), "location", "m.bin", "offset", "" + Long.MAX_VALUE),
                external(tensor("negative", DataType.FLOAT, 1), "location", "m.bin", "offset", "-4"),
                external(tensor("other", DataType.FLOAT, 3), "location", "m.bin", "length", "8"),
                external(tensor("absent", DataType.FLOAT, 1), "location", "none.bin"),
                external(tensor("folder", DataType.FLOAT, 1), "location", "."));
        for (String name : List.of("longer", "beyond", "far", "negative", "other", "absent", "folder")) {
            Diagnostic d = mistake(file, name);
            assertEquals(RuntimeCode.WEIGHT_EXTERNAL, d.code(), d.toString());
        }
        assertTrue(mistake(file, "longer").notes().toString().contains("16 bytes from byte 0"));
        assertTrue(mistake(file, "absent").notes().toString().contains("there is no file"));
    }

    @Test
    void linksDoNotLeadOutOfTheFolder() throws IOException {
        Files.write(dir.resolve("secret.bin"), floats(1));
        Path file = write(external(tensor("w", DataType.FLOAT, 1), "location", "link.bin"));
        Files.createSymbolicLink(dir.resolve("model/link.bin"), Path.of("../secret.bin"));
        Diagnostic d = mistake(file, "w");
        assertEquals(RuntimeCode.WEIGHT_EXTERNAL, d.code());
        assertTrue(d.notes().toString().contains("outside the folder"), d.toString());
        Files.delete(dir.resolve("model/link.bin"));
        Files.write(dir.resolve("model/there.bin"), floats(7));
        Files.createSymbolicLink(dir.resolve("model/link.bin"), Path.of("there.bin"));
        assertArrayEquals(new float[] {7}, WeightFile.open(file).read("w").floats());
    }

    @Test
    void wholeNumbersAreReadInAWiderType() throws IOException {
        Path file = write(
                raw("u8", DataType.UINT8, new byte[] {0, 127, -1}, 3),
                raw("i8", DataType.INT8, new byte[] {0, 127, -1}, 3),
                raw("u16", DataType.UINT16, new byte[] {-1, -1, 1, 0}, 2),
                raw("i16", DataType.INT16, new byte[] {-1, -1, 1, 0}, 2),
                raw("u32", DataType.UINT32, new byte[] {-1, -1, -1, -1}, 1),
                raw("u64", DataType.UINT64, new byte[] {2, 0, 0, 0, 1, 0, 0, 0}, 1),
                raw("i4", DataType.INT4, new byte[] {0x7f, 0x08}, 3),
                raw("u4", DataType.UINT4, new byte[] {0x7f, 0x08}, 3),
                tensor("fields", DataType.UINT8, 2).addInt32Data(3).addInt32Data(250),
                tensor("u64 fields", DataType.UINT64, 1).addUint64Data(5));
        WeightFile weights = WeightFile.open(file);
        assertArrayEquals(new int[] {0, 127, 255}, weights.read("u8").ints());
        assertArrayEquals(new int[] {0, 127, -1}, weights.read("i8").ints());
        assertArrayEquals(new int[] {65535, 1}, weights.read("u16").ints());
        assertArrayEquals(new int[] {-1, 1}, weights.read("i16").ints());
        assertArrayEquals(new long[] {0xffffffffL}, weights.read("u32").longs());
        assertArrayEquals(new long[] {(1L << 32) + 2}, weights.read("u64").longs());
        assertArrayEquals(new int[] {-1, 7, -8}, weights.read("i4").ints());
        assertArrayEquals(new int[] {15, 7, 8}, weights.read("u4").ints());
        assertArrayEquals(new int[] {3, 250}, weights.read("fields").ints());
        assertArrayEquals(new long[] {5}, weights.read("u64 fields").longs());
    }

    @Test
    void quantisedOnesStayPacked() throws IOException {
        Path file = write(
                raw("i8", DataType.INT8, new byte[] {-128, 0, 127, 5}, 2, 2),
                raw("u8", DataType.UINT8, new byte[] {0, -128, -1, 5}, 2, 2),
                raw("i4", DataType.INT4, new byte[] {0x7f, 0x08}, 1, 4),
                raw("u4", DataType.UINT4, new byte[] {0x7f, 0x08}, 1, 4),
                tensor("fields", DataType.UINT8, 1, 2).addInt32Data(3).addInt32Data(250),
                raw("f32", DataType.FLOAT, floats(1), 1));
        WeightFile weights = WeightFile.open(file);
        assertArrayEquals(
                new float[] {-128, 0, 127, 5}, weights.read("i8", Stored.I8).floats());
        assertArrayEquals(
                new float[] {-128, 0, 127, -123}, weights.read("u8", Stored.I8).floats());
        assertArrayEquals(
                new float[] {-1, 7, -8, 0}, weights.read("i4", Stored.I4).floats());
        assertArrayEquals(
                new float[] {7, -1, 0, -8}, weights.read("u4", Stored.I4).floats());
        assertArrayEquals(
                new float[] {-125, 122}, weights.read("fields", Stored.I8).floats());
        assertEquals(Stored.I8, weights.read("u8", Stored.I8).stored());
        assertEquals(
                RuntimeCode.WEIGHT_ENCODING,
                assertThrows(DiagnosticException.class, () -> weights.read("f32", Stored.I8))
                        .diagnostics()
                        .getFirst()
                        .code());
    }

    /** The ways in which an import writes a quantised product: a scale of the tensor, scales of columns, a zero point. */
    @Test
    void quantisedProductsAreComputedFromPackedWeights() throws IOException {
        byte[] whole = {1, -2, 3, 4, -5, 6};
        byte[] unsigned = new byte[6];
        for (int i = 0; i < 6; i++) {
            unsigned[i] = (byte) (whole[i] + 128);
        }
        Path file = write(
                raw("w", DataType.INT8, whole, 3, 2),
                raw("u", DataType.UINT8, unsigned, 3, 2),
                raw("v", DataType.UINT8, unsigned, 3, 2),
                raw("w_zero", DataType.INT8, new byte[] {2}, 1),
                raw("scale", DataType.FLOAT, floats(0.5f)),
                raw("one", DataType.FLOAT, floats(0.5f), 1),
                raw("scales", DataType.FLOAT, floats(0.5f, 0.25f), 2));
        String model = """
                input x: f32[1, 3]
                let signed = x @ (weight "w" : f32[3, 2] as i8)
                output a = signed * weight "scale" : f32[]
                output b = (x @ (weight "u" : f32[3, 2] as i8)) * weight "one" : f32[1]
                output c = x @ weight "v" : f32[3, 2] as i8 per column scales "scales"
                output d = (signed - sum(x, axis = -1, keepdims = true) * cast(weight "w_zero" : i32[1], f32)) * 0.5
                """;
        HeddleModel read = Heddle.model(ModelSource.text("m.heddle", model), Map.of());
        CompileOptions options = CompileOptions.defaults().withWeights(file.toString());
        assertEquals(Stored.I8, read.weights(options).get("w").stored());
        assertEquals(Stored.I8, read.weights(options).get("u").stored());
        Map<String, Tensor> results = read.compile(
                        options.withTarget(options.target().withTarget(Target.JVM)))
                .run(Map.of("x", Tensor.of(new float[] {1, 10, 100}, 1, 3)));
        float left = 1 + 30 - 500;
        float right = -2 + 40 + 600;
        assertArrayEquals(new float[] {left / 2, right / 2}, results.get("a").floats(), 1e-4f);
        assertArrayEquals(new float[] {left / 2, right / 2}, results.get("b").floats(), 1e-4f);
        assertArrayEquals(new float[] {left / 2, right / 4}, results.get("c").floats(), 1e-4f);
        assertArrayEquals(
                new float[] {(left - 222) / 2, (right - 222) / 2},
                results.get("d").floats(),
                1e-4f);
    }
}
