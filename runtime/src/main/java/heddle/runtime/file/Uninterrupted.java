package heddle.runtime.file;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;

/**
 * Reads files in threads that are interrupted. Java closes a file channel when the thread that uses it is interrupted;
 * an interrupt asks a thread to end its waiting, not to fail at its reading.
 */
public final class Uninterrupted {
    /** Opens a channel and reads; may be called again from the start. */
    @FunctionalInterface
    public interface Reading<T> {
        T read() throws IOException;
    }

    private Uninterrupted() {}

    /** What {@code reading} gives; the thread is interrupted afterwards if it was before or meanwhile. */
    public static <T> T read(Reading<T> reading) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return reading.read();
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
