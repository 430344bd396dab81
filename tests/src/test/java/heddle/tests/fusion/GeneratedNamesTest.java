package heddle.tests.fusion;

import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.runtime.CompiledModel;
import heddle.runtime.Heddle;
import heddle.runtime.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.lang.model.SourceVersion;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Models may call their lengths what generated code calls something else. */
class GeneratedNamesTest {
    private static final Pattern WORD = Pattern.compile("(?<![.\\w])[A-Za-z_]\\w*");

    private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/|//.*?$", Pattern.DOTALL | Pattern.MULTILINE);

    /** What the model itself has of these names. */
    private static final Set<String> OWN = Set.of("q", "o", "iota", "softmax", "transpose", "where", "inf");

    @TempDir
    private static Path dir;

    private static CompiledModel compiled(String length) throws IOException {
        Path file = Files.writeString(
                dir.resolve("m.heddle"),
                "dim " + length + "\ninput q: f32[2, " + length + ", 24]\noutput o = softmax(where(iota(" + length
                        + ")[new, :] <= iota(" + length + ")[:, new], q @ transpose(q), -inf)) @ q");
        return Heddle.model(file).compile();
    }

    /** Every word of the code that is not the name of a member. */
    static Stream<String> words() throws IOException {
        return WORD.matcher(COMMENT.matcher(compiled("N").java()).replaceAll(""))
                .results()
                .map(MatchResult::group)
                .distinct()
                .filter(word -> SourceVersion.isName(word) && !OWN.contains(word));
    }

    @ParameterizedTest
    @MethodSource("words")
    void aLengthMayHaveAnyName(String name) throws IOException {
        CompiledModel model = compiled(name);
        Tensor o = model.run(Draw.USUAL.inputs(model.model(), Map.of(name, 37L), 1))
                .get("o");
        assertEquals(2 * 37 * 24, o.size());
    }
}
