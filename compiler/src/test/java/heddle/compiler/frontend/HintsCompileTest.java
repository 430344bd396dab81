package heddle.compiler.frontend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.dsl.diagnostic.DiagnosticException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a hint says to write is a mistake no more. */
class HintsCompileTest {
    private static final String DECLARED = """
            dim N
            input x: f32[N]
            input y: i64[N]
            input z: i32[N]
            input b: bool[N]
            """;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            2.0 ** -(iota(8) + 1)   | write (.*); of integers
            2 ** y                  | write (.*); of integers
            y ** 3                  | write (.*); of integers
            y ** y                  | write (.*); of integers
            pow(y, 3)               | write (.*); of integers
            y / 2                   | or convert them: (.*)
            10 / y                  | or convert them: (.*)
            y / (y + 1)             | or convert them: (.*)
            b + b                   | convert bools to numbers: (.*)
            (x > 1.0) * (x < 2.0)   | convert bools to numbers: (.*)
            -b                      | write (.*)
            """)
    void theWholeExpressionIsReplaced(String wrong, String hint) {
        assertEquals(
                1,
                Elaborated.of(DECLARED + "output o = " + written(wrong, hint))
                        .outputs()
                        .size());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            x and true    | for example (.*) | x and true    | x
            true and x    | for example (.*) | true and x    | x
            (y + 1) or b  | for example (.*) | (y + 1) or b  | (y + 1)
            x * y         | write (.*)       | x * y         | y
            y + z         | write (.*)       | y + z         | z
            y + 0.5       | first: (.*)      | y + 0.5       | y
            """)
    void onePartIsReplaced(String wrong, String hint, String whole, String part) {
        String right = whole.replace(part, "(" + written(wrong, hint) + ")");
        assertEquals(
                1, Elaborated.of(DECLARED + "output o = " + right).outputs().size());
    }

    /** What the only hint about a model says to write. */
    private static String written(String wrong, String hint) {
        DiagnosticException e =
                assertThrows(DiagnosticException.class, () -> Elaborated.of(DECLARED + "output o = " + wrong));
        List<String> hints =
                e.diagnostics().stream().flatMap(d -> d.hint().stream()).toList();
        assertEquals(1, hints.size(), e.diagnostics().toString());
        Matcher found = Pattern.compile(hint).matcher(hints.getFirst());
        assertTrue(found.find(), hints.getFirst());
        return found.group(1);
    }
}
