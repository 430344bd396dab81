package heddle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Output that cannot be written, or that nobody reads. */
class StandardOutputTest {
    @TempDir
    Path dir;

    private Path model;

    @BeforeEach
    void writeModel() throws IOException {
        model = Files.writeString(
                dir.resolve("m.heddle"),
                "dim N\ninput q: f32[N, 8]\noutput o = softmax(q @ transpose(q) / sqrt(8), axis = -1) @ q\n");
    }

    /** Each command prints something; none may end as if it had been seen. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "check M",
                "explain M",
                "inspect M",
                "compile M --emit java",
                "compile M --emit plan",
                "compile M --target tornado --emit java",
                "run M -D N=4 --input q=random",
                "run M -D N=4 --input q=random --profile",
                "verify M -D N=4",
                "bench M -D N=4 --runs 1",
                "doctor",
                "--help",
                "run --help",
                "--version"
            })
    void anOutputThatCannotBeWrittenIsAnError(String command) {
        StringWriter err = new StringWriter();
        int code = run(command, new Failing("No space left on device", 0), err);
        assertEquals(ExitCode.WRONG_INPUT, code, err.toString());
        assertTrue(err.toString().contains("error[H0812]: standard output cannot be written"), err.toString());
        assertTrue(err.toString().contains("No space left on device"), err.toString());
        assertEquals(err.toString().indexOf("H0812"), err.toString().lastIndexOf("H0812"), err.toString());
        assertFalse(err.toString().contains("mistake"), "none in the model: " + err);
    }

    @Test
    void formattedTextThatCannotBeWrittenIsAnError() {
        StringWriter err = new StringWriter();
        String text = "input   x: f32[3]\noutput y = x\n";
        int code = Main.run(
                new String[] {"fmt", "-"},
                new ByteArrayInputStream(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                StandardOutput.writer(new Failing("No space left on device", 0)),
                new PrintWriter(err, true));
        assertEquals(ExitCode.WRONG_INPUT, code, err.toString());
        assertTrue(err.toString().contains("H0812"), err.toString());
    }

    /** As with a disk that is full after some of it. */
    @Test
    void whatIsLostInTheMiddleIsAnErrorToo() {
        StringWriter err = new StringWriter();
        assertEquals(
                ExitCode.WRONG_INPUT, run("compile M --emit java", new Failing("No space left on device", 2000), err));
        assertTrue(err.toString().contains("H0812"), err.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Broken pipe", "The pipe is being closed"})
    void aReaderThatHasGoneEndsACommandQuietly(String message) {
        StringWriter err = new StringWriter();
        assertEquals(141, run("explain M", new Failing(message, 100), err));
        assertEquals("", err.toString());
    }

    private int run(String command, OutputStream out, StringWriter err) {
        String[] words = command.replace("M", model.toString()).split(" ");
        return Main.run(
                words, new ByteArrayInputStream(new byte[0]), StandardOutput.writer(out), new PrintWriter(err, true));
    }

    @Test
    void aFullDeviceIsAnErrorOfTheProcess() throws Exception {
        Path full = Path.of("/dev/full");
        org.junit.jupiter.api.Assumptions.assumeTrue(Files.exists(full));
        Path err = dir.resolve("err.txt");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "explain",
                        model.toString())
                .redirectOutput(full.toFile())
                .redirectError(err.toFile())
                .start();
        assertEquals(ExitCode.WRONG_INPUT, process.waitFor(), Files.readString(err));
        assertTrue(Files.readString(err).contains("H0812"), Files.readString(err));
        assertFalse(Files.readString(err).contains("\tat "), Files.readString(err));
    }

    /** Takes some bytes, then none. */
    private static final class Failing extends OutputStream {
        private final String message;
        private int room;

        Failing(String message, int room) {
            this.message = message;
            this.room = room;
        }

        @Override
        public void write(int b) throws IOException {
            if (room-- <= 0) {
                throw new IOException(message);
            }
        }
    }
}
