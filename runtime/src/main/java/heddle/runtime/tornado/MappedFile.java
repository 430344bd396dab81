package heddle.runtime.tornado;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Files as memory that several processes share. A mapping lasts as long as its segment is reachable. */
final class MappedFile {
    private static final int CHUNK = 1 << 20;

    private MappedFile() {}

    /**
     * A new file of zeros. They are written, so that a disk without room for them is an error here, and not a fault of
     * whoever writes to the memory later.
     */
    static MemorySegment create(Path file, long bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer zeros = ByteBuffer.allocate((int) Math.min(bytes, CHUNK));
            for (long left = bytes; left > 0; left -= channel.write(zeros)) {
                zeros.rewind().limit((int) Math.min(left, CHUNK));
            }
            return channel.map(MapMode.READ_WRITE, 0, bytes, Arena.ofAuto());
        }
    }

    /** A file that is there. */
    static MemorySegment open(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(MapMode.READ_WRITE, 0, channel.size(), Arena.ofAuto());
        }
    }
}
