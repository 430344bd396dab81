package heddle.cli;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.runtime.RuntimeCode;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Standard output that fails loudly. A {@link PrintWriter} forgets errors of the stream below it, so a command would
 * end as if all had been written; unchecked exceptions pass through it and end the command.
 */
final class StandardOutput extends OutputStream {
    /** Thrown when the reader of a pipe has gone, as {@code head} does: no mistake, but nobody reads the rest. */
    static final class Closed extends RuntimeException {
        private static final long serialVersionUID = 1;

        Closed(IOException cause) {
            super(cause);
        }
    }

    /** Thrown when what is printed is lost. No DiagnosticException: commands catch those of the models they read. */
    static final class Lost extends RuntimeException {
        private static final long serialVersionUID = 1;

        Lost(IOException cause) {
            super(cause);
        }

        Diagnostic diagnostic() {
            return Diagnostic.of(RuntimeCode.FILE_UNWRITABLE, "standard output cannot be written")
                    .note(getCause().getMessage());
        }
    }

    private final OutputStream out;

    StandardOutput(OutputStream out) {
        this.out = out;
    }

    /** The standard output of this process; {@code System.out} would forget errors too. */
    static PrintWriter open() {
        return writer(new FileOutputStream(FileDescriptor.out));
    }

    /** Text in UTF-8 that goes to a stream, line by line. */
    static PrintWriter writer(OutputStream out) {
        return new PrintWriter(new StandardOutput(out), true, StandardCharsets.UTF_8);
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
        try {
            out.write(bytes, from, length);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public void flush() {
        try {
            out.flush();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private static RuntimeException failed(IOException e) {
        // Java has no other sign of it than the system's message: that of Unix, that of Windows.
        String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        if (message.contains("broken pipe") || message.contains("pipe is being closed")) {
            return new Closed(e);
        }
        return new Lost(e);
    }
}
