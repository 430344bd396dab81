package heddle.runtime.train;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.file.AtomicFile;
import heddle.runtime.file.FileFault;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The losses of a training as a CSV file, a line a step. A checkpoint keeps its length; who resumes from that cuts it to
 * this length, and the steps behind it are written again. While what is held out is measured, the line of the step is open:
 * its last field and its end are missing.
 */
final class LossLog implements AutoCloseable {
    private static final String HEADER = "step,loss,norm,rate,held_out\n";

    /**
     * A line.
     *
     * @param heldOut the loss on what is held out, where it was measured
     */
    record Line(long step, double loss, double norm, double rate, OptionalDouble heldOut) {
        private static Line of(String text) {
            String[] fields = text.split(",", -1);
            if (fields.length != 5) {
                throw new NumberFormatException("a line has five fields, not " + fields.length);
            }
            return new Line(
                    Long.parseLong(fields[0]),
                    Double.parseDouble(fields[1]),
                    Double.parseDouble(fields[2]),
                    Double.parseDouble(fields[3]),
                    fields[4].isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(Double.parseDouble(fields[4])));
        }
    }

    private final Path file;
    private final RandomAccessFile out;
    private boolean open;

    private LossLog(Path file, RandomAccessFile out, boolean open) {
        this.file = file;
        this.out = out;
        this.open = open;
    }

    /**
     * A new log, in place of any that is there.
     *
     * @throws DiagnosticException when what is there is something else
     */
    static LossLog begin(Path file) {
        requireLog(file);
        LossLog log = cut(file, 0, false);
        try {
            log.write(HEADER);
            return log;
        } catch (DiagnosticException e) {
            log.close();
            throw e;
        }
    }

    /** Only what begins as a log does is replaced, also when that was killed in its first line. */
    private static void requireLog(Path file) {
        if (!Files.exists(file)) {
            return;
        }
        byte[] header = HEADER.getBytes(StandardCharsets.US_ASCII);
        try (InputStream in = Files.newInputStream(file)) {
            byte[] found = in.readNBytes(header.length);
            if (!Arrays.equals(found, Arrays.copyOf(header, found.length))) {
                throw new DiagnosticException(Diagnostic.of(
                                TrainCode.CHECKPOINT,
                                FileFault.shown(file) + " is no log of losses, and the log would replace it")
                        .hint("move the file, or name another checkpoint: --checkpoint"));
            }
        } catch (IOException e) {
            throw AtomicFile.unwritable(file, e);
        }
    }

    /**
     * A log that goes on where a checkpoint was written.
     *
     * @param length in bytes
     * @param done   the steps that were done
     * @throws DiagnosticException when the file is shorter than that, or does not hold these steps
     */
    static LossLog resume(Path file, long length, long done) {
        try {
            if (!Files.exists(file) || Files.size(file) < length) {
                throw wrong(file, "is not there, or shorter than the checkpoint says");
            }
        } catch (IOException e) {
            throw AtomicFile.unwritable(file, e);
        }
        Text text = read(file, length);
        long last = text.lines().isEmpty() ? 0 : text.lines().getLast().step();
        if (last != done) {
            throw wrong(file, "ends with step " + last + ", the checkpoint with step " + done);
        }
        return cut(file, length, text.open());
    }

    private static LossLog cut(Path file, long length, boolean open) {
        RandomAccessFile out = null;
        try {
            out = new RandomAccessFile(file.toFile(), "rw");
            out.setLength(length);
            out.seek(length);
            return new LossLog(file, out, open);
        } catch (IOException e) {
            if (out != null) {
                new LossLog(file, out, open).close();
            }
            throw AtomicFile.unwritable(file, e);
        }
    }

    private static DiagnosticException wrong(Path file, String what) {
        return new DiagnosticException(
                Diagnostic.of(TrainCode.CHECKPOINT, "the log " + FileFault.shown(file) + " " + what)
                        .hint("put it back, or begin a training with the checkpoint's weights: --from"));
    }

    /** Adds a step whose line stays open. */
    void add(Trainer.Step step) {
        write(step.number() + "," + step.loss() + "," + step.norm() + "," + step.rate() + ",");
        open = true;
    }

    /** Ends the open line. @param heldOut the loss on what is held out, where it was measured */
    void end(OptionalDouble heldOut) {
        write((heldOut.isPresent() ? String.valueOf(heldOut.getAsDouble()) : "") + "\n");
        open = false;
    }

    /** Whether the last line has no end yet: its measurement is to be done. */
    boolean isOpen() {
        return open;
    }

    private void write(String text) {
        try {
            out.write(text.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw AtomicFile.unwritable(file, e);
        }
    }

    /** Its length in bytes, all of which are on the disk when this returns. */
    long synchronise() {
        try {
            out.getFD().sync();
            return out.getFilePointer();
        } catch (IOException e) {
            throw AtomicFile.unwritable(file, e);
        }
    }

    /** All lines so far. */
    List<Line> lines() {
        return read(file, Long.MAX_VALUE).lines();
    }

    /** @param open whether the end of the last line is missing */
    private record Text(List<Line> lines, boolean open) {}

    /** What the first bytes of a log say. */
    private static Text read(Path file, long length) {
        List<Line> lines = new ArrayList<>();
        long number = 1;
        // A byte is a character: what is not ASCII was not written here, and is no number.
        try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
            long left = length - HEADER.length();
            if (left < 0 || !(in.readLine() + "\n").equals(HEADER)) {
                throw wrong(file, "does not begin as one");
            }
            boolean open = false;
            for (String line = in.readLine(); line != null && left > 0; line = in.readLine()) {
                number++;
                open = left <= line.length();
                lines.add(Line.of(open ? line.substring(0, (int) left) : line));
                left -= line.length() + 1;
            }
            return new Text(lines, open);
        } catch (NumberFormatException e) {
            throw wrong(file, "has something else in line " + number + " than what was written");
        } catch (IOException e) {
            throw AtomicFile.unwritable(file, e);
        }
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw AtomicFile.unwritable(file, e);
        }
    }
}
