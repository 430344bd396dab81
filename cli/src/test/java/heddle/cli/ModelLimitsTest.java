package heddle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models with next to nothing in them, and with more than any machine holds. */
class ModelLimitsTest {
    @TempDir
    Path dir;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "input x: f32[N, 4]\noutput y = x",
                "input x: f32[N, 4]\noutput y = x\noutput z = x",
                "input x: f32[N, 4]\noutput y = permute(x, [0, 1])",
                "input x: f32[1, 4]\noutput y = transpose(x)",
                "input x: bool[N]\noutput y = x",
                "output y = tensor([1.0, 2.0])",
                "output y = full([3], 2.0)",
                "output y = 1",
                "output y = weight \"w\" : f32[4]",
                "input x: f32[N, 4]\noutput y = dropout(x, 0.1)",
                "input x: f32[N, 4]\noutput y = stop_gradient(x)",
            })
    void modelsWithoutAKernelRun(String body) throws IOException {
        assertEquals(ExitCode.DONE, run("verify", body, "-D", "N=3", "--weights", "random"), err.toString());
        assertTrue(out.toString().contains("all within tolerance"), out.toString());
        assertEquals(
                ExitCode.DONE,
                run("bench", body, "-D", "N=3", "--weights", "random", "--warm-up", "0", "--settle", "0"),
                err.toString());
        assertEquals(ExitCode.DONE, run("explain", body, "-D", "N=3"), err.toString());
    }

    /** A number of the graph, whatever the exponent is. */
    @ParameterizedTest
    @ValueSource(strings = {"D ** -0.5", "D ** 0.5", "D ** -1", "2 ** D", "2.0 ** -D", "D ** D", "D ** 2 / 3"})
    void powersOfLengthsThatAreBoundLaterAreNumbers(String power) throws IOException {
        String body = "dim D\ninput x: f32[N, D]\noutput y = x * (" + power + ")";
        assertEquals(ExitCode.DONE, run("verify", body, "-D", "N=3", "-D", "D=6"), err.toString());
        assertTrue(out.toString().contains("all within tolerance"), out.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "input x: bool[N, 4]\noutput y = pad(x, [1, 2], value = true, axis = 0)",
                "input x: bool[N, 4]\noutput y = pad(x, [1, 2], value = false, axis = 0)",
                "input x: f32[N]\noutput y = pad(x, [1, 2], value = -inf)",
            })
    void paddingTakesWhatItsTensorHolds(String body) throws IOException {
        assertEquals(ExitCode.DONE, run("verify", body, "-D", "N=3"), err.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "'f32[1000000, 1000000, 1000000, 1000000]', x, H0319",
        "'f32[0, 1000000, 1000000, 1000000, 1000000]', x, H0319",
        "f32[N], 'expand(x, [N, N, N, N, N, N, N, N])', H0319",
        "f32[N], 'x[:, new] * zeros([2000000000, 2000000000])', H0319",
        "f32[N], 'concat([zeros([9000000000000000000 div 9]), zeros([9000000000000000000])])', H0319",
        "f32[N], 'merge_axes(zeros([4000000000, 4000000000]), 0, 1)', H0319"
    })
    void aTensorThatCannotBeCountedHasAPlace(String type, String value, String code) throws IOException {
        String body = "input x: " + type + "\noutput y = sum(" + value + ")";
        for (String command : List.of("explain", "run", "verify", "inspect")) {
            err.getBuffer().setLength(0);
            assertEquals(ExitCode.WRONG_INPUT, run(command, body, "-D", "N=100000"), command + err);
            assertTrue(err.toString().contains(code) && err.toString().contains("m.heddle:"), err.toString());
        }
    }

    /** The tensor is never stored where it is fused, and counted all the same. */
    @Test
    void anAxisThatAKernelCannotCountIsSaid() throws IOException {
        String body = "input x: f32[N]\noutput y = sum(cast(iota(N * N), f32)) + x";
        assertEquals(ExitCode.WRONG_INPUT, run("run", body, "-D", "N=100000", "--input", "x=random"));
        assertTrue(
                err.toString().contains("H0814") && err.toString().contains("goes over 10000000000 elements"),
                err.toString());
        err.getBuffer().setLength(0);
        assertEquals(ExitCode.WRONG_INPUT, run("verify", body, "-D", "N=100000"));
        assertTrue(err.toString().contains("H0814"), err.toString());
    }

    /** Each tensor can be counted, and what is done with them, too. */
    @Test
    void operationsAndBytesBeyondSixtyFourBitsAreCounted() throws IOException {
        String body = """
                input x: f32[N, 128]
                let y = softmax(x @ transpose(x), axis = -1) @ x
                output loss = sum(y)""";
        String n = "N=1000000000";
        assertEquals(ExitCode.DONE, run("explain", body, "-D", n), err.toString());
        assertTrue(out.toString().contains("bytes          1.0 TB, unfused 16.0 EB\n"), out.toString());
        assertTrue(
                out.toString().contains("flops          519 quintillion, unfused 519 quintillion\n"), out.toString());
        assertEquals(ExitCode.DONE, run("explain", body, "-D", n, "--grad", "--wrt", "x"), err.toString());
        assertTrue(out.toString().contains(", unfused more than 9.2 EB\n"), out.toString());
        assertEquals(ExitCode.DONE, run("compile", body, "-D", n, "--emit", "plan"), err.toString());
        assertTrue(out.toString().contains("\"flops\" : 5190"), out.toString());
        String page = dir.resolve("page.html").toString();
        assertEquals(ExitCode.DONE, run("inspect", body, "-D", n, "-o", page), err.toString());
        // A number in a formula may pass 64 bits, too.
        body = body.replace("f32[N, 128]", "f32[N, 1000000000, 128]");
        assertEquals(ExitCode.DONE, run("explain", body), err.toString());
        assertTrue(out.toString().contains("flops          519054687631000000000*N, unfused"), out.toString());
    }

    @Test
    void warningsKeepNothingFromRunning() throws IOException {
        String body = "let d = N // 2\ninput x: f32[N]\noutput y = x";
        assertEquals(ExitCode.DONE, run("run", body, "-D", "N=3", "--input", "x=random"), err.toString());
        assertTrue(err.toString().startsWith("warning[H0321]"), err.toString());
        err.getBuffer().setLength(0);
        assertEquals(ExitCode.DONE, run("check", body), err.toString());
        assertTrue(err.toString().startsWith("warning[H0321]"), err.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "UTF-16, is UTF-16 text",
        "UTF-16LE, is UTF-16 text",
        "UTF-16BE, is UTF-16 text",
        "ISO-8859-1, line 2 has other bytes"
    })
    void textOfAnotherEncodingIsTold(String encoding, String said) throws IOException {
        byte[] bytes = "output y = 1.0\n// caf\u00e9\n".getBytes(encoding);
        Path model = Files.write(dir.resolve("m.heddle"), bytes);
        assertEquals(ExitCode.WRONG_INPUT, main("check", model.toString()));
        assertTrue(err.toString().contains("H0811") && err.toString().contains(said), err.toString());
    }

    @Test
    void whatIsNoTextIsTold() throws IOException {
        Path model = Files.write(dir.resolve("m.heddle"), new byte[] {1, 0, 0, 0, 0, 2, 3});
        assertEquals(ExitCode.WRONG_INPUT, main("check", model.toString()));
        assertTrue(err.toString().contains("is not text"), err.toString());
    }

    @Test
    void messagesStayShort() throws IOException {
        String name = "a".repeat(1_000_000);
        run("check", "output y = \"" + name + "\" + " + name + "(" + name + ")");
        assertTrue(err.toString().length() < 10_000, err.toString().length() + " characters");
        assertTrue(err.toString().contains("H0202"), err.toString());
    }

    private int run(String command, String body, String... more) throws IOException {
        Path model = dir.resolve("m.heddle");
        Files.writeString(model, "dim N\n" + body + "\n", StandardCharsets.UTF_8);
        List<String> words = new ArrayList<>(List.of(command, model.toString()));
        words.addAll(List.of(more));
        return main(words.toArray(String[]::new));
    }

    private int main(String... words) {
        return Main.run(words, InputStream.nullInputStream(), new PrintWriter(out), new PrintWriter(err));
    }
}
