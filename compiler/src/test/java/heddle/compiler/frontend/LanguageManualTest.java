package heddle.compiler.frontend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.frontend.function.LanguageFunction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the manual says is so: its models and the README's compile, its table of functions is the catalogue. */
class LanguageManualTest {
    private static final Path MANUAL = Path.of("..", "docs", "language.md");
    private static final Pattern MODEL = Pattern.compile("```heddle\n(.*?)```", Pattern.DOTALL);

    static List<String> models() throws IOException {
        String texts = Files.readString(MANUAL) + Files.readString(Path.of("..", "README.md"));
        return MODEL.matcher(texts).results().map(m -> m.group(1)).toList();
    }

    @ParameterizedTest
    @MethodSource("models")
    void compiles(String model) {
        assertTrue(!Elaborated.of(model).outputs().isEmpty(), model);
    }

    @Test
    void theReadmeShowsTheExample() throws IOException {
        String example = Files.readString(Path.of("..", "examples", "attention.heddle"));
        assertTrue(models().contains(example), "README.md and examples/attention.heddle differ");
    }

    @Test
    void listsTheFunctionsOfTheCatalogue() throws IOException {
        StringBuilder table = new StringBuilder();
        for (Catalogue.Section section : Catalogue.sections()) {
            table.append("\n### ").append(section.title()).append("\n\n| function | | shapes |\n|---|---|---|\n");
            for (LanguageFunction f : section.functions()) {
                table.append("| `" + f.signature() + "` | " + f.summary() + " | " + f.shapes() + " |\n");
            }
        }
        checkPart("functions", table + "\n");
    }

    /** The part of the manual between the comments that begin with {@code name} and {@code end of name}. */
    private static void checkPart(String name, String expected) throws IOException {
        String manual = Files.readString(MANUAL);
        int start = manual.indexOf('\n', manual.indexOf("<!-- " + name + ":")) + 1;
        int end = manual.indexOf("<!-- end of " + name);
        if (Boolean.getBoolean("heddle.update")) {
            Files.writeString(MANUAL, manual.substring(0, start) + expected + manual.substring(end));
        } else {
            assertEquals(expected, manual.substring(start, end), "run with -Dheddle.update=true");
        }
    }
}
