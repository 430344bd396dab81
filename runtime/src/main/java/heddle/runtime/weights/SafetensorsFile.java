package heddle.runtime.weights;

import heddle.compiler.type.DType;
import heddle.compiler.type.Stored;
import heddle.runtime.tensor.ElementBytes;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.weights.SafetensorsHeader.Placed;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * A safetensors file, mapped into memory: eight bytes with the header's length, the header, the elements.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
 */
final class SafetensorsFile implements WeightFile {
    /** The format's own limit. */
    private static final long MAX_HEADER = 100_000_000;

    private final Path path;
    private final MemorySegment data;
    private final SafetensorsHeader header;
    private final SequencedMap<String, WeightEntry> entries;

    /** @throws IllegalArgumentException that says what is wrong with the file */
    SafetensorsFile(Path path, MemorySegment file) {
        if (file.byteSize() < 8) {
            throw new IllegalArgumentException(
                    "it has " + file.byteSize() + " bytes, fewer than the length of a header takes");
        }
        long length = file.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
        if (length < 2 || length > MAX_HEADER) {
            throw new IllegalArgumentException("it states a header of " + Long.toUnsignedString(length)
                    + " bytes; the format allows 2 to " + MAX_HEADER);
        }
        if (length > file.byteSize() - 8) {
            throw new IllegalArgumentException("it states a header of " + length + " bytes and has only "
                    + (file.byteSize() - 8) + " left: it is cut short");
        }
        byte[] json = file.asSlice(8, length).toArray(ValueLayout.JAVA_BYTE);
        if (json[0] != '{') {
            throw new IllegalArgumentException("its header does not begin with '{'");
        }
        this.path = path;
        this.data = file.asSlice(8 + length);
        this.header = SafetensorsHeader.parse(json, data.byteSize());
        SequencedMap<String, WeightEntry> all = new LinkedHashMap<>();
        header.tensors().forEach((name, placed) -> all.put(name, placed.entry()));
        this.entries = Collections.unmodifiableSequencedMap(all);
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public String format() {
        return "safetensors";
    }

    @Override
    public SequencedMap<String, WeightEntry> entries() {
        return entries;
    }

    @Override
    public Map<String, String> metadata() {
        return header.metadata();
    }

    @Override
    public Tensor read(String name) {
        Placed placed = placed(name);
        WeightEntry entry = placed.entry();
        DType dtype = entry.dtype().orElseThrow(() -> WeightFormat.unsupported(path, entry));
        int count = WeightFormat.count(path, entry);
        long[] shape = array(entry.shape());
        Stored stored = Stored.packed(dtype);
        return stored.isPacked()
                ? Tensor.packed(
                        dtype, shape, stored, ElementBytes.held(stored, bytes(placed), count, ByteOrder.LITTLE_ENDIAN))
                : Tensor.wrap(dtype, shape, ElementBytes.decode(dtype, bytes(placed), count, ByteOrder.LITTLE_ENDIAN));
    }

    /** Numbers of eight bits are {@code I8}. Those of four are {@code U8} with two columns in a byte, the first one lower. */
    @Override
    public Optional<List<Long>> quantised(WeightEntry entry, Stored stored) {
        boolean fits = entry.encoding().equals(stored == Stored.I4 ? "U8" : "I8");
        if (!fits || entry.shape().isEmpty()) {
            return Optional.empty();
        }
        List<Long> shape = new ArrayList<>(entry.shape());
        if (stored == Stored.I4) {
            shape.add(2 * shape.removeLast());
        }
        return Optional.of(shape);
    }

    @Override
    public Tensor read(String name, Stored stored) {
        Placed placed = placed(name);
        List<Long> shape =
                quantised(placed.entry(), stored).orElseThrow(() -> WeightFormat.unsupported(path, placed.entry()));
        int count = WeightFormat.count(path, placed.entry().withShape(shape));
        return Tensor.packed(
                DType.F32,
                array(shape),
                stored,
                ElementBytes.held(stored, bytes(placed), count, ByteOrder.LITTLE_ENDIAN));
    }

    private Placed placed(String name) {
        Placed placed = header.tensors().get(name);
        if (placed == null) {
            throw MissingWeight.in(this, name);
        }
        return placed;
    }

    private MemorySegment bytes(Placed placed) {
        return data.asSlice(placed.begin(), placed.entry().bytes());
    }

    private static long[] array(List<Long> shape) {
        return shape.stream().mapToLong(Long::longValue).toArray();
    }
}
