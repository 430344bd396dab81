package heddle.compiler.frontend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.dsl.parse.Parser;
import heddle.dsl.source.SourceFile;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which comments are taken for a forgotten division. */
class DividingCommentsTest {
    private static final String HEAD = """
            dim N
            let hidden = 64, heads = 8
            input ids: i64[N]
            input x: f32[N, hidden]
            """;

    private static List<String> warnings(String line) {
        SourceFile file = new SourceFile("m.heddle", HEAD + line + "\noutput o = x\n");
        return Frontend.elaborate(Parser.parse(file).orThrow(), (path, importer) -> Optional.empty())
                .warnings()
                .stream()
                .map(d -> d.primary().orElseThrow().span().text())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "let d = hidden // heads",
                "let d = hidden//heads",
                "let d = (hidden + 1) // heads",
                "let d = hidden // 2",
                "let d = N // (heads - 1)",
                "let d = hidden // heads * 2",
                "let d = hidden // size(x, 1)",
                "let d = [heads,\n    hidden // heads,\n]",
                "let d = ids // heads",
                "fn f(n) = n // heads\nlet d = f(hidden)",
            })
    void anOperandIsTold(String line) {
        assertEquals(1, warnings(line).size(), line);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "let d = hidden // the width of a row",
                "let d = hidden // width",
                "let d = hidden // 12 heads",
                "let d = hidden // heads, and more",
                "let d = hidden // [heads]",
                "let d = hidden // d",
                "let d = hidden div heads // heads of x",
                "let d = 0.5 // heads",
                "let d = x @ transpose(x) // N",
                "let d = softmax(x, axis = 1) // heads",
                "let d = \"http://heads\"",
                "let d = hidden\n// heads",
                "let d = hidden // see: 2",
                "let d = hidden //",
            })
    void proseIsNot(String line) {
        assertEquals(List.of(), warnings(line), line);
    }
}
