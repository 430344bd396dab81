package heddle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import heddle.compiler.type.DType;
import heddle.runtime.tornado.TornadoSdk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code verify} concludes, and what it says its random inputs do not show. */
class VerifyCommandTest {
    private static final String INEXACT =
            "dim N\ninput x: f32[N]\noutput y = (x / 3.0 + 1000000.0 - 1000000.0) * 3.0\n";

    @TempDir
    Path dir;

    private Ran verify(String model, Object... options) throws IOException {
        Path file = Files.writeString(dir.resolve("m.heddle"), model);
        Object[] words = new Object[options.length + 4];
        System.arraycopy(new Object[] {"verify", file, "--target", "jvm"}, 0, words, 0, 4);
        System.arraycopy(options, 0, words, 4, options.length);
        return Ran.command(words);
    }

    @Test
    void whatTheTypesLeaveInexactEndsWellAndIsSaid() throws IOException {
        Ran ran = verify(INEXACT, "-D", "N=50");
        assertEquals(ExitCode.DONE, ran.code(), ran.toString());
        assertTrue(ran.out().contains("beyond tolerance, as exact as the types allow"), ran.out());
        assertTrue(ran.out().contains("\nas exact as the types allow: y beyond tolerance"), ran.out());
    }

    @Test
    void aToleranceThatIsAskedForIsHeldTo() throws IOException {
        Ran ran = verify(INEXACT, "-D", "N=50", "--atol", "1e-3");
        assertEquals(ExitCode.VERIFY_FAILED, ran.code(), ran.toString());
        assertTrue(ran.out().contains("beyond the tolerance that was asked for"), ran.out());
        assertEquals(ExitCode.DONE, verify(INEXACT, "-D", "N=50", "--atol", "1").code());
    }

    @Test
    void anOutputWithoutElementsHasNoWorstOne() throws IOException {
        Ran ran = verify("dim N\ninput x: f32[N, 4]\noutput y = x * 2.0\noutput z = sum(x)\n", "-D", "N=0");
        assertEquals(ExitCode.DONE, ran.code(), ran.toString());
        List<String> lines = ran.out().lines().filter(l -> l.contains("fused")).toList();
        assertEquals(4, lines.size(), ran.out());
        for (String line : lines) {
            assertEquals(line.contains(" y "), line.endsWith("no elements"), line);
            assertEquals(line.contains(" z "), line.endsWith("nothing differs"), line);
        }
        assertTrue(ran.out().contains("as written"), ran.out());
        Ran nothing = verify("dim N\ninput x: f32[N, 4]\noutput y = x * 2.0\n", "-D", "N=0");
        assertTrue(nothing.out().contains("nothing was compared: no output has elements"), nothing.out());
        assertEquals("", nothing.err());
    }

    @Test
    void integersAndBoolsAreWrittenAsSuch() throws IOException {
        Ran ran = verify("dim N\ninput x: f32[N]\noutput y = cast(x * 100.0, i64)\noutput z = x > 0.5\n", "-D", "N=4");
        assertEquals(ExitCode.DONE, ran.code(), ran.toString());
        assertEquals(
                4, ran.out().lines().filter(l -> l.endsWith("nothing differs")).count(), ran.out());
        assertEquals("-3", VerifyCommand.element(-3, DType.I64));
        assertEquals("true", VerifyCommand.element(1, DType.BOOL));
        assertEquals("0.500000000", VerifyCommand.element(0.5, DType.F32));
    }

    @Test
    void anInputThatNoOutputReadsIsSaid() throws IOException {
        Ran ran = verify("input x: f32[4]\ninput z: f32[4]\noutput y = x * 2.0\n");
        assertEquals(ExitCode.DONE, ran.code(), ran.toString());
        assertTrue(ran.err().contains("warning: no output depends on the input z"), ran.err());
        assertFalse(ran.err().contains("input x"), ran.err());
    }

    @Test
    void anOutputThatStaysTheSameIsSaid() throws IOException {
        Ran ran = verify("input x: f32[4]\ninput z: f32[4]\noutput y = where(x > 100.0, z, 0.0) + x\n");
        assertTrue(
                ran.err().contains("the output y is the same for other random values of the input z"), ran.toString());
        assertFalse(ran.err().contains("of the input x"), ran.err());
    }

