package heddle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --require-fused} makes of lengths that leave nothing of an attention. */
class ExplainCommandTest {
    private static final String FUSED =
            "dim B, N\ninput q: f32[B, N, 8]\noutput o = softmax(q @ transpose(q), axis = -1) @ q\n";

    @TempDir
    Path dir;

    private Ran explain(String model, String... options) throws IOException {
        Path file = Files.writeString(dir.resolve("m.heddle"), model);
        Object[] words = new Object[options.length + 3];
        System.arraycopy(new Object[] {"explain", file, "--require-fused"}, 0, words, 0, 3);
        System.arraycopy(options, 0, words, 3, options.length);
        return Ran.command(words);
    }

    @Test
    void attentionWithoutElementsIsLeftOut() throws IOException {
        Ran ran = explain(FUSED, "-D", "B=0");
        assertEquals(ExitCode.DONE, ran.code(), ran.toString());
        assertEquals(
                "The attention of the model is left out: it has no elements, because a length is zero (B is 0).\n",
                ran.out());
        assertEquals("", ran.err());
    }

    @Test
    void aLengthOfZeroMayStandInTheModel() throws IOException {
        Ran ran = explain(FUSED.replace("[B, N, 8]", "[0, 5, 8]"));
        assertEquals(ExitCode.DONE, ran.code(), ran.toString());
        assertTrue(ran.out().contains("because a length is zero."), ran.out());
    }

    @Test
    void theModelCountsAsItIsForOtherLengths() throws IOException {
        String declined = FUSED.replace("output o = softmax(q @ transpose(q), axis = -1) @ q", """
                let p = softmax(q @ transpose(q), axis = -1)
                output p_too = p
                output o = p @ q""");
        assertEquals(ExitCode.NOT_FUSED, explain(declined, "-D", "B=2").code());
        Ran ran = explain(declined, "-D", "B=0");
        assertEquals(ExitCode.NOT_FUSED, ran.code(), ran.toString());
    }

    @Test
    void aModelWithoutAttentionHasNoneForLengthsOfZeroEither() throws IOException {
        Ran ran = explain("dim N\ninput x: f32[N]\noutput y = exp(x)\n", "-D", "N=0");
        assertEquals(ExitCode.NOT_FUSED, ran.code(), ran.toString());
        assertTrue(ran.err().contains("the model has no attention"), ran.err());
        assertFalse(ran.out().contains("left out"), ran.out());
    }
}
