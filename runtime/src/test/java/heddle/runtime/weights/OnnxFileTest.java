package heddle.runtime.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.ByteString;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxFileTest {
    @TempDir
    Path dir;

    @Test
    void rawAndTypedElementsAreRead() throws IOException {
        WeightFile file = open(
                tensor("raw", DataType.FLOAT, 2).setRawData(raw()).build(),
                tensor("f32", DataType.FLOAT, 2).addFloatData(1).addFloatData(2).build(),
                tensor("f64", DataType.DOUBLE, 1).addDoubleData(0.1).build(),
                tensor("f16", DataType.FLOAT16, 1)
                        .addInt32Data(Float.floatToFloat16(-1.5f))
                        .build(),
                tensor("bf16", DataType.BFLOAT16, 1).addInt32Data(0xbf80).build(),
                tensor("i32", DataType.INT32, 1).addInt32Data(-7).build(),
                tensor("i64", DataType.INT64, 1, 1).addInt64Data(1L << 40).build(),
                tensor("bool", DataType.BOOL, 2).addInt32Data(1).addInt32Data(0).build());
        assertArrayEquals(new float[] {3, -4}, file.read("raw").floats());
        assertArrayEquals(new float[] {1, 2}, file.read("f32").floats());
        assertArrayEquals(new double[] {0.1}, file.read("f64").doubles());
        assertArrayEquals(new float[] {-1.5f}, file.read("f16").floats());
        assertArrayEquals(new float[] {-1}, file.read("bf16").floats());
        assertArrayEquals(new int[] {-7}, file.read("i32").ints());
        assertEquals("i64[1, 1]", file.read("i64").toString());
        assertArrayEquals(new boolean[] {true, false}, file.read("bool").booleans());
    }

    @Test
    void whatIsNotThereIsSaid() throws IOException {
        WeightFile file = open(
                tensor("short", DataType.FLOAT, 3).setRawData(raw()).build(),
                tensor("few", DataType.INT64, 3).addInt64Data(1).build(),
                tensor("text", DataType.STRING, 1).build(),
                tensor("huge", DataType.FLOAT, 1 << 20, 1 << 20).build(),
                tensor("elsewhere", DataType.FLOAT, 2)
                        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                        .build());
        assertEquals(RuntimeCode.WEIGHT_FILE_CORRUPT, SafetensorsTest.code(() -> file.read("short")));
        assertEquals(RuntimeCode.WEIGHT_FILE_CORRUPT, SafetensorsTest.code(() -> file.read("few")));
        assertEquals(RuntimeCode.WEIGHT_ENCODING, SafetensorsTest.code(() -> file.read("text")));
        assertEquals(RuntimeCode.TENSOR_TOO_LARGE, SafetensorsTest.code(() -> file.read("huge")));
        assertEquals(RuntimeCode.WEIGHT_EXTERNAL, SafetensorsTest.code(() -> file.read("elsewhere")));
        assertEquals(RuntimeCode.WEIGHT_MISSING, SafetensorsTest.code(() -> file.read("none")));
    }

    @Test
    void filesThatAreNoModelsAreErrors() throws IOException {
        Path empty = Files.write(dir.resolve("empty.onnx"), new byte[0]);
        assertEquals(RuntimeCode.WEIGHT_FILE_CORRUPT, SafetensorsTest.code(() -> WeightFile.open(empty)));
        assertEquals(
                RuntimeCode.WEIGHT_FILE_UNREADABLE,
                SafetensorsTest.code(() -> WeightFile.open(dir.resolve("none.onnx"))));
        Path other = Files.writeString(dir.resolve("notes.txt"), "hello");
        assertEquals(RuntimeCode.WEIGHT_FORMAT_UNKNOWN, SafetensorsTest.code(() -> WeightFile.open(other)));
    }

    /** Whatever a file holds, opening and reading it gives tensors or a reason, nothing else. */
    @Test
    void damagedFilesNeverSurprise() {
        byte[] good = model(
                tensor("raw", DataType.FLOAT, 2).setRawData(raw()).build(),
                tensor("i64", DataType.INT64, 1).addInt64Data(5).build());
        for (int seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            byte[] damaged = good.clone();
            for (int n = random.nextInt(3); n >= 0; n--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            try {
                ByteBuffer direct =
                        ByteBuffer.allocateDirect(damaged.length).put(damaged).flip();
                OnnxFile file = new OnnxFile(dir, MemorySegment.ofBuffer(direct));
                file.entries().keySet().forEach(file::read);
            } catch (IllegalArgumentException | DiagnosticException expected) {
                assertTrue(expected.getMessage() != null, "seed " + seed);
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    private WeightFile open(TensorProto... tensors) throws IOException {
        return WeightFile.open(Files.write(dir.resolve("m.onnx"), model(tensors)));
    }

    private static byte[] model(TensorProto... tensors) {
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .setGraph(GraphProto.newBuilder().addAllInitializer(List.of(tensors)))
                .build()
                .toByteArray();
    }

    private static TensorProto.Builder tensor(String name, DataType type, long... dims) {
        TensorProto.Builder b = TensorProto.newBuilder().setName(name).setDataType(type.getNumber());
        for (long d : dims) {
            b.addDims(d);
        }
        return b;
    }

    private static ByteString raw() {
        return ByteString.copyFrom(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(3)
                .putFloat(-4)
                .flip());
    }
}
