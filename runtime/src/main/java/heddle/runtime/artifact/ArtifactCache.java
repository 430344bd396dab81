package heddle.runtime.artifact;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import heddle.runtime.cache.CacheDirectory;
import heddle.runtime.file.AtomicFile;
import heddle.runtime.file.Uninterrupted;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Files extracted from Maven artefacts, kept so that they can be mapped into memory and used without a network. A file
 * gets its name only when it is complete. Its length, CRC-32 and SHA-256 are stored beside it. The first two are checked
 * at each use, and a damaged file is extracted again. The SHA-256 takes longer, so it is computed when a file is
 * extracted. It shows whether the artefact holds what the model names.
 *
 * <p>An artefact that is a dependency of the program is found on the class path. Else the source is asked.
 */
public final class ArtifactCache {
    private final CacheDirectory cache;
    private final ArtifactSource source;
    private final DownloadListener listener;

    public ArtifactCache(CacheDirectory cache, ArtifactSource source, DownloadListener listener) {
        this.cache = cache;
        this.source = source;
        this.listener = listener;
    }

    /**
     * The file, taken out of its artefact unless that was done before.
     *
     * @param sha256 of the file as it has to be; any when absent
     * @throws DiagnosticException when there is no such file, or one with another sum
     */
    public Path file(ArtifactEntry wanted, Optional<String> sha256) {
        Path dir = cache.directory("artifacts")
                .resolve(wanted.group())
                .resolve(wanted.artifact())
                .resolve(wanted.version());
        Path file = dir.resolve(wanted.entry());
        Path stamp = file.resolveSibling(file.getFileName() + ".crc");
        try {
            if (Files.exists(stamp)
                    && Files.exists(file)
                    && Uninterrupted.read(() -> agrees(Files.readString(stamp), file, sha256))) {
                return file;
            }
            Files.createDirectories(file.getParent());
            String found = taken(wanted, file, sha256);
            String text = Uninterrupted.read(() -> stampOf(file)) + found + "\n";
            try (AtomicFile out = new AtomicFile(stamp)) {
                out.append(StandardCharsets.UTF_8.encode(text));
                out.commit();
            }
            return file;
        } catch (IOException e) {
            throw new DiagnosticException(
                    Diagnostic.of(RuntimeCode.ARTIFACT, wanted + " cannot be taken out of its artefact into " + dir)
                            .note(String.valueOf(e))
                            .hint("set HEDDLE_CACHE to a directory with enough space that you may write to"));
        }
    }

    /** Whether a file is still the one that was taken out, and the one that is wanted. */
    private static boolean agrees(String stamp, Path file, Optional<String> sha256) throws IOException {
        String now = stampOf(file);
        String recorded = stamp.startsWith(now) ? stamp.substring(now.length()).strip() : "";
        return DeclaredFile.isSum(recorded) && recorded.equals(sha256.orElse(recorded));
    }

    /** Takes a file out of its artefact, wherever that is, and gives the file's sum. */
    private String taken(ArtifactEntry wanted, Path file, Optional<String> sha256) throws IOException {
        for (URL at : ClassPathEntries.of(wanted, sha256.isPresent())) {
            Optional<String> found = Uninterrupted.read(() -> copied(at, file, sha256));
            if (found.isPresent()) {
                return found.get();
            }
        }
        Path jar = source.resolve(wanted, listener);
        return Uninterrupted.read(() -> extract(jar, wanted, file, sha256));
    }

    /** Copies a file of the class path and gives its sum; empty when it is another than is wanted. */
    private static Optional<String> copied(URL from, Path file, Optional<String> sha256) throws IOException {
        URLConnection connection = from.openConnection();
        connection.setUseCaches(false); // A jar that is cached stays open.
        try (InputStream in = connection.getInputStream();
                AtomicFile out = new AtomicFile(file)) {
            String found = Sha256.copy(in, out.stream());
            if (!found.equals(sha256.orElse(found))) {
                return Optional.empty();
            }
            out.commit();
            return Optional.of(found);
        }
    }

    /** Takes a file out and gives its sum. */
    private static String extract(Path jar, ArtifactEntry wanted, Path file, Optional<String> sha256)
            throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile());
                AtomicFile out = new AtomicFile(file)) {
            ZipEntry entry = zip.getEntry(wanted.entry());
            if (entry == null) {
                throw new DiagnosticException(
                        Diagnostic.of(RuntimeCode.ARTIFACT, wanted.coordinates() + " holds no file " + wanted.entry())
                                .hint("jar tf " + jar + " lists what is in it"));
            }
            String found;
            try (InputStream in = zip.getInputStream(entry)) {
                // Reading to the end checks the entry's CRC.
                found = Sha256.copy(in, out.stream());
            }
            if (!found.equals(sha256.orElse(found))) {
                throw Sha256.differs(wanted.entry() + " in " + jar, sha256.get(), found, remedy(jar));
            }
            out.commit();
            return found;
        }
    }

    private static String remedy(Path jar) {
        return "the jar was altered, or the artefact published anew: delete " + jar
                + " to have it fetched again, or write its sum in the manifest if it is the one you mean";
    }

    /** Length and CRC-32. */
    private static String stampOf(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            CRC32 crc = new CRC32();
            long size = channel.size();
            for (long at = 0; at < size; at += 1 << 30) {
                crc.update(channel.map(FileChannel.MapMode.READ_ONLY, at, Math.min(1 << 30, size - at)));
            }
            return size + " " + Long.toHexString(crc.getValue()) + " ";
        }
    }
}
