package heddle.spark;

import heddle.api.Model;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.apache.spark.util.Utils;

/**
 * A model with weights and tokenizer as a zip file in memory, the model's text first. It is broadcast as arrays of bytes, which every
 * serializer of Spark knows, in pieces, because an array ends at two gigabytes.
 */
final class ModelBytes {
    private static final int PIECE = 1 << 24;

    private final byte[][] pieces;

    ModelBytes(byte[][] pieces) {
        this.pieces = pieces;
    }

    /** All that a model needs. @throws heddle.api.HeddleException when something of it is missing */
    static ModelBytes of(Model model) throws IOException {
        Path parent = Files.createTempDirectory("heddle-model");
        try {
            Path folder = parent.resolve("model");
            return of(folder, model.copyTo(folder));
        } finally {
            Utils.deleteRecursively(parent.toFile());
        }
    }

    private static ModelBytes of(Path folder, Path model) throws IOException {
        Pieces pieces = new Pieces();
        try (ZipOutputStream zip = new ZipOutputStream(pieces);
                Stream<Path> files = Files.walk(folder)) {
            // Spark compresses what it sends, and weights hardly get smaller.
            zip.setLevel(Deflater.NO_COMPRESSION);
            List<Path> others = files.filter(Files::isRegularFile)
                    .filter(file -> !file.equals(model))
                    .sorted()
                    .toList();
            add(folder, model, zip);
            for (Path file : others) {
                add(folder, file, zip);
            }
        }
        return new ModelBytes(pieces.all());
    }

    private static void add(Path folder, Path file, ZipOutputStream zip) throws IOException {
        ZipEntry entry = new ZipEntry(folder.relativize(file).toString().replace('\\', '/'));
        entry.setTime(0);
        zip.putNextEntry(entry);
        Files.copy(file, zip);
        zip.closeEntry();
    }

    /** What was written by {@link #write}. @throws IOException when it is damaged */
    static ModelBytes read(InputStream in) throws IOException {
        Pieces pieces = new Pieces();
        in.transferTo(pieces);
        ModelBytes model = new ModelBytes(pieces.all());
        try (ZipInputStream zip = model.open()) {
            int entries = 0;
            while (zip.getNextEntry() != null) {
                // Reading to the end checks the sum.
                zip.transferTo(OutputStream.nullOutputStream());
                entries++;
            }
            if (entries == 0) {
                throw new ZipException("it holds no files");
            }
        }
        return model;
    }

    void write(OutputStream out) throws IOException {
        for (byte[] piece : pieces) {
            out.write(piece);
        }
    }

    byte[][] pieces() {
        return pieces;
    }

    /** The SHA-256 of all bytes: models with the same one are the same. */
    String sum() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (byte[] piece : pieces) {
                digest.update(piece);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Writes the files into a directory. @return the model's file in it */
    Path unpack(Path folder) throws IOException {
        Path model = null;
        try (ZipInputStream zip = open()) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = folder.resolve(entry.getName()).normalize();
                if (!file.startsWith(folder)) {
                    throw new ZipException("the file " + entry.getName() + " lies outside the model");
                }
                Files.createDirectories(file.getParent());
                Files.copy(zip, file);
                model = model == null ? file : model;
            }
        }
        return model;
    }

    private ZipInputStream open() {
        List<InputStream> streams = new ArrayList<>();
        for (byte[] piece : pieces) {
            streams.add(new ByteArrayInputStream(piece));
        }
        return new ZipInputStream(new SequenceInputStream(Collections.enumeration(streams)));
    }

    /** Bytes in pieces. */
    private static final class Pieces extends OutputStream {
        private final List<byte[]> full = new ArrayList<>();
        private byte[] piece = new byte[PIECE];
        private int used;

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int count) {
            int done = 0;
            while (done < count) {
                if (used == PIECE) {
                    full.add(piece);
                    piece = new byte[PIECE];
                    used = 0;
                }
                int some = Math.min(count - done, PIECE - used);
                System.arraycopy(bytes, from + done, piece, used, some);
                used += some;
                done += some;
            }
        }

        byte[][] all() {
            List<byte[]> all = new ArrayList<>(full);
            all.add(Arrays.copyOf(piece, used));
            return all.toArray(byte[][]::new);
        }
    }
}
