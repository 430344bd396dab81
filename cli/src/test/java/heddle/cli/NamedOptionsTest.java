package heddle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Options that give names values: names that are not there, and names that have two values. */
class NamedOptionsTest {
    @TempDir
    Path dir;

    private Path model;

    @BeforeEach
    void writeModel() throws IOException {
        model = Files.writeString(
                dir.resolve("m.heddle"), "dim tokens\ninput x: f32[tokens, 4]\noutput y = x[:100, :] * 2.0\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"check", "explain", "inspect", "compile", "run", "verify", "bench", "attend"})
    void aLengthThatIsNotDeclaredIsAMistake(String command) {
        Ran ran = command.equals("attend")
                ? Ran.command(command, model, "-D", "token=3", "--text", "a", "--token", "a")
                : Ran.command(command, model, "-D", "token=3");
        assertEquals(ExitCode.WRONG_INPUT, ran.code(), ran.toString());
        assertTrue(ran.err().contains("H0818") && ran.err().contains("did you mean \"tokens\"?"), ran.err());
    }

    @Test
    void theLengthsThereAreAreListed() throws IOException {
        assertTrue(Ran.command("check", model, "-D", "X=3").err().contains("its lengths are tokens"));
        Path none = Files.writeString(dir.resolve("none.heddle"), "input x: f32[4]\noutput y = x\n");
        assertTrue(Ran.command("check", none, "-D", "X=3").err().contains("it has none"));
    }

    @Test
    void aNameHasOneValue() {
        Ran length = Ran.command("run", model, "-D", "tokens=200", "-D", "tokens=300", "--input", "x=random");
        assertEquals(ExitCode.USAGE, length.code());
        assertTrue(length.err().contains("-D gives tokens twice: 200 and 300"), length.err());
        Ran input = Ran.command("run", model, "--input", "x=a.npy", "--input", "x=random");
        assertEquals(ExitCode.USAGE, input.code());
        assertTrue(input.err().contains("--input gives x twice: a.npy and random"), input.err());
        Ran weights = Ran.command("run", model, "--weights", "a.onnx", "--weights", "b.onnx");
        assertEquals(ExitCode.USAGE, weights.code());
        assertTrue(weights.err().contains("only once"), weights.err());
    }

    @Test
    void aValueIsAsItShouldBe() {
        Ran many = Ran.command("run", model, "-D", "tokens=many");
        assertEquals(ExitCode.USAGE, many.code());
        assertTrue(many.err().contains("'many' is not a whole number"), many.err());
        Ran nothing = Ran.command("run", model, "-D", "tokens");
        assertEquals(ExitCode.USAGE, nothing.code());
        assertTrue(nothing.err().contains("'tokens' is not a name, =, and a value"), nothing.err());
    }

    /** Words of options, those that stand in the place of a file among them. */
    @ParameterizedTest
    @CsvSource({
        "run --weights randm, random",
        "run --input x=randm, random",
        "run --target jmv, jvm",
        "run --output yy=y.npy, y=",
        "inspect --format htlm, html",
        "inspect --after fold-constant, fold-constants",
        "'compile --emit java,scedule', schedule",
        "compile --machine avx521, avx512",
        "explain --format tabel, table",
        "bench --vs unfusd, unfused",
        "verify --against onnxruntim, onnxruntime"
    })
    void aSlipInAWordIsToldWithWhatWasMeant(String command, String meant) throws IOException {
        Path weighted = Files.writeString(
                dir.resolve("w.heddle"), "input x: f32[4]\noutput y = x * weight \"w\" : f32[4]\noutput y2 = x\n");
        List<Object> words = new ArrayList<>(List.of(command.split(" ")));
        words.add(1, weighted);
        if (command.startsWith("run") && !command.contains("--input")) {
            words.addAll(List.of("--input", "x=random"));
        }
        Ran ran = Ran.command(words.toArray());
        assertTrue(ran.code() != ExitCode.DONE, ran.toString());
        assertTrue(ran.err().contains("did you mean " + meant + "?"), ran.err());
    }

    @Test
    void checkTakesLengths() {
        assertEquals(ExitCode.DONE, Ran.command("check", model).code());
        assertEquals(
                ExitCode.DONE, Ran.command("check", model, "-D", "tokens=100").code());
        Ran ran = Ran.command("check", model, "-D", "tokens=99");
        assertEquals(ExitCode.WRONG_INPUT, ran.code(), ran.out());
        assertTrue(ran.err().contains("1 mistake"), ran.err());
    }
}
