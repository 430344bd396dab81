package heddle.runtime.artifact;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import heddle.runtime.cache.CacheDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Files taken out of Maven artefacts, kept so that they can be mapped into memory and are there without a network. A
 * file takes its name only when it is whole, and beside it lies its length and CRC-32; one that no longer agrees with
 * them is taken out again.
 */
public final class ArtifactCache {
    private final CacheDirectory cache;
    private final ArtifactSource source;

    public ArtifactCache(CacheDirectory cache, ArtifactSource source) {
        this.cache = cache;
        this.source = source;
    }

    /** The file, taken out of its artefact unless that was done before. */
    public Path file(ArtifactEntry wanted) {
        Path dir = cache.directory("artifacts")
                .resolve(wanted.group())
                .resolve(wanted.artifact())
                .resolve(wanted.version());
        Path file = dir.resolve(wanted.entry());
        Path stamp = file.resolveSibling(file.getFileName() + ".crc");
        try {
            if (Files.exists(stamp)
                    && Files.exists(file)
                    && Files.readString(stamp).equals(stampOf(file))) {
                return file;
            }
            Path jar = source.resolve(wanted);
            Files.createDirectories(file.getParent());
            extract(jar, wanted, file);
            Path temporary = Files.createTempFile(file.getParent(), ".heddle-", ".tmp");
            Files.writeString(temporary, stampOf(file));
            Files.move(temporary, stamp, StandardCopyOption.ATOMIC_MOVE);
            return file;
        } catch (IOException e) {
            throw new DiagnosticException(
                    Diagnostic.of(RuntimeCode.ARTIFACT, wanted + " cannot be taken out of its artefact into " + dir)
                            .note(String.valueOf(e))
                            .hint("set HEDDLE_CACHE to a directory with enough space that you may write to"));
        }
    }

    private static void extract(Path jar, ArtifactEntry wanted, Path file) throws IOException {
        Path temporary = Files.createTempFile(file.getParent(), ".heddle-", ".tmp");
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            ZipEntry entry = zip.getEntry(wanted.entry());
            if (entry == null) {
                throw new DiagnosticException(
                        Diagnostic.of(RuntimeCode.ARTIFACT, wanted.coordinates() + " holds no file " + wanted.entry())
                                .hint("jar tf " + jar + " lists what is in it"));
            }
            try (InputStream in = zip.getInputStream(entry)) {
                // Reading to the end checks the entry's CRC.
                Files.copy(in, temporary, StandardCopyOption.REPLACE_EXISTING);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static String stampOf(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            CRC32 crc = new CRC32();
            long size = channel.size();
            for (long at = 0; at < size; at += 1 << 30) {
                crc.update(channel.map(FileChannel.MapMode.READ_ONLY, at, Math.min(1 << 30, size - at)));
            }
            return size + " " + Long.toHexString(crc.getValue()) + "\n";
        }
    }
}
