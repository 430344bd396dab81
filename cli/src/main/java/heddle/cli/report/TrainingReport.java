package heddle.cli.report;

import heddle.cli.Terminal;
import heddle.runtime.train.Trainer;
import heddle.runtime.train.TrainingRun;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;

/** Shows a training while it goes on: a bar on a terminal, and a line for each measurement of what is held out. */
public final class TrainingReport implements TrainingRun.Listener, AutoCloseable {
    private static final double LN2 = Math.log(2);

    /** The mean over so many steps is shown, since batches differ. */
    private static final double SMOOTH = 0.9;

    private final long tokens;
    private final String unit;
    private final PrintWriter out;
    private final PrintWriter err;
    private final Optional<ProgressBar> bar;
    private long begun;
    private long first = -1;
    private double mean = Double.NaN;

    /**
     * A report.
     *
     * @param steps  of the whole training
     * @param tokens of a step
     * @param unit   a token: {@code byte}
     */
    public TrainingReport(long steps, long tokens, String unit, PrintWriter out, PrintWriter err) {
        this.tokens = tokens;
        this.unit = unit;
        this.out = out;
        this.err = err;
        this.bar = Terminal.bar("training", steps);
    }

    @Override
    public void stepped(Trainer.Step step) {
        mean = Double.isNaN(mean) ? step.loss() : SMOOTH * mean + (1 - SMOOTH) * step.loss();
        if (first < 0) {
            // The first step is not timed: the code of the kernels is slow in it.
            first = step.number();
            begun = System.nanoTime();
        }
        bar.ifPresent(b -> {
            b.setExtraMessage(text(step.number()));
            b.stepTo(step.number());
        });
    }

    @Override
    public void tested(long step, double loss) {
        out.printf(Locale.ROOT, "step %d: %s, held out %.3f%n", step, text(step), loss / LN2);
        out.flush();
    }

    private String text(long step) {
        double seconds = (System.nanoTime() - begun) / 1e9;
        Runtime memory = Runtime.getRuntime();
        String speed =
                step > first ? String.format(Locale.ROOT, ", %.0f %ss/s", (step - first) * tokens / seconds, unit) : "";
        return String.format(Locale.ROOT, "%.3f bits a %s", mean / LN2, unit) + speed + ", "
                + Sizes.text(memory.totalMemory() - memory.freeMemory());
    }

    @Override
    public void warned(String message) {
        err.println("warning: " + message);
    }

    @Override
    public void close() {
        bar.ifPresent(ProgressBar::close);
    }
}
