package heddle.cli;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticRenderer;
import heddle.runtime.artifact.DownloadListener;
import heddle.runtime.artifact.ModelFiles;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** The terminal: messages and progress, apart from results. */
public final class Terminal {
    /** The launcher knows whether standard error is a terminal; Java has no way to ask. */
    private static final boolean INTERACTIVE = Boolean.getBoolean("heddle.terminal");

    private Terminal() {}

    public static void print(List<Diagnostic> diagnostics, PrintWriter err) {
        boolean colour = INTERACTIVE && System.getenv("NO_COLOR") == null;
        err.print(new DiagnosticRenderer(colour).render(diagnostics));
        err.flush();
    }

    /** Empties the screen, where there is one; else prints a line between what was said and what will be. */
    static void separate(String line, PrintWriter out, PrintWriter err) {
        if (INTERACTIVE) {
            err.print("\u001b[H\u001b[2J");
            err.flush();
        }
        out.println(line);
    }

    /** A bar that moves while something goes on; empty where nobody would see it move. */
    public static Optional<ProgressBar> bar(String task, long steps) {
        return INTERACTIVE
                ? Optional.of(new ProgressBarBuilder()
                        .setTaskName(task)
                        .setInitialMax(steps)
                        .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                        .setConsumer(new ConsoleProgressBarConsumer(System.err))
                        .build())
                : Optional.empty();
    }

    /** The same for a number of steps that is not known; shows how many there are in a second. */
    static Optional<ProgressBar> counter(String task, String unit) {
        return INTERACTIVE
                ? Optional.of(new ProgressBarBuilder()
                        .setTaskName(task)
                        .setInitialMax(-1)
                        .setUnit(unit, 1)
                        .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                        .setConsumer(new ConsoleProgressBarConsumer(System.err))
                        .showSpeed()
                        .build())
                : Optional.empty();
    }

    /** Finds weight files and tokenizers, and shows what is being downloaded. */
    public static ModelFiles modelFiles() {
        return ModelFiles.ofUser(
                INTERACTIVE ? new DownloadBar(System.err) : DownloadListener.lines(System.err::println));
    }
}
