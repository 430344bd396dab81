package heddle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.cache.CacheDirectory;
import heddle.runtime.tornado.TornadoCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class FailuresTest {
    @TempDir
    Path dir;

    private final StringWriter err = new StringWriter();
    private final CommandLine command = new CommandLine(new CheckCommand()).setErr(new PrintWriter(err));

    @Test
    void aBugLeavesAReportThatShowsIt() throws IOException {
        Path model = Files.writeString(dir.resolve("m.heddle"), "output y = 1.0\n");
        var parsed = command.parseArgs(model.toString());
        Exception bug = new IllegalStateException("two plus two is five", new ArithmeticException("carry"));
        assertEquals(ExitCode.BUG, new Failures().handleExecutionException(bug, command, parsed));
        Matcher file = Pattern.compile("is in (\\S+)").matcher(err.toString());
        assertTrue(file.find(), err.toString());
        assertEquals(
                CacheDirectory.ofUser().root().resolve("bug-reports"),
                Path.of(file.group(1)).getParent());
        String report = Files.readString(Path.of(file.group(1)));
        Files.delete(Path.of(file.group(1)));
        assertTrue(report.contains("two plus two is five") && report.contains("carry"), report);
        assertTrue(report.contains("FailuresTest") && report.contains("output y = 1.0"), report);
    }

    @Test
    void aLengthThatCodeNeedsIsAskedFor() throws IOException {
        Path model = Files.writeString(dir.resolve("features.heddle"), """
                dim N, D
                input q: bf16[N, D]
                input k: bf16[N, D]
                input v: bf16[N, D]
                output o = softmax(q @ transpose(k), axis = -1) @ v
                """);
        StringWriter out = new StringWriter();
        String[] args = {"compile", model.toString(), "--emit", "java"};
        int code = Main.run(args, InputStream.nullInputStream(), new PrintWriter(out), new PrintWriter(err));
        assertEquals(ExitCode.WRONG_INPUT, code, err.toString());
        assertTrue(err.toString().contains("H0807") && err.toString().contains("-D D=128"), err.toString());
    }

    @Test
    void threadsThatAreNotThereAskForFewer() {
        OutOfMemoryError hotspot = new OutOfMemoryError("unable to create native thread: possibly out of memory");
        OutOfMemoryError told = new OutOfMemoryError("inputs take 1 MB");
        told.initCause(hotspot);
        for (OutOfMemoryError e : List.of(hotspot, told)) {
            err.getBuffer().setLength(0);
            CommandLine command = new CommandLine(new ExplainCommand())
                    .setErr(new PrintWriter(err, true))
                    .setCaseInsensitiveEnumValuesAllowed(true);
            int code = Failures.report(e, command.parseArgs("m.heddle"), command.getErr());
            assertEquals(ExitCode.OUT_OF_MEMORY, code);
            assertTrue(err.toString().contains("--threads N") && !err.toString().contains("-Xmx"), err.toString());
        }
    }

    @Test
    void memoryThatIsNotThereIsNoBug() throws IOException {
        assumeTrue(Runtime.getRuntime().maxMemory() < 12_000_000_000L, "the run would fit");
        Path model = Files.writeString(
                dir.resolve("outer.heddle"),
                "input x: f32[40000]\noutput y = sum(exp(x[:, new] * x[new, :]), axis = 1)\n");
        String[] args = {"run", model.toString(), "--input", "x=random", "--unfused"};
        StringWriter out = new StringWriter();
        int code = Main.run(args, InputStream.nullInputStream(), new PrintWriter(out), new PrintWriter(err));
        assertEquals(ExitCode.OUT_OF_MEMORY, code, err.toString());
        assertTrue(
                err.toString().contains("out of memory: intermediate results and outputs take 12.8 GB"),
                err.toString());
        Matcher advice = Pattern.compile("HEDDLE_JAVA_OPTS=-Xmx(\\d+)g").matcher(err.toString());
        assertTrue(advice.find(), err.toString());
        long heap = Long.parseLong(advice.group(1)) << 30;
        assertTrue(heap > Runtime.getRuntime().maxMemory(), "more than there is: " + err);
        assertTrue(heap >= 12_800_000_000L * 3 / 2, "enough: " + err);
    }

    /** Inputs alone may be too large, which is known before anything is compiled. */
    @Test
    void randomInputsThatDoNotFitSayWhatARunNeeds() throws IOException {
        long elements = Math.min(Runtime.getRuntime().maxMemory() / 4, 2_000_000_000L);
        Path model = Files.writeString(
                dir.resolve("long.heddle"),
                "dim N\ninput a: f32[N]\ninput b: f32[N]\ninput c: f32[N]\ninput d: f32[N]\n"
                        + "output y = sum(a + b + c + d)\n");
        String[] args = {"verify", model.toString(), "-D", "N=" + elements};
        assumeTrue(Runtime.getRuntime().maxMemory() < 8_000_000_000L, "one of them would fit");
        int code = Main.run(
                args, InputStream.nullInputStream(), new PrintWriter(new StringWriter()), new PrintWriter(err));
        assertEquals(ExitCode.OUT_OF_MEMORY, code, err.toString());
        assertTrue(err.toString().contains("inputs take "), err.toString());
        Matcher advice = Pattern.compile("HEDDLE_JAVA_OPTS=-Xmx(\\d+)g").matcher(err.toString());
        assertTrue(advice.find(), err.toString());
        long heap = Long.parseLong(advice.group(1)) << 30;
        assertTrue(heap >= 16 * elements && heap <= 16 * elements * 3 / 2 + (1L << 30), err.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "SETTING, 2",
        "SDK_MISSING, 3",
        "SDK_DAMAGED, 3",
        "SDK_JAVA, 3",
        "DEVICE_MISSING, 3",
        "WORKER_START, 3",
        "LIBRARY_MISSING, 3",
        "OUTPUTS_DIFFER, 5",
        "DEVICE_MEMORY, 6",
        "KERNEL_TOO_LARGE, 6",
        "WORKER_DIED, 7",
        "KERNEL_RESOURCES, 7",
        "TIME_LIMIT, 7"
    })
    void whatADeviceDoesHasAnExitCode(TornadoCode code, int exit) throws IOException {
        var parsed = command.parseArgs("m.heddle");
        Exception failure =
                new DiagnosticException(Diagnostic.of(code, "so it is").hint("do this"));
        assertEquals(exit, new Failures().handleExecutionException(failure, command, parsed));
        assertTrue(err.toString().contains(code.id()) && err.toString().contains("do this"), err.toString());
    }
}
