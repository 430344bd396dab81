package heddle.runtime.file;

import heddle.dsl.diagnostic.DiagnosticException;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;

/**
 * A file that is being written. It gets its name at {@link #commit}, so no one ever sees half of it. If it is closed
 * without a commit, it is deleted. What is there already and no regular file, such as a pipe or {@code /dev/null}, is not replaced: bytes
 * go into it as they come.
 */
public final class AtomicFile implements AutoCloseable {
    private static final String TEMPORARY = ".tmp";

    private final Path target;

    /** Where bytes are until they are all there; the target itself, where that is no regular file. */
    private final Path temporary;

    /** Not a channel, which an interrupt would close. */
    private final OutputStream out;

    public AtomicFile(Path file) throws IOException {
        if (isDevice(file)) {
            this.target = file;
            this.temporary = file;
            this.out = Files.newOutputStream(file, StandardOpenOption.WRITE);
            return;
        }
        // A symbolic link stays one: what it points to is replaced.
        this.target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
        String name = before(target) + ProcessHandle.current().pid() + "-" + System.nanoTime();
        this.temporary = target.resolveSibling(name + TEMPORARY);
        this.out = Files.newOutputStream(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
    }

    /** Whether something is there that takes bytes and is no regular file. */
    static boolean isDevice(Path file) {
        return Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file);
    }

    private boolean isDirect() {
        return temporary.equals(target);
    }

    private static String before(Path file) {
        return "." + file.getFileName() + ".";
    }

    /** Deletes what processes left that were killed while they wrote this file. */
    public static void removeLeftovers(Path file) {
        Path target = file.toAbsolutePath();
        String before = before(target);
        try (DirectoryStream<Path> all = Files.newDirectoryStream(target.getParent())) {
            for (Path other : all) {
                String name = other.getFileName().toString();
                if (name.startsWith(before)
                        && name.endsWith(TEMPORARY)
                        && !isBeingWritten(name.substring(before.length()))) {
                    Files.deleteIfExists(other);
                }
            }
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    /** @param rest of a temporary name, which begins with the number of a process */
    private static boolean isBeingWritten(String rest) {
        int end = rest.indexOf('-');
        try {
            return end < 0
                    || ProcessHandle.of(Long.parseLong(rest.substring(0, end))).isPresent();
        } catch (NumberFormatException e) {
            return true; // Not one of ours.
        }
    }

    /** Writes a text file. @throws DiagnosticException when that cannot be done */
    public static void write(Path file, String text) {
        try (AtomicFile out = new AtomicFile(file)) {
            out.append(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
            out.commit();
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    /** Appends all that remains in a buffer. */
    public void append(ByteBuffer bytes) throws IOException {
        if (bytes.hasArray()) {
            out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
            bytes.position(bytes.limit());
        } else {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            out.write(copy);
        }
    }

    /** Where bytes are written to; {@link #close} closes it. */
    public OutputStream stream() {
        return out;
    }

    /** Gives the file its name, in place of any that had it, whose permissions it keeps. */
    public void commit() throws IOException {
        out.close();
        if (isDirect()) {
            return;
        }
        PosixFileAttributeView view = Files.getFileAttributeView(target, PosixFileAttributeView.class);
        if (view != null && Files.exists(target)) {
            Files.setPosixFilePermissions(temporary, view.readAttributes().permissions());
        }
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * The same, and what was written is on the disk when this returns: a machine that loses its power has the file as it
     * was before or as it is now.
     */
    public void commitDurably() throws IOException {
        out.flush();
        if (isDirect()) {
            commit();
            return;
        }
        Uninterrupted.read(() -> synchronised(temporary, StandardOpenOption.WRITE));
        commit();
        if (File.separatorChar == '/') {
            // Elsewhere directories are no files.
            Uninterrupted.read(() -> synchronised(target.getParent(), StandardOpenOption.READ));
        }
    }

    private static Path synchronised(Path path, StandardOpenOption access) throws IOException {
        try (FileChannel channel = FileChannel.open(path, access)) {
            channel.force(true);
        }
        return path;
    }

    @Override
    public void close() throws IOException {
        out.close();
        if (!isDirect()) {
            Files.deleteIfExists(temporary);
        }
    }

    /** What to throw when a file could not be written. */
    public static DiagnosticException unwritable(Path file, IOException cause) {
        return FileFault.unwritable(file, cause);
    }
}
