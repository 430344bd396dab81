package heddle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Command;

/** What commands do with little: no attention, no weights, no name of a format. */
class SmallCommandsTest {
    private static final String MODEL = "dim N\ninput x: f32[N]\noutput y = x * 2.0\n";

    @TempDir
    Path dir;

    @Test
    void aModelWithoutAttentionAndWeightsHasNeitherInItsLastLine() throws IOException {
        Path model = Files.writeString(dir.resolve("m.heddle"), MODEL);
        Ran ran = Ran.command("run", model, "-D", "N=3", "--input", "x=random", "--target", "jvm");
        assertTrue(ran.out().contains("\nno attention, target jvm"), ran.out());
        assertFalse(ran.out().contains("weights"), ran.out());
    }

    /** Lengths of zero and one leave nothing of an attention, which is there at others. */
    @Test
    void anAttentionThatLengthsLeaveOutIsSaid() throws IOException {
        Path model = Files.writeString(
                dir.resolve("a.heddle"), "dim M, N\ninput x: f32[N, 4]\noutput y = softmax(x @ transpose(x)) @ x\n");
        Ran none = Ran.command("run", model, "-D", "N=0", "-D", "M=1", "--input", "x=random", "--target", "jvm");
        assertTrue(none.out().contains("\nattention left out at N=0, target jvm"), none.toString());
        Ran some = Ran.command("run", model, "-D", "N=2", "-D", "M=3", "--input", "x=random", "--target", "jvm");
        assertTrue(some.out().contains("\nfused 1/1 attention"), some.toString());
    }

    @Test
    void theFormatIsAsTheNameEnds() throws IOException {
        Path model = Files.writeString(dir.resolve("m.heddle"), MODEL);
        Path graph = dir.resolve("graph.SVG");
        assertEquals(ExitCode.DONE, Ran.command("inspect", model, "-o", graph).code());
        assertTrue(Files.readString(graph).startsWith("<svg"));
        Ran.command("inspect", model, "-o", graph, "--format", "dot");
        assertTrue(Files.readString(graph).startsWith("digraph"), Files.readString(graph));
        Path text = dir.resolve("graph.txt");
        Ran.command("inspect", model, "-o", text);
        assertTrue(Files.readString(text).contains("output y"), Files.readString(text));
    }

    @Test
    void checkReadsStandardInput() {
        StringWriter out = new StringWriter();
        int code = Main.run(
                new String[] {"check", "-"},
                new ByteArrayInputStream(MODEL.getBytes(StandardCharsets.UTF_8)),
                new PrintWriter(out),
                new PrintWriter(out));
        assertEquals(ExitCode.DONE, code, out.toString());
        assertTrue(out.toString().contains("1 input, 0 weights, 1 output"), out.toString());
    }

    @Test
    void helpIsACommandToo() {
        assertEquals(Ran.command("--help").out(), Ran.command("help").out());
        assertEquals(
                Ran.command("run", "--help").out(), Ran.command("help", "run").out());
    }

    @Test
    void ofSeveralModelsTheOneThatLacksALengthIsNamed() throws IOException {
        Path with = Files.writeString(dir.resolve("with.heddle"), MODEL);
        Path without = Files.writeString(dir.resolve("without.heddle"), "input x: f32[2]\noutput y = x\n");
        Ran ran = Ran.command("check", with, without, "-D", "N=3");
        assertTrue(ran.err().contains("the model " + without + " has no length \"N\""), ran.err());
    }

    @Test
    void aTensorOfFixedLengthsIsTooLargeInTheModel() throws IOException {
        Path model = Files.writeString(dir.resolve("m.heddle"), "output o = zeros([100000, 100000, 100000])\n");
        Ran ran = Ran.command("run", model, "--target", "jvm");
        assertTrue(ran.err().contains("H0903") && ran.err().contains("write a smaller shape"), ran.err());
        assertFalse(ran.err().contains("{}"), ran.err());
    }

    @Test
    void inputsAreGivenOnce() throws IOException {
        Path model = Files.writeString(dir.resolve("m.heddle"), MODEL);
        Ran ran = Ran.command("run", model, "--input", "x=Random");
        assertEquals(ExitCode.USAGE, ran.code());
        assertTrue(ran.err().contains("did you mean random?"), ran.err());
    }

    @Test
    void footersFitTheirLines() {
        for (String command : new String[] {"verify", "compile"}) {
            String help = Ran.command(command, "--help").out();
            for (String end : new String[] {"\nheld;", "\nheld to", "\nare held", "\nwritten in", "\nfar off"}) {
                assertFalse(help.contains(end), help);
            }
        }
    }

    /** Examples can be copied, and paragraphs have no ragged lines: none is wider than what is printed. */
    @Test
    void theLastLinesOfHelpAreNotWrapped() {
        Matcher commands = Pattern.compile("(?m)^  ([a-z]+)  +")
                .matcher(Ran.command("--help").out());
        List<String> wrapped = new ArrayList<>();
        int found = 0;
        for (; commands.find(); found++) {
            Class<?> command = commandOf(commands.group(1));
            for (String line : command.getAnnotation(Command.class).footer()) {
                if (line.replace("%%", "%").length() >= 100) {
                    wrapped.add(commands.group(1) + ": " + line);
                }
            }
        }
        assertTrue(found > 15, found + " commands");
        assertEquals(List.of(), wrapped);
        assertTrue(Ran.command("--help").out().contains("130 ended by Ctrl-C"));
    }

    private static Class<?> commandOf(String name) {
        return Arrays.stream(Main.class.getAnnotation(Command.class).subcommands())
                .filter(c -> c.getAnnotation(Command.class).name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name));
    }
}
