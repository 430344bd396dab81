package heddle.runtime.embed;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.file.AtomicFile;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * Vectors that have been computed so far, in a file beside the one that they are for. A run that ends early leaves it, and another
 * one goes on with it. It begins with a sum of what vectors depend on; each record is the number of a line, the sum of its text, its
 * id, and the vector. A record is with the operating system when {@link #append} returns, so that it outlives the process.
 */
public final class PartialVectors implements AutoCloseable {
    private static final long MAGIC = 0x686564766563_0001L; // "hedvec", version 1
    private static final int HEADER = 2 * Long.BYTES + Integer.BYTES;

    private final Path file;
    private final int dimension;
    private final FileChannel out;
    private long count;

    /**
     * A record.
     *
     * @param sum    of the text
     * @param vector its elements, each four bytes, the lowest first
     */
    record Entry(long line, int sum, Optional<String> id, byte[] vector) {
        /** The vector's elements. */
        float[] floats() {
            float[] floats = new float[vector.length / Float.BYTES];
            ByteBuffer.wrap(vector)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .get(floats);
            return floats;
        }
    }

    /** What is done with each record. */
    interface Reading {
        void read(Entry entry) throws IOException;
    }

    private PartialVectors(Path file, int dimension, long count, StandardOpenOption how) throws IOException {
        this.file = file;
        this.dimension = dimension;
        this.count = count;
        this.out = FileChannel.open(file, StandardOpenOption.WRITE, how);
    }

    /** The partial file of an output. */
    public static Path of(Path output) {
        return output.resolveSibling(output.getFileName() + ".partial");
    }

    /**
     * Begins.
     *
     * @param settings all that vectors depend on beside the texts
     * @throws DiagnosticException when there is such a file, or it cannot be written
     */
    public static PartialVectors begin(Path output, String settings, int dimension) {
        requireNone(output);
        Path file = of(output);
        try {
            PartialVectors partial = new PartialVectors(file, dimension, 0, StandardOpenOption.CREATE_NEW);
            partial.write(ByteBuffer.allocate(HEADER)
                    .putLong(MAGIC)
                    .putLong(sum(settings))
                    .putInt(dimension));
            return partial;
        } catch (IOException e) {
            throw AtomicFile.unwritable(file, e);
        }
    }

    /** Checks that no earlier run has left something. @throws DiagnosticException when one has */
    public static void requireNone(Path output) {
        if (Files.exists(of(output))) {
            throw new DiagnosticException(Diagnostic.of(EmbedCode.PARTIAL, of(output) + " is there from an earlier run")
                    .hint("--resume goes on with it; or delete it to begin anew"));
        }
    }

    /**
     * Goes on where an earlier run ended, or begins when there was none, or one that had not got as far as its first vector.
     *
     * @param lines the input from its start; those that are there are taken from it
     * @throws DiagnosticException when the file was made with other settings or of another input
     */
    public static PartialVectors resume(Path output, String settings, int dimension, Iterator<TextLine> lines) {
        Path file = of(output);
        try {
            if (Files.isRegularFile(file) && Files.size(file) < HEADER) {
                Files.delete(file);
            }
            if (!Files.exists(file)) {
                return begin(output, settings, dimension);
            }
            long[] count = {0};
            long end = 0;
            try (Reader in = new Reader(file)) {
                if (!in.begins(sum(settings), dimension)) {
                    throw new DiagnosticException(
                            Diagnostic.of(EmbedCode.PARTIAL, file + " was made with another model or other options")
                                    .hint("give the same ones, or delete it to begin anew"));
                }
                end = in.at;
                for (Optional<Entry> e = in.next(dimension); e.isPresent(); e = in.next(dimension)) {
                    requireSame(file, e.get(), lines);
                    count[0]++;
                    end = in.at;
                }
            }
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(end); // A record that was being written.
            }
            return new PartialVectors(file, dimension, count[0], StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw AtomicFile.unwritable(file, e);
        }
    }

    private static void requireSame(Path file, Entry entry, Iterator<TextLine> lines) {
        if (lines.hasNext()) {
            TextLine line = lines.next();
            if (line.line() == entry.line() && (int) sum(line.text()) == entry.sum()) {
                return;
            }
        }
        throw new DiagnosticException(
                Diagnostic.of(EmbedCode.PARTIAL, file + " was made of another input: line " + entry.line() + " differs")
                        .hint("give the same input, or delete the file to begin anew"));
    }

    private static long sum(String text) {
        CRC32 sum = new CRC32();
        sum.update(text.getBytes(StandardCharsets.UTF_8));
        return sum.getValue();
    }

    /** How many vectors there are. */
    public long count() {
        return count;
    }

    int dimension() {
        return dimension;
    }

    public void append(TextLine line, float[] vector) {
        try {
            byte[] id = line.id().orElse("").getBytes(StandardCharsets.UTF_8);
            ByteBuffer record = ByteBuffer.allocate(
                            Long.BYTES + 2 * Integer.BYTES + id.length + vector.length * Float.BYTES)
                    .putLong(line.line())
                    .putInt((int) sum(line.text()))
                    .putInt(id.length)
                    .put(id);
            record.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(vector);
            write(record.position(record.capacity()));
            count++;
        } catch (IOException e) {
            throw AtomicFile.unwritable(file, e);
        }
    }

    private void write(ByteBuffer bytes) throws IOException {
        bytes.flip();
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    /** Reads all records from the first. */
    void read(Reading reading) throws IOException {
        try (Reader in = new Reader(file)) {
            in.begins(0, dimension);
            for (long i = 0; i < count; i++) {
                reading.read(in.next(dimension).orElseThrow(() -> new IOException(file + " has lost a record")));
            }
        }
    }

    /** Removes the file: what it was for is written. */
    public void delete() throws IOException {
        out.close();
        Files.delete(file);
    }

    /** Leaves the file for another run, unless it holds nothing. */
    @Override
    public void close() {
        try {
            out.close();
            if (count == 0) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw AtomicFile.unwritable(file, e);
        }
    }

    private static final class Reader implements AutoCloseable {
        private final DataInputStream in;

        /** The bytes of all that was read. */
        private long at;

        Reader(Path file) throws IOException {
            in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16));
        }

        boolean begins(long sum, int dimension) throws IOException {
            at = HEADER;
            try {
                return in.readLong() == MAGIC & in.readLong() == sum & in.readInt() == dimension;
            } catch (EOFException e) {
                return false;
            }
        }

        /** The next record; empty at the end, and for one that is not whole. */
        Optional<Entry> next(int dimension) throws IOException {
            try {
                long line = in.readLong();
                int sum = in.readInt();
                byte[] id = in.readNBytes(in.readInt());
                byte[] vector = new byte[dimension * Float.BYTES];
                in.readFully(vector);
                at += Long.BYTES + 2L * Integer.BYTES + id.length + vector.length;
                String name = new String(id, StandardCharsets.UTF_8);
                return Optional.of(new Entry(line, sum, Optional.of(name).filter(n -> !n.isEmpty()), vector));
            } catch (EOFException e) {
                return Optional.empty();
            }
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
