package heddle.runtime.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.type.DType;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpyTest {
    @TempDir
    Path dir;

    @ParameterizedTest
    @EnumSource(DType.class)
    void whatIsWrittenIsReadBack(DType dtype) {
        Tensor t = Tensor.of(new double[] {0, 1, -2, 3, 0.5, 100}, 2, 3).cast(dtype);
        Npy.write(t, dir.resolve("t.npy"));
        Tensor back = Npy.read(dir.resolve("t.npy"));
        assertEquals(dtype == DType.BF16 ? DType.F32 : dtype, back.dtype());
        assertArrayEquals(t.shape(), back.shape());
        for (int i = 0; i < t.size(); i++) {
            assertEquals(t.element(i), back.element(i));
        }
    }

    @Test
    void aTruncatedFileIsToBeCopiedAgain(@TempDir Path dir) throws IOException {
        Path file = dir.resolve("x.npy");
        Npy.write(Tensor.of(new float[] {1, 2, 3}, 3), file);
        byte[] whole = Files.readAllBytes(file);
        for (int length : new int[] {whole.length - 1, 11}) {
            Files.write(file, Arrays.copyOf(whole, length));
            DiagnosticException e = assertThrows(DiagnosticException.class, () -> Npy.read(file));
            String hint = e.diagnostics().getFirst().hint().orElseThrow();
            assertTrue(hint.contains("copy the file again"), hint);
        }
    }

    @Test
    void scalarsAndEmptyTensorsHaveShapesToo() {
        for (Tensor t : new Tensor[] {Tensor.of(new float[] {7}), Tensor.of(new long[0], 3, 0)}) {
            Npy.write(t, dir.resolve("t.npy"));
            assertEquals(t.toString(), Npy.read(dir.resolve("t.npy")).toString());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void allVersionsAreRead(int version) {
        byte[] data = bytes(ByteOrder.LITTLE_ENDIAN, b -> b.putFloat(1.5f).putFloat(-2));
        Tensor t = read(file(version, "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", data));
        assertArrayEquals(new float[] {1.5f, -2}, t.floats());
    }

    @Test
    void bigEndianElementsAreTurned() {
        byte[] data = bytes(ByteOrder.BIG_ENDIAN, b -> b.putLong(5).putLong(-6));
        Tensor t = read(file(1, "{'descr': '>i8', 'fortran_order': False, 'shape': (2,)}", data));
        assertArrayEquals(new long[] {5, -6}, t.longs());
    }

    @Test
    void fortranOrderBecomesRowMajor() {
        // [[1, 2, 3], [4, 5, 6]] column by column.
        byte[] data = bytes(ByteOrder.LITTLE_ENDIAN, b -> {
            for (int v : new int[] {1, 4, 2, 5, 3, 6}) {
                b.putInt(v);
            }
        });
        Tensor t = read(file(1, "{'descr': '<i4', 'fortran_order': True, 'shape': (2, 3)}", data));
        assertArrayEquals(new long[] {2, 3}, t.shape());
        assertArrayEquals(new int[] {1, 2, 3, 4, 5, 6}, t.ints());
    }

    @Test
    void fortranOrderOfThreeAxes() {
        byte[] data = new byte[24];
        for (int i = 0; i < 2; i++) {
            for (int j = 0; j < 3; j++) {
                for (int k = 0; k < 4; k++) {
                    data[i + 2 * j + 6 * k] = (byte) (12 * i + 4 * j + k);
                }
            }
        }
        Tensor t = read(file(1, "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3, 4)}", data));
        for (int i = 0; i < 24; i++) {
            assertEquals(i, t.ints()[i]);
        }
    }

    @Test
    void narrowIntegersAreWidened() {
        byte[] data = {(byte) 200, 1};
        assertArrayEquals(new int[] {-56, 1}, read(header("|i1", 2), data).ints());
        assertArrayEquals(new int[] {200, 1}, read(header("|u1", 2), data).ints());
        assertArrayEquals(new int[] {456}, read(header("<u2", 1), data).ints());
        byte[] large = bytes(ByteOrder.LITTLE_ENDIAN, b -> b.putInt(-1));
        assertArrayEquals(
                new long[] {4294967295L}, read(header("<u4", 1), large).longs());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "{'descr': '<f4', 'fortran_order': False}",
                "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}",
                "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (1,)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} trailing",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}",
                "{'descr': '|O', 'fortran_order': False, 'shape': (1,)}",
                "{'descr': '<c8', 'fortran_order': False, 'shape': (1,)}",
                "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 'x'}"
            })
    void aWrongHeaderIsAnErrorThatSaysWhy(String header) throws IOException {
        Path file = Files.write(dir.resolve("wrong.npy"), file(1, header, new byte[4]));
        var e = assertThrows(DiagnosticException.class, () -> Npy.read(file));
        assertEquals(RuntimeCode.TENSOR_FILE_CORRUPT, e.diagnostics().getFirst().code());
        assertTrue(e.diagnostics().getFirst().notes().getFirst().length() > 5, e.getMessage());
    }

    @Test
    void aFileThatIsNotThereIsAnError() {
        var e = assertThrows(DiagnosticException.class, () -> Npy.read(dir.resolve("none.npy")));
        assertEquals(RuntimeCode.FILE_UNREADABLE, e.diagnostics().getFirst().code());
    }

    /** Whatever a file holds, reading it gives a tensor or a reason, nothing else. */
    @Test
    void damagedFilesNeverSurprise() {
        byte[] good = file(2, header("<f4", 3), new byte[12]);
        for (int seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            byte[] damaged = random.nextInt(4) == 0 ? Arrays.copyOf(good, random.nextInt(good.length)) : good.clone();
            for (int n = random.nextInt(4); n >= 0 && damaged.length > 0; n--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            try {
                read(damaged);
            } catch (IllegalArgumentException expected) {
                assertTrue(expected.getMessage() != null, "seed " + seed);
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    private static String header(String descr, int length) {
        return "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (" + length + ",), }";
    }

    private static Tensor read(byte[] file) {
        return Npy.read(MemorySegment.ofArray(file));
    }

    private static Tensor read(String header, byte[] data) {
        return read(file(1, header, data));
    }

    private static byte[] file(int version, String header, byte[] data) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
        ByteBuffer length =
                ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(text.length);
        out.write(length.array(), 0, version == 1 ? 2 : 4);
        out.writeBytes(text);
        out.writeBytes(data);
        return out.toByteArray();
    }

    @FunctionalInterface
    private interface Filler {
        void fill(ByteBuffer buffer);
    }

    private static byte[] bytes(ByteOrder order, Filler filler) {
        ByteBuffer buffer = ByteBuffer.allocate(64).order(order);
        filler.fill(buffer);
        return Arrays.copyOf(buffer.array(), buffer.position());
    }
}
