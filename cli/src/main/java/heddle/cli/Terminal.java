package heddle.cli;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticRenderer;
import heddle.runtime.artifact.DownloadListener;
import heddle.runtime.artifact.ModelFiles;
import java.io.PrintWriter;
import java.util.List;

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

    /** Finds weight files and tokenizers, and shows what is being downloaded. */
    public static ModelFiles modelFiles() {
        return ModelFiles.ofUser(
                INTERACTIVE ? new DownloadBar(System.err) : DownloadListener.lines(System.err::println));
    }
}
