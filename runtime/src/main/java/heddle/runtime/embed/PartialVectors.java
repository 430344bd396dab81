package heddle.runtime.embed;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.file.AtomicFile;
import heddle.runtime.file.LockedFile;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * Vectors that have been computed so far, in a file beside the one that they are for. A run that ends early leaves it, and another
 * one goes on with it. It begins with a sum of what vectors depend on; each record is the number of a line, the sum of its text, its
 * id, and the vector. A record is with the operating system when {@link #append} returns, so that it outlives the process. The file is
 * locked while a run writes it, so that no other one does.
 */
public final class PartialVectors implements AutoCloseable {
    private static final long MAGIC = 0x686564766563_0001L; // "hedvec", version 1
    private static final int HEADER = 2 * Long.BYTES + Integer.BYTES;

    private final Path file;
    private final int dimension;
    private final LockedFile locked;
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

    private PartialVectors(Path file, int dimension, LockedFile locked) {
        this.file = file;
        this.dimension = dimension;
        this.locked = locked;
    }

    /** The partial file of an output. */
    public static Path of(Path output) {
        return output.resolveSibling(output.getFileName() + ".partial");
    }

    /**
     * Begins.
     *
     * @param settings all that vectors depend on beside the texts
     * @throws DiagnosticException when there is such a file, another run writes it, or it cannot be written
     */
    public static PartialVectors begin(Path output, String settings, int dimension) {
        Path file = of(output);
        try (Opening opening = new Opening(file, dimension)) {
            opening.requireNew();
            return opening.begun(settings);
        } catch (IOException e) {
            throw AtomicFile.unwritable(file, e);
        }
    }

    /** Checks that no earlier run has left something, and that no other run writes it. @throws DiagnosticException when one has, or does */
    public static void requireNone(Path output) {
        Path file = of(output);
        if (Files.exists(file)) {
            try (Opening opening = new Opening(file, 0)) {
                opening.requireNew();
            } catch (IOException e) {
                throw AtomicFile.unwritable(file, e);
            }
        }
    }

    /**
     * Goes on where an earlier run ended, or begins when there was none, or one that had not got as far as its first vector.
     *
     * @param lines the input from its start; those that are there are taken from it
     * @throws DiagnosticException when the file was made with other settings or of another input, or when another run writes it
     */
    public static PartialVectors resume(Path output, String settings, int dimension, Iterator<TextLine> lines) {
        Path file = of(output);
        try (Opening opening = new Opening(file, dimension)) {
            return opening.size() < HEADER ? opening.begun(settings) : opening.resumed(settings, lines);
        } catch (IOException e) {
            throw AtomicFile.unwritable(file, e);
        }
    }

    /** A partial file between the time that it is locked and the time that vectors are appended to it. */
    private static final class Opening implements AutoCloseable {
        private final PartialVectors partial;
        private boolean done;

        Opening(Path file, int dimension) throws IOException {
            partial = new PartialVectors(file, dimension, LockedFile.open(file).orElseThrow(() -> inUse(file)));
        }

        private static DiagnosticException inUse(Path file) {
            return new DiagnosticException(
                    Diagnostic.of(EmbedCode.PARTIAL, "another run is writing " + file + " at this moment")
                            .hint("let it end, or end it and go on with --resume; or name another output"));
        }

        void requireNew() {
            if (!partial.locked.isNew()) {
                throw new DiagnosticException(
                        Diagnostic.of(EmbedCode.PARTIAL, partial.file + " is there from an earlier run")
                                .hint("--resume goes on with it; or delete it to begin anew"));
            }
        }

        long size() throws IOException {
            return partial.locked.channel().size();
        }

        PartialVectors begun(String settings) throws IOException {
            partial.locked.channel().truncate(0);
            partial.write(ByteBuffer.allocate(HEADER)
                    .putLong(MAGIC)
                    .putLong(sum(settings))
                    .putInt(partial.dimension));
            done = true;
            return partial;
        }

        PartialVectors resumed(String settings, Iterator<TextLine> lines) throws IOException {
            Reader in = partial.reader();
            if (!in.begins(sum(settings), partial.dimension)) {
                throw new DiagnosticException(
                        Diagnostic.of(EmbedCode.PARTIAL, partial.file + " was made with another model or other options")
                                .hint("give the same ones, or delete it to begin anew"));
            }
            long end = in.at;
            for (Optional<Entry> e = in.next(partial.dimension); e.isPresent(); e = in.next(partial.dimension)) {
                requireSame(partial.file, e.get(), lines);
                partial.count++;
                end = in.at;
            }
            partial.locked.channel().truncate(end); // A record that was being written.
            partial.locked.channel().position(end);
            done = true;
            return partial;
        }

        @Override
        public void close() throws IOException {
            if (!done) {
                partial.locked.close();
            }
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
            locked.channel().write(bytes);
        }
    }

    /** Reads all records from the first. */
    void read(Reading reading) throws IOException {
        Reader in = reader();
        in.begins(0, dimension);
        for (long i = 0; i < count; i++) {
            reading.read(in.next(dimension).orElseThrow(() -> new IOException(file + " has lost a record")));
        }
    }

    private Reader reader() {
        return new Reader(locked.stream());
    }

    /** Removes the file: what it was for is written. */
    public void delete() throws IOException {
        locked.delete();
    }

    /** Leaves the file for another run, unless it holds nothing. */
    @Override
    public void close() {
        try {
            if (count == 0) {
                locked.delete();
            }
            locked.close();
        } catch (IOException e) {
            throw AtomicFile.unwritable(file, e);
        }
    }

    private static final class Reader {
        private final DataInputStream in;

        /** The bytes of all that was read. */
        private long at;

        Reader(InputStream in) {
            this.in = new DataInputStream(new BufferedInputStream(in, 1 << 16));
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
    }
}
