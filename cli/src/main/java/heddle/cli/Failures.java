package heddle.cli;

import heddle.cli.report.Sizes;
import heddle.compiler.type.LengthTooLargeException;
import heddle.compiler.type.UnknownLengthException;
import heddle.dsl.diagnostic.DiagnosticCode;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.LengthMistakes;
import heddle.runtime.NotEnoughMemory;
import heddle.runtime.tornado.TornadoCode;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Turns what went wrong in a command into a message and an exit code. */
final class Failures implements IExecutionExceptionHandler {
    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
        return report(e, parsed, command.getErr());
    }

    /** Runs a command; errors of the JVM and of printing help, which pass the handler by, are reported too. */
    static int execute(ParseResult parsed) {
        try {
            return new CommandLine.RunLast().execute(parsed);
        } catch (OutOfMemoryError
                | StackOverflowError
                | AssertionError
                | StandardOutput.Closed
                | StandardOutput.Lost
                | DiagnosticException e) {
            return report(e, parsed, parsed.commandSpec().commandLine().getErr());
        }
    }

    /** Says what went wrong, and gives the exit code for it. */
    static int report(Throwable cause, ParseResult parsed, PrintWriter err) {
        return switch (cause) {
            case DiagnosticException wrong -> {
                Terminal.print(wrong.diagnostics(), err);
                yield code(wrong.diagnostics().getFirst().code());
            }
            case StandardOutput.Lost lost -> {
                Terminal.print(List.of(lost.diagnostic()), err);
                yield ExitCode.WRONG_INPUT;
            }
            case StandardOutput.Closed closed -> ExitCode.OUTPUT_CLOSED;
            case UnknownLengthException unknown -> {
                Terminal.print(List.of(LengthMistakes.of(unknown)), err);
                yield ExitCode.WRONG_INPUT;
            }
            case LengthTooLargeException large -> {
                Terminal.print(List.of(LengthMistakes.of(large)), err);
                yield ExitCode.WRONG_INPUT;
            }
            case OutOfMemoryError memory -> {
                outOfMemory(memory, err);
                yield ExitCode.OUT_OF_MEMORY;
            }
            default -> {
                BugReport.write(cause, parsed, err);
                yield ExitCode.BUG;
            }
        };
    }

    private static void outOfMemory(OutOfMemoryError memory, PrintWriter err) {
        if (isOfThreads(memory)) {
            err.println("heddle: out of memory: the system starts no more threads");
            err.println("--threads N computes with fewer");
            return;
        }
        err.println("heddle: out of memory: " + memory.getMessage());
        String larger = memory instanceof NotEnoughMemory known && known.isKnown()
                ? Sizes.largerHeap(known.heap())
                : Sizes.largerHeap();
        err.println("the limit is " + Sizes.text(Runtime.getRuntime().maxMemory()) + "; " + larger
                + " raises it, a smaller batch or shorter input needs less");
    }

    /** HotSpot has no other sign of it. A larger heap would make it worse. */
    private static boolean isOfThreads(OutOfMemoryError e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (String.valueOf(cause.getMessage()).contains("unable to create native thread")) {
                return true;
            }
        }
        return false;
    }

    private static int code(DiagnosticCode code) {
        if (code instanceof TornadoCode tornado) {
            return switch (tornado) {
                case SDK_MISSING, SDK_DAMAGED, SDK_JAVA, DEVICE_MISSING, WORKER_START, LIBRARY_MISSING ->
                    ExitCode.TARGET_UNAVAILABLE;
                case SETTING -> ExitCode.USAGE;
                case DEVICE_MEMORY, KERNEL_TOO_LARGE -> ExitCode.OUT_OF_MEMORY;
                case WORKER_DIED, TIME_LIMIT, KERNEL_RESOURCES -> ExitCode.DEVICE_FAILED;
                case OUTPUTS_DIFFER -> ExitCode.VERIFY_FAILED;
            };
        }
        return ExitCode.WRONG_INPUT;
    }
}
