package heddle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --machine}: compiling for machines that are not here. */
class MachineOptionTest {
    @TempDir
    private Path dir;

    private String model;
    private String printed;

    @BeforeEach
    void writeModel() throws IOException {
        String text = "dim N\ninput a: f32[N, 512]\ninput b: f32[512, N]\noutput y = a @ b\n";
        model = Files.writeString(dir.resolve("m.heddle"), text).toString();
    }

    private int run(String... arguments) {
        StringWriter out = new StringWriter();
        PrintWriter writer = new PrintWriter(out);
        int code = Main.run(arguments, InputStream.nullInputStream(), writer, writer);
        writer.flush();
        printed = out.toString();
        return code;
    }

    @Test
    void theTargetIsThatOfTheMachine() {
        assertEquals(ExitCode.DONE, run("compile", model, "--machine", "h100"), printed);
        assertTrue(printed.contains("groups of 256 threads"), printed);
        assertEquals(ExitCode.DONE, run("compile", model, "--machine", "neon.json"), printed);
        assertTrue(printed.contains("for vectors of 4 floats"), printed);
        assertEquals(ExitCode.DONE, run("compile", model, "--machine", "avx512"), printed);
        assertTrue(printed.contains("for vectors of 16 floats"), printed);
    }

    @Test
    void schedulesDifferFromMachineToMachine() {
        assertEquals(ExitCode.DONE, run("compile", model, "--machine", "avx2", "--emit", "schedule"), printed);
        assertTrue(printed.contains("unroll acc over m 6, acc over n 2"), printed);
        assertEquals(ExitCode.DONE, run("compile", model, "--machine", "avx512", "--emit", "schedule"), printed);
        assertTrue(printed.contains("unroll acc over m 6, acc over n 4"), printed);
    }

    @Test
    void aScheduleIsPrintedEditedAndGivenBack() throws IOException {
        assertEquals(ExitCode.DONE, run("compile", model, "--machine", "avx2", "--emit", "schedule"), printed);
        String edited = printed.replace("acc over m 6", "acc over m 3");
        assertTrue(!edited.equals(printed), printed);
        String file = Files.writeString(dir.resolve("mine.txt"), edited).toString();
        run("compile", model, "--machine", "avx2", "--emit", "schedule", "--schedule", file);
        assertEquals(edited, printed);
        run("compile", model, "--machine", "avx2", "--schedule", file);
        assertTrue(printed.contains("product3x2"), printed);
        Files.writeString(dir.resolve("mine.txt"), edited.replace("n 16", "n 17"));
        assertEquals(ExitCode.WRONG_INPUT, run("compile", model, "--machine", "avx2", "--schedule", file), printed);
        assertTrue(printed.contains("error[H1203]") && printed.contains("mine.txt:2:"), printed);
    }

    @Test
    void aScheduleOfOtherBytesIsNoModel() throws IOException {
        Path file = Files.write(dir.resolve("latin.txt"), new byte[] {'/', '/', ' ', (byte) 0xE9, '\n'});
        assertEquals(ExitCode.WRONG_INPUT, run("compile", model, "--schedule", file.toString()), printed);
        assertTrue(printed.contains("error[H1201]") && printed.contains("line 1 has other bytes"), printed);
        assertTrue(printed.contains("heddle compile --emit schedule prints"), printed);
    }

    @Test
    void aScheduleIsRun() throws IOException {
        assertEquals(ExitCode.DONE, run("compile", model, "-D", "N=5", "--emit", "schedule"), printed);
        String edited = printed.replace("acc over m 6", "acc over m 3").replace("grain 4", "grain 1");
        String file = Files.writeString(dir.resolve("mine.txt"), edited).toString();
        String[] command = {"run", model, "-D", "N=5", "--target", "jvm", "--input", "a=random", "--input", "b=random"};
        String[] scheduled = java.util.Arrays.copyOf(command, command.length + 2);
        scheduled[command.length] = "--schedule";
        scheduled[command.length + 1] = file;
        assertEquals(ExitCode.DONE, run(command), printed);
        String usual = printed;
        assertEquals(ExitCode.DONE, run(scheduled), printed);
        assertEquals(usual, printed);
        Files.writeString(dir.resolve("mine.txt"), edited.replace("contract#1:", "contract#9:"));
        assertTrue(run(scheduled) != ExitCode.DONE);
        assertTrue(printed.contains("error[H1202]"), printed);
    }

    @Test
    void whatRunsIsNotForAnotherMachine() {
        assertEquals(ExitCode.USAGE, run("run", model, "--machine", "h100", "-D", "N=4"));
        assertTrue(printed.contains("--machine h100 names a machine to compile for"), printed);
        assertEquals(ExitCode.USAGE, run("bench", model, "--machine", "h100", "-D", "N=4"));
        assertTrue(printed.contains("this command runs the model on the machine that is here"), printed);
    }

    @Test
    void aTargetOfAnotherKindIsAMistake() {
        assertEquals(ExitCode.USAGE, run("compile", model, "--machine", "h100", "--target", "jvm"));
        assertTrue(printed.contains("--machine h100 is of the target tornado, --target is jvm"), printed);
    }

    @Test
    void anUnknownMachineIsToldWithTheNearest() {
        assertTrue(run("compile", model, "--machine", "neo") != ExitCode.DONE);
        assertTrue(printed.contains("error[H0820]: there is no machine neo"), printed);
        assertTrue(printed.contains("did you mean neon?"), printed);
    }
}
