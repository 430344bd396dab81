package heddle.runtime.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.type.DType;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import heddle.runtime.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {
    private static final String GOOD = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
            + "\"b\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[8,9]},"
            + "\"__metadata__\":{\"format\":\"pt\"}}";

    @TempDir
    Path dir;

    @Test
    void whatIsWrittenIsReadBack() {
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        for (DType dtype : DType.values()) {
            tensors.put(
                    "t." + dtype + " \"é\"",
                    Tensor.of(new double[] {0, 1, -2, 0.5}, 2, 2).cast(dtype));
        }
        tensors.put("scalar", Tensor.of(new float[] {3}));
        tensors.put("empty", Tensor.of(new long[0], 0, 4));
        Safetensors.write(tensors, dir.resolve("w.safetensors"));
        WeightFile file = WeightFile.open(dir.resolve("w.safetensors"));
        assertEquals(List.copyOf(tensors.keySet()), List.copyOf(file.entries().keySet()));
        tensors.forEach((name, t) -> {
            Tensor back = file.read(name);
            assertEquals(t.toString(), back.toString());
            for (int i = 0; i < t.size(); i++) {
                assertEquals(t.element(i), back.element(i), name);
            }
        });
    }

    @Test
    void tensorsOfOtherTypesAreListedButNotRead() throws IOException {
        WeightFile file = WeightFile.open(write(GOOD, new byte[9]));
        assertEquals("U8[]", file.entries().get("b").type());
        assertArrayEquals(new float[2], file.read("a").floats());
        assertEquals(RuntimeCode.WEIGHT_ENCODING, code(() -> file.read("b")));
        assertEquals(RuntimeCode.WEIGHT_MISSING, code(() -> file.read("c")));
    }

    @Test
    void freeTextIsKept() {
        byte[] bytes = bytes(GOOD, new byte[9]);
        assertEquals(
                "pt",
                new SafetensorsFile(dir, MemorySegment.ofArray(bytes))
                        .metadata()
                        .get("format"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{\"a\":1}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                        + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                        + "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"more\":1}}",
                "{\"__metadata__\":{\"x\":1},\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
                "{\"__metadata__\":3,\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}"
            })
    void aWrongHeaderIsAnErrorThatSaysWhy(String header) throws IOException {
        Path file = write(header, new byte[8]);
        var e = assertThrows(DiagnosticException.class, () -> WeightFile.open(file));
        assertEquals(RuntimeCode.WEIGHT_FILE_CORRUPT, e.diagnostics().getFirst().code());
        assertTrue(e.diagnostics().getFirst().notes().getFirst().length() > 5, e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 1000, 100_000_001, Long.MAX_VALUE, -1})
    void aHeaderThatDoesNotFitIsAnError(long length) throws IOException {
        byte[] bytes = bytes(GOOD, new byte[9]);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
        Path file = Files.write(dir.resolve("w.safetensors"), bytes);
        assertEquals(RuntimeCode.WEIGHT_FILE_CORRUPT, code(() -> WeightFile.open(file)));
    }

    @Test
    void aTruncatedFileIsAnError() throws IOException {
        byte[] bytes = bytes(GOOD, new byte[9]);
        for (int length = 0; length < bytes.length; length++) {
            Path file = Files.write(dir.resolve("w.safetensors"), Arrays.copyOf(bytes, length));
            assertEquals(RuntimeCode.WEIGHT_FILE_CORRUPT, code(() -> WeightFile.open(file)), "length " + length);
        }
    }

    /** Whatever a file holds, opening and reading it gives tensors or a reason, nothing else. */
    @Test
    void damagedFilesNeverSurprise() {
        byte[] good = bytes(GOOD, new byte[9]);
        for (int seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            byte[] damaged = good.clone();
            for (int n = random.nextInt(4); n >= 0; n--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(random.nextBoolean() ? 128 : 256);
            }
            try {
                SafetensorsFile file = new SafetensorsFile(dir, MemorySegment.ofArray(damaged));
                file.entries().keySet().forEach(file::read);
            } catch (IllegalArgumentException | DiagnosticException expected) {
                assertTrue(expected.getMessage() != null, "seed " + seed);
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    static RuntimeCode code(Runnable action) {
        return (RuntimeCode) assertThrows(DiagnosticException.class, action::run)
                .diagnostics()
                .getFirst()
                .code();
    }

    private Path write(String header, byte[] data) throws IOException {
        return Files.write(dir.resolve("w.safetensors"), bytes(header, data));
    }

    private static byte[] bytes(String header, byte[] data) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .put(data)
                .array();
    }
}
