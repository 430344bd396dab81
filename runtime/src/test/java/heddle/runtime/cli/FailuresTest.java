package heddle.runtime.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
        String report = Files.readString(Path.of(file.group(1)));
        Files.delete(Path.of(file.group(1)));
        assertTrue(report.contains("two plus two is five") && report.contains("carry"), report);
        assertTrue(report.contains("FailuresTest") && report.contains("output y = 1.0"), report);
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
        assertTrue(err.toString().contains(" MB") && err.toString().contains("HEDDLE_JAVA_OPTS"), err.toString());
    }
}
