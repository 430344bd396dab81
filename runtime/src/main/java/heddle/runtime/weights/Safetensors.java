package heddle.runtime.weights;

import com.fasterxml.jackson.jr.ob.JSON;
import heddle.compiler.type.Stored;
import heddle.runtime.file.AtomicFile;
import heddle.runtime.tensor.ElementBytes;
import heddle.runtime.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Writes safetensors files. Tensors are written in the form in which they are held: whole numbers of eight bits as {@code I8}, those
 * of four as {@code U8} with half as many columns, the first of two neighbours in the lower four bits.
 */
public final class Safetensors {
    private Safetensors() {}

    /** Writes tensors in the map's order, in place of any file of that name. */
    public static void write(SequencedMap<String, Tensor> tensors, Path file) {
        write(tensors, Map.of(), file, AtomicFile::commit);
    }

    /** The same with free text, on the disk when this returns. */
    public static void writeDurably(SequencedMap<String, Tensor> tensors, Map<String, String> text, Path file) {
        write(tensors, text, file, AtomicFile::commitDurably);
    }

    /** How a file gets its name. */
    private interface Ending {
        void commit(AtomicFile file) throws IOException;
    }

    private static void write(
            SequencedMap<String, Tensor> tensors, Map<String, String> text, Path file, Ending ending) {
        Map<String, Object> header = new LinkedHashMap<>();
        if (!text.isEmpty()) {
            header.put(SafetensorsHeader.METADATA, text);
        }
        long at = 0;
        for (var e : tensors.entrySet()) {
            Tensor t = e.getValue();
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("dtype", dtype(t));
            entry.put("shape", shape(t));
            entry.put("data_offsets", List.of(at, at + t.bytes()));
            header.put(e.getKey(), entry);
            at += t.bytes();
        }
        try (AtomicFile out = new AtomicFile(file)) {
            out.append(ByteBuffer.wrap(header(header)));
            for (Tensor t : tensors.values()) {
                ElementBytes.write(t, out);
            }
            ending.commit(out);
        } catch (IOException e) {
            throw AtomicFile.unwritable(file, e);
        }
    }

    /**
     * All that stands before the elements of a file's tensors.
     *
     * @param tensors {@code dtype}, {@code shape} and {@code data_offsets} of each, by name
     */
    public static byte[] header(Map<String, Object> tensors) throws IOException {
        byte[] json = JSON.std.asString(tensors).getBytes(StandardCharsets.UTF_8);
        // Padded with spaces, so that elements lie at multiples of eight when the file is mapped.
        byte[] padded = Arrays.copyOf(json, json.length + Math.floorMod(-json.length, 8));
        Arrays.fill(padded, json.length, padded.length, (byte) ' ');
        return ByteBuffer.allocate(Long.BYTES + padded.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(padded.length)
                .put(padded)
                .array();
    }

    private static String dtype(Tensor t) {
        return switch (t.stored()) {
            case I4 -> "U8";
            case I8, F16, BF16 -> t.stored().name();
            default -> t.dtype().name();
        };
    }

    private static List<Long> shape(Tensor t) {
        List<Long> shape = new ArrayList<>(Arrays.stream(t.shape()).boxed().toList());
        if (t.stored() == Stored.I4) {
            if (shape.isEmpty() || shape.getLast() % 2 != 0) {
                throw new IllegalArgumentException("rows of i4 have an even length, not " + shape);
            }
            shape.set(shape.size() - 1, shape.getLast() / 2);
        }
        return shape;
    }
}
