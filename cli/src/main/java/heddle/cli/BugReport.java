package heddle.cli;

import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.ModelSource;
import heddle.runtime.cache.CacheDirectory;
import heddle.runtime.tornado.KernelRejected;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.ParseResult;

/**
 * A file that lets others see a bug in Heddle for themselves: versions, the command line, the model's source and what
 * happened. It holds no weights and no inputs. It is written to {@code bug-reports} in the cache directory.
 */
final class BugReport {
    private BugReport() {}

    static void write(Throwable bug, ParseResult parsed, PrintWriter err) {
        err.println("heddle: this is a bug in Heddle: " + firstLine(bug));
        String report = text(bug, parsed);
        try {
            Path directory = CacheDirectory.ofUser().directory("bug-reports");
            Path file = Files.writeString(Files.createTempFile(directory, "heddle-bug-", ".txt"), report);
            err.println("a report without weights or inputs is in " + file);
        } catch (IOException | DiagnosticException e) {
            err.println(report);
        }
    }

    private static String firstLine(Throwable bug) {
        return String.valueOf(bug).lines().findFirst().orElse("");
    }

    private static String text(Throwable bug, ParseResult parsed) {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        for (String line : new Version().getVersion()) {
            out.println(line);
        }
        out.println(System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        List<String> args = parsed.expandedArgs();
        out.println("heddle " + String.join(" ", args));
        out.println();
        for (Throwable cause = bug; cause != null; cause = cause.getCause()) {
            out.println(cause);
            for (StackTraceElement frame : cause.getStackTrace()) {
                out.println("    at " + frame);
            }
        }
        if (bug instanceof KernelRejected rejected) {
            out.println();
            out.println("---- generated Java");
            out.println(rejected.source());
        }
        for (String arg : args) {
            if (arg.endsWith(".heddle") || arg.endsWith(".onnx")) {
                out.println();
                out.println("---- " + arg);
                out.println(source(arg));
            }
        }
        return text.toString();
    }

    /** The text of a model; that of an ONNX file is what it was imported as. */
    private static String source(String file) {
        try {
            return file.endsWith(".heddle")
                    ? Files.readString(Path.of(file))
                    : ModelSource.file(Path.of(file)).text().text();
        } catch (IOException | RuntimeException e) {
            return String.valueOf(e);
        }
    }
}
