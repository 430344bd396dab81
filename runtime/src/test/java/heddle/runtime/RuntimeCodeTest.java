package heddle.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.dsl.diagnostic.DiagnosticCode;
import heddle.runtime.embed.EmbedCode;
import heddle.runtime.train.TrainCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RuntimeCodeTest {
    @ParameterizedTest
    @EnumSource
    void everyCodeHasAPage(RuntimeCode code) throws IOException {
        assertPage(code);
    }

    @ParameterizedTest
    @EnumSource
    void everyCodeOfTrainingHasAPage(TrainCode code) throws IOException {
        assertPage(code);
    }

    @ParameterizedTest
    @EnumSource
    void everyCodeOfEmbeddingHasAPage(EmbedCode code) throws IOException {
        assertPage(code);
    }

    private static void assertPage(DiagnosticCode code) throws IOException {
        Path page = Path.of("..", "docs", "errors", code.id() + ".md");
        assertEquals(
                "# " + code.id() + ": " + code.title(), Files.readAllLines(page).getFirst());
    }
}
