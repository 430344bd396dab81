package heddle.runtime.tensor;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file of little-endian elements in the making. It takes its name at {@link #commit}, so that nobody ever sees half of
 * it; closed without that, it is gone.
 */
public final class ElementWriter implements AutoCloseable {
    private static final int CHUNK = 1 << 16;

    private final Path file;
    private final Path temporary;
    private final FileChannel channel;
    private final ByteBuffer buffer =
            ByteBuffer.allocateDirect(CHUNK * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);

    public ElementWriter(Path file) throws IOException {
        Path target = file.toAbsolutePath();
        this.file = target;
        String name =
                "." + target.getFileName() + "." + ProcessHandle.current().pid() + "-" + System.nanoTime() + ".tmp";
        this.temporary = target.resolveSibling(name);
        this.channel = FileChannel.open(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
    }

    public void bytes(byte[] bytes) throws IOException {
        write(ByteBuffer.wrap(bytes));
    }

    /** All elements of a tensor, row-major. */
    public void elements(Tensor tensor) throws IOException {
        for (int start = 0; start < tensor.size(); start += CHUNK) {
            buffer.clear();
            ElementBytes.encode(tensor, start, Math.min(CHUNK, tensor.size() - start), buffer);
            write(buffer.flip());
        }
    }

    private void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Gives the file its name, in place of any that had it. */
    public void commit() throws IOException {
        channel.close();
        Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(temporary);
    }

    /** What to throw when a file could not be written. */
    public static DiagnosticException unwritable(Path file, IOException cause) {
        return new DiagnosticException(Diagnostic.of(RuntimeCode.FILE_UNWRITABLE, file + " cannot be written")
                .note(String.valueOf(cause)));
    }
}