    /** Pages, lengths and tokens all matter: no number is drawn that leaves the rest of a model untouched. */
    @Test
    void pagedAttentionIsReallyCompared() throws IOException {
        Ran ran = verify("""
                let size = 16, pages = 12
                input q: f32[2, 1, 8]
                input cache_k: f32[pages, size, 8]
                input cache_v: f32[pages, size, 8]
                input table: i64[2, 4]
                input lengths: i64[2]
                let at = iota(64)
                let slot = gather(table, at div size, axis = 1) * size + at % size
                let k = gather(merge_axes(cache_k, 0, 1), slot, axis = 0)
                let v = gather(merge_axes(cache_v, 0, 1), slot, axis = 0)
                let s = where(at[new, new, :] < lengths[:, new, new], q @ transpose(k), -inf)
                output y = softmax(s, axis = -1) @ v
                """);
        assertEquals(ExitCode.DONE, ran.code(), ran.toString());
        assertEquals("", ran.err());
        assertFalse(ran.out().contains("is 0.00000000"), ran.out());
    }

    /** Where the loss is no number there are no slopes, and nothing is wrong. */
    @Test
    void gradientsOfALossThatIsNoNumberAreNotComparedWithSlopes() throws IOException {
        Ran ran = verify(
                "input x: f32[4]\nlet w = weight \"w\" : f32[4]\noutput loss = sum(x * w) / (sum(x) - sum(x))\n",
                "--grad",
                "--weights",
                "random");
        assertTrue(ran.out().contains("not compared with slopes: the loss is "), ran.toString());
        assertFalse(ran.out().contains("DIFFERENCES"), ran.out());
        assertEquals(ExitCode.DONE, ran.code(), ran.toString());
    }

    /** Steps of all elements cross some of the many kinks of these, and of a constant rounding is all that differs. */
    @ParameterizedTest
    @CsvSource({
        "'input x: f32[4096, 16]\ninput y: f32[4096, 16]\noutput loss = mean(abs(x - y))', x",
        "'input x: f32[1024, 16]\ninput w: f32[16, 64]\noutput loss = mean(relu(x @ w) ** 2)', 'x,w'",
        "'input x: f32[1, 1]\ninput t: f32[1, 1]\nlet p = softmax(t)\noutput loss = mean(p * (log(p) - log_softmax(x)))', x"
    })
    void slopesAreFoundBesideKinks(String model, String by) throws IOException {
        Ran ran = verify(model.replace("\\n", "\n") + "\n", "--grad", "loss", "--wrt", by);
        assertEquals(ExitCode.DONE, ran.code(), ran.toString());
        assertTrue(ran.out().contains("the slope of the loss in 3 directions"), ran.out());
        assertFalse(ran.out().contains("not compared"), ran.out());
    }

    /** At its kink the gradient of `relu` is zero, and the slope a half, for steps of any length. */
    @Test
    void aGradientThatIsNoSlopeIsTold() throws IOException {
        Ran ran = verify(
                "input x: f32[4]\noutput loss = sum(relu(x - stop_gradient(x)))\n", "--grad", "loss", "--wrt", "x");
        assertTrue(ran.out().contains("NOT WHAT DIFFERENCES OF THE LOSS GIVE"), ran.out());
        assertEquals(ExitCode.VERIFY_FAILED, ran.code(), ran.toString());
    }

    /** No fused kernel computes them, so that this attention is not fused. */
    @Test
    void attentionHasGradientsOfGradients() throws IOException {
        Ran ran = verify("""
                dim N
                input x: f32[N, 4]
                let w = weight "w" : f32[4, 4]
                let q = x @ w
                let o = softmax(q @ transpose(q), axis = -1) @ q
                let g = grad(sum(o), w)
                output loss = sum(g * g)
                """, "--grad", "-D", "N=3", "--weights", "random");
        assertEquals(ExitCode.DONE, ran.code(), ran.toString());
        assertTrue(ran.out().contains("as written: all within tolerance"), ran.toString());
    }

    /** A target that is not there is said before the others are computed. */
    @Test
    void aMissingTargetIsSaidFirst() throws IOException {
        assumeFalse(TornadoSdk.isInstalled());
        Path file = Files.writeString(dir.resolve("m.heddle"), INEXACT);
        Ran ran = Ran.command("verify", file, "--target", "tornado", "-D", "N=5");
        assertEquals(ExitCode.TARGET_UNAVAILABLE, ran.code(), ran.toString());
        assertEquals("", ran.out());
    }
}
