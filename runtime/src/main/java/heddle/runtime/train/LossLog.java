package heddle.runtime.train;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.file.AtomicFile;
import heddle.runtime.file.FileFault;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The losses of a training as a CSV file, a line a step. A checkpoint keeps its length; who resumes from that cuts it to
 * this length, and the steps behind it are written again.
 */
final class LossLog implements AutoCloseable {
    private static final String HEADER = "step,loss,norm,rate,held_out\n";

    /**
     * A line.
     *
     * @param heldOut the loss on what is held out, where it was measured
     */
    record Line(long step, double loss, double norm, double rate, OptionalDouble heldOut) {
        private String text() {
            String measured = heldOut.isPresent() ? String.valueOf(heldOut.getAsDouble()) : "";
            return step + "," + loss + "," + norm + "," + rate + "," + measured + "\n";
        }

        private static Line of(String text) {
            String[] fields = text.split(",", -1);
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

    private LossLog(Path file, RandomAccessFile out) {
        this.file = file;
        this.out = out;
    }

    /** A new log, in place of any that is there. */
    static LossLog begin(Path file) {
        try {
            RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw");
            out.setLength(0);
            LossLog log = new LossLog(file, out);
            log.write(HEADER);
            return log;
        } catch (IOException e) {
            throw AtomicFile.unwritable(file, e);
        }
    }

    /**
     * A log that goes on where a checkpoint was written.
     *
     * @throws DiagnosticException when the file is shorter than that
     */
    static LossLog resume(Path file, long length) {
        try {
            if (!Files.exists(file) || Files.size(file) < length) {
                throw new DiagnosticException(Diagnostic.of(
                                TrainCode.CHECKPOINT,
                                "the log " + FileFault.shown(file)
                                        + " is not there, or shorter than the checkpoint says")
                        .hint("put it back, or begin a training with the checkpoint's weights: --from"));
            }
            RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw");
            out.setLength(length);
            out.seek(length);
            return new LossLog(file, out);
        } catch (IOException e) {
            throw AtomicFile.unwritable(file, e);
        }
    }

    void add(Line line) {
        write(line.text());
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
        try {
            List<Line> lines = new ArrayList<>();
            Files.readAllLines(file).stream().skip(1).map(Line::of).forEach(lines::add);
            return lines;
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
