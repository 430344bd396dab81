package heddle.dsl.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.dsl.RandomProgram;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticRenderer;
import heddle.dsl.source.SourceFile;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the text, the parser ends with a tree or with messages, never with a trace. */
class RobustnessTest {
    private static final String[] SCRAPS = {
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "\"",
        "\\",
        "..",
        ":",
        ",",
        "=",
        "==",
        "&&",
        "\n",
        "if",
        "fn",
        "weight",
        "\ud83d\ude00",
        "\ud83d",
        "//",
        "1e999",
        "99999999999999999999",
        "\u0000",
        "let",
        "for",
        "{{",
        "'",
        "else",
        "input x",
        "\t",
        "é"
    };

    @Test
    void damagedPrograms() {
        for (long seed = 0; seed < 400; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder(RandomProgram.of(seed));
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                int at = random.nextInt(text.length() + 1);
                int end = Math.min(text.length(), at + random.nextInt(3));
                text.replace(at, end, SCRAPS[random.nextInt(SCRAPS.length)]);
            }
            SourceFile file = new SourceFile("t.heddle", text.toString());
            try {
                List<Diagnostic> diagnostics = Parser.parse(file).diagnostics();
                String rendered = new DiagnosticRenderer(true).render(diagnostics);
                assertEquals(diagnostics.isEmpty(), rendered.isEmpty());
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + "\n" + text, e);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(",
                "[",
                "-",
                "not ",
                "x[",
                "f(",
                "1 + ",
                "2 ** ",
                "if a then b else ",
                "weight \"w\" : f32[-",
                "x[-",
                "f(a = "
            })
    void deepNestingIsReported(String opening) throws InterruptedException {
        SourceFile file = new SourceFile("t.heddle", "let a = 1\nlet x = " + opening.repeat(3_000) + "\n");
        assertFalse(onSmallStack(file).isEmpty());
    }

    @Test
    void deepBlocksAreReported() throws InterruptedException {
        String text = "if a {\n".repeat(3_000) + "}\n".repeat(3_000);
        List<Diagnostic> diagnostics = onSmallStack(new SourceFile("t.heddle", text));
        assertEquals(SyntaxCode.TOO_DEEP, diagnostics.getFirst().code());
    }

    @Test
    void ordinaryDepthIsRead() throws InterruptedException {
        String text = "let x = " + "(".repeat(150) + "1" + ")".repeat(150) + " + 1".repeat(300) + "\n";
        assertTrue(onSmallStack(new SourceFile("t.heddle", text)).isEmpty());
    }

    /** Parses on a thread with the stack that Java gives a thread by default. */
    private static List<Diagnostic> onSmallStack(SourceFile file) throws InterruptedException {
        AtomicReference<List<Diagnostic>> result = new AtomicReference<>();
        Thread thread = new Thread(null, () -> result.set(Parser.parse(file).diagnostics()), "small", 1 << 20);
        thread.start();
        thread.join();
        return result.get();
    }
}
