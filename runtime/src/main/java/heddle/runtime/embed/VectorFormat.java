package heddle.runtime.embed;

import heddle.compiler.type.DType;
import heddle.runtime.file.AtomicFile;
import heddle.runtime.tensor.Npy;
import heddle.runtime.weights.Safetensors;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;

/** The form of a file of vectors. */
public enum VectorFormat {
    /** One array {@code f32[texts, dimension]}. */
    NPY,
    /** {@code vectors}, the same, and {@code lines: i64[texts]}, the number of each text's line. */
    SAFETENSORS,
    /** A line for each text: its line's number, its id if it has one, and its vector; null for what is not finite. */
    JSONL;

    /** The format that a file's name ends with, {@code .npy}. */
    public static Optional<VectorFormat> of(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(f -> name.endsWith("." + f.name().toLowerCase(Locale.ROOT)))
                .findFirst();
    }

    /** Writes all vectors, in place of any file of that name, and removes the partial file. */
    public void write(PartialVectors vectors, Path file) {
        try (AtomicFile atomic = new AtomicFile(file)) {
            OutputStream out = new BufferedOutputStream(atomic.stream(), 1 << 16);
            switch (this) {
                case NPY -> {
                    out.write(Npy.header(DType.F32, List.of(vectors.count(), (long) vectors.dimension())));
                    vectors.read(e -> out.write(e.vector()));
                }
                case SAFETENSORS -> {
                    out.write(Safetensors.header(tensors(vectors)));
                    vectors.read(e -> out.write(e.vector()));
                    ByteBuffer line = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                    vectors.read(e -> out.write(line.clear().putLong(e.line()).array()));
                }
                case JSONL -> vectors.read(e -> out.write(json(e).getBytes(StandardCharsets.UTF_8)));
            }
            out.flush();
            // Durably: the vectors are nowhere else afterwards.
            atomic.commitDurably();
            vectors.delete();
        } catch (IOException e) {
            throw AtomicFile.unwritable(file, e);
        }
    }

    private static Map<String, Object> tensors(PartialVectors vectors) {
        long n = vectors.count();
        long bytes = n * vectors.dimension() * Float.BYTES;
        Map<String, Object> tensors = new LinkedHashMap<>();
        tensors.put("vectors", tensor("F32", List.of(n, (long) vectors.dimension()), 0, bytes));
        tensors.put("lines", tensor("I64", List.of(n), bytes, bytes + n * Long.BYTES));
        return tensors;
    }

    private static Map<String, Object> tensor(String dtype, List<Long> shape, long from, long to) {
        Map<String, Object> tensor = new LinkedHashMap<>();
        tensor.put("dtype", dtype);
        tensor.put("shape", shape);
        tensor.put("data_offsets", List.of(from, to));
        return tensor;
    }

    private static String json(PartialVectors.Entry entry) {
        String id = entry.id().map(i -> ",\"id\":" + i).orElse("");
        StringJoiner vector = new StringJoiner(",", "[", "]");
        for (float x : entry.floats()) {
            vector.add(Float.isFinite(x) ? Float.toString(x) : "null"); // JSON has no other numbers.
        }
        return "{\"line\":" + entry.line() + id + ",\"vector\":" + vector + "}\n";
    }
}
