package heddle.runtime.artifact;

import heddle.runtime.file.Uninterrupted;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32;

/**
 * SHA-256 sums of files. A sum is computed once in a process, as long as the file keeps its size and the time at which it
 * was changed: to read gigabytes takes longer than to compile the model.
 */
final class FileSums {
    /** A file that was changed this shortly ago may be changed again in the same tick of its file system's clock. */
    private static final Duration TICK = Duration.ofSeconds(2);

    private static final int BLOCK = 1 << 16;
    private static final int BLOCKS = 64;

    private record Known(long size, Instant changed, String sum) {}

    private static final Map<Path, Known> KNOWN = new ConcurrentHashMap<>();

    private FileSums() {}

    /**
     * A sum of a file's size and of some blocks of it, its first and its last among them. It tells files apart that happen to be
     * different, at a cost that does not grow with them.
     */
    static String ofBlocks(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            long size = channel.size();
            CRC32 sum = new CRC32();
            ByteBuffer block = ByteBuffer.allocate(BLOCK);
            long step = Math.max(BLOCK, Math.ceilDiv(size - BLOCK, BLOCKS - 1));
            for (long at = 0; at < size; at += step) {
                block.clear();
                while (block.hasRemaining() && channel.read(block, at + block.position()) >= 0) {
                    // A block may come in parts.
                }
                sum.update(block.flip());
            }
            return size + "-" + Long.toHexString(sum.getValue());
        }
    }

    /** The sum of a file, in hexadecimal digits. @throws IOException when it cannot be read */
    static String of(Path file) throws IOException {
        Path path = file.toRealPath();
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        Instant changed = attributes.lastModifiedTime().toInstant();
        Known known = KNOWN.get(path);
        if (known != null
                && known.size() == attributes.size()
                && known.changed().equals(changed)) {
            return known.sum();
        }
        Instant before = Instant.now();
        String sum = Uninterrupted.read(() -> Sha256.of(path));
        if (changed.plus(TICK).isBefore(before)) {
            KNOWN.put(path, new Known(attributes.size(), changed, sum));
        }
        return sum;
    }
}
