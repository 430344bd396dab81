package heddle.runtime.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A file that one user has at a time, of all threads and processes. It is read and written through one channel: on POSIX, a process
 * loses its lock when it closes any other channel to the file.
 */
public final class LockedFile implements AutoCloseable {
    /** Those of this process. A second channel would have to be closed, and the lock would go with it. */
    private static final Set<Path> OF_PROCESS = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;
    private final boolean isNew;
    private boolean open = true;

    private LockedFile(Path file, FileChannel channel, boolean isNew) {
        this.file = file;
        this.channel = channel;
        this.isNew = isNew;
    }

    /** Opens a file, which is made if there is none; empty when another one has it. */
    public static Optional<LockedFile> open(Path file) throws IOException {
        Path real = file.toAbsolutePath().getParent().toRealPath().resolve(file.getFileName());
        if (!OF_PROCESS.add(real)) {
            return Optional.empty();
        }
        Optional<LockedFile> locked = Optional.empty();
        try {
            locked = locked(real);
            return locked;
        } finally {
            if (locked.isEmpty()) {
                OF_PROCESS.remove(real);
            }
        }
    }

    private static Optional<LockedFile> locked(Path file) throws IOException {
        while (true) {
            boolean isNew = Files.notExists(file);
            FileChannel channel;
            try {
                channel = FileChannel.open(
                        file,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        isNew ? StandardOpenOption.CREATE_NEW : StandardOpenOption.WRITE);
            } catch (FileAlreadyExistsException | NoSuchFileException e) {
                if (isNew && e instanceof NoSuchFileException) {
                    throw e;
                }
                continue; // Made, or deleted, since it was looked at.
            }
            boolean keep = false;
            try {
                if (!lock(channel)) {
                    return Optional.empty();
                }
                // Whoever had it may have deleted it since it was opened.
                keep = Files.exists(file);
                if (keep) {
                    return Optional.of(new LockedFile(file, channel, isNew));
                }
            } finally {
                if (!keep) {
                    channel.close();
                }
            }
        }
    }

    /** Some file systems of networks have no locks; there it is as if nobody else were there. */
    private static boolean lock(FileChannel channel) {
        try {
            return channel.tryLock() != null;
        } catch (IOException e) {
            return true;
        }
    }

    /** Whether there was no such file. */
    public boolean isNew() {
        return isNew;
    }

    /** Where to write to; not to be closed. */
    public FileChannel channel() {
        return channel;
    }

    /** The bytes from the first one on, whatever is written meanwhile; need not be closed. */
    public InputStream stream() {
        return new InputStream() {
            private long at;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int from, int count) throws IOException {
                int read = channel.read(ByteBuffer.wrap(bytes, from, count), at);
                at += Math.max(0, read);
                return read;
            }
        };
    }

    /** Deletes the file, and lets it go; does nothing when that was done. */
    public void delete() throws IOException {
        if (open) {
            try {
                // Before it is let go: another user may have it then.
                Files.deleteIfExists(file);
            } finally {
                close();
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (open) {
            open = false;
            try {
                channel.close();
            } finally {
                OF_PROCESS.remove(file);
            }
        }
    }
}
