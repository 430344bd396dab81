package heddle.runtime.tensor;

import heddle.compiler.type.DType;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import heddle.runtime.file.AtomicFile;
import heddle.runtime.file.MappedFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Reads and writes NumPy's file format for one array, {@code .npy}, versions 1 to 3. */
public final class Npy {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int MAX_HEADER = 1 << 20;

    /** Thrown when a file has another size than its header says. */
    private static final class Truncated extends IllegalArgumentException {
        private static final long serialVersionUID = 1;

        Truncated(String message) {
            super(message);
        }
    }

    private Npy() {}

    /** Whether a file begins as {@code .npy} files do. */
    public static boolean isNpy(MemorySegment file) {
        return file.byteSize() >= MAGIC.length
                && file.asSlice(0, MAGIC.length).mismatch(MemorySegment.ofArray(MAGIC)) < 0;
    }

    /** The array in a file. @throws DiagnosticException when it is not one that can be read */
    public static Tensor read(Path file) {
        try (Arena arena = Arena.ofConfined()) {
            return read(MappedFile.map(file, arena, RuntimeCode.FILE_UNREADABLE));
        } catch (IllegalArgumentException e) {
            throw new DiagnosticException(
                    Diagnostic.of(RuntimeCode.TENSOR_FILE_CORRUPT, file + " is not an array that can be read")
                            .note(e.getMessage())
                            .hint(
                                    e instanceof Truncated
                                            ? "write or copy the file again, and compare its size with the original's"
                                            : "numpy.save writes such a file; arrays of bool, int or float, not of objects"));
        }
    }

    /** What NumPy calls the type of a file's elements, such as {@code uint8}, which is read as {@code i32}; of one that can be read. */
    public static String numpyType(Path file) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = MappedFile.map(file, arena, RuntimeCode.FILE_UNREADABLE);
            return format(header(mapped)).numpy();
        }
    }

    /** @throws IllegalArgumentException that says what is wrong */
    static Tensor read(MemorySegment file) {
        return elements(header(file), file.asSlice(start(file) + headerLength(file)));
    }

    private static NpyHeader header(MemorySegment file) {
        if (!isNpy(file)) {
            throw new IllegalArgumentException("it does not begin with \\x93NUMPY");
        }
        if (file.byteSize() < 12) {
            throw new Truncated("it ends within its header");
        }
        int version = file.get(ValueLayout.JAVA_BYTE, 6);
        if (version < 1 || version > 3) {
            throw new IllegalArgumentException("version " + version + " of the format is not known");
        }
        int start = start(file);
        long length = headerLength(file);
        if (length > MAX_HEADER || start + length > file.byteSize()) {
            throw new IllegalArgumentException("a header of " + length + " bytes does not fit");
        }
        byte[] text = file.asSlice(start, length).toArray(ValueLayout.JAVA_BYTE);
        return NpyHeader.parse(new String(text, version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1));
    }

    /** Where the header begins: behind its length, which takes two bytes in version 1 and four in others. */
    private static int start(MemorySegment file) {
        return file.get(ValueLayout.JAVA_BYTE, 6) == 1 ? 10 : 12;
    }

    private static long headerLength(MemorySegment file) {
        var u16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        var u32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        return start(file) == 10 ? Short.toUnsignedLong(file.get(u16, 8)) : Integer.toUnsignedLong(file.get(u32, 8));
    }

    private static NpyFormat format(NpyHeader header) {
        return NpyFormat.named(header.descr())
                .orElseThrow(() ->
                        new IllegalArgumentException("the element format '" + header.descr() + "' is not supported"));
    }

    private static Tensor elements(NpyHeader header, MemorySegment data) {
        NpyFormat format = format(header);
        int count = ElementCount.of(header.shape());
        if (data.byteSize() != (long) count * format.width()) {
            throw new Truncated("the shape " + header.shape() + " of '" + header.descr() + "' takes "
                    + (long) count * format.width() + " bytes, the file has " + data.byteSize());
        }
        Object storage = format.isDirect()
                ? ElementBytes.decode(format.dtype(), data, count, format.order())
                : widened(format, data, count);
        long[] shape = header.shape().stream().mapToLong(Long::longValue).toArray();
        Tensor tensor = Tensor.wrap(format.dtype(), header.fortran() ? reversed(shape) : shape, storage);
        return header.fortran() && shape.length > 1 ? transposed(tensor) : tensor;
    }

    /** Integers of a width, or without the sign, that Heddle has no type for. */
    private static Object widened(NpyFormat format, MemorySegment data, int count) {
        var i16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(format.order());
        var i32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(format.order());
        Object storage = Tensor.newStorage(format.dtype(), count);
        for (int i = 0; i < count; i++) {
            long value = switch (format.width()) {
                case 1 -> data.get(ValueLayout.JAVA_BYTE, i);
                case 2 -> data.get(i16, 2L * i);
                default -> data.get(i32, 4L * i);
            };
            if (format.kind() == 'u') {
                value &= -1L >>> (64 - 8 * format.width());
            }
            if (format.dtype() == DType.I64) {
                Array.setLong(storage, i, value);
            } else {
                Array.setInt(storage, i, (int) value);
            }
        }
        return storage;
    }

    private static long[] reversed(long[] shape) {
        long[] r = shape.clone();
        for (int i = 0; i < r.length; i++) {
            r[i] = shape[r.length - 1 - i];
        }
        return r;
    }

    /** All axes in the opposite order. */
    private static Tensor transposed(Tensor t) {
        long[] from = t.shape();
        long[] to = reversed(from);
        Object storage = Tensor.newStorage(t.dtype(), t.size());
        int[] index = new int[to.length];
        for (int i = 0; i < t.size(); i++) {
            int source = 0;
            for (int axis = to.length - 1; axis >= 0; axis--) {
                source = Math.toIntExact(source * to[axis] + index[axis]);
            }
            System.arraycopy(t.storage(), source, storage, i, 1);
            for (int axis = to.length - 1; axis >= 0 && ++index[axis] == to[axis]; axis--) {
                index[axis] = 0;
            }
        }
        return Tensor.wrap(t.dtype(), to, storage);
    }

    /** Writes a tensor, version 1, in C order; {@code bf16} as {@code f32}, which the format has. */
    public static void write(Tensor tensor, Path file) {
        Tensor t = tensor.dtype() == DType.BF16 ? tensor.cast(DType.F32) : tensor;
        try (AtomicFile out = new AtomicFile(file)) {
            out.append(ByteBuffer.wrap(
                    header(t.dtype(), Arrays.stream(t.shape()).boxed().toList())));
            ElementBytes.write(t, out);
            out.commit();
        } catch (IOException e) {
            throw AtomicFile.unwritable(file, e);
        }
    }

    /** All that stands before the elements of an array, which follow in C order; {@code bf16} is written as {@code f32}. */
    public static byte[] header(DType dtype, List<Long> shape) {
        String header = new NpyHeader(NpyFormat.descr(dtype), false, shape).toString();
        // The elements begin at a multiple of 64, for readers that map the file.
        String padded = header + " ".repeat(Math.floorMod(-(10 + header.length() + 1), 64)) + "\n";
        byte[] text = padded.getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocate(10 + text.length)
                .put(MAGIC)
                .put(new byte[] {1, 0, (byte) text.length, (byte) (text.length >> 8)})
                .put(text)
                .array();
    }
}
