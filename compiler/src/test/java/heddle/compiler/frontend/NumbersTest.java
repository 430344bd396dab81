package heddle.compiler.frontend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lengths and integers, as they come out in shapes. */
class NumbersTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2 * N + 1 | 2*N + 1",
                "(N + 1) * (N - 1) | N*N - 1",
                "6 * N / 3 | 2*N",
                "B * N / N | B",
                "N div 2 | N div 2",
                "N % 2 + 2 * (N div 2) | N",
                "N ** 2 | N*N",
                "384 / 12 | 32",
                "max(3, 4) | 4",
                "if N - N == 0 then 7 else 8 | 7",
                "size(x, 1) * rank(x) | 2*N",
                "floor(7 / 2) | 3",
                "sqrt(16) * 0 + 1 | error",
            })
    void lengthsAreExact(String expression, String expected) {
        String[] model = {"dim B, N", "input x: f32[B, N]", "output y = iota(" + expression + ")"};
        if (expected.equals("error")) {
            assertEquals(List.of("H0404"), Elaborated.codes(model));
        } else {
            assertEquals("i64[" + expected + "]", Elaborated.typeOfY(model));
        }
    }

    @ParameterizedTest
    @CsvSource({"1 / 0, H0315", "5 % 0, H0315", "9223372036854775807 + 1, H0315", "3 ** 64, H0315", "N ** 40, H0315"})
    void arithmeticWithoutResultIsReported(String expression, String code) {
        assertEquals(List.of(code), Elaborated.codes("dim N", "let a = " + expression, "output y = iota(3)"));
    }

    @Test
    void whatOnlyARunKnowsIsComputedByTheRun() {
        assertEquals("f32[]", Elaborated.typeOfY("dim N", "output y = N / 2"));
        assertEquals("f32[]", Elaborated.typeOfY("dim N", "output y = 1.0 / sqrt(N)"));
        assertEquals("bool[]", Elaborated.typeOfY("dim N", "output y = N > 4"));
    }

    @Test
    void boundLengthsDecideConditions() {
        Model m = Elaborated.withLengths(
                Map.of("N", 8L), "dim N", "input x: f32[N]", "output y = if N > 4 then x[0:4] else x");
        assertEquals("f32[4]", m.graph().outputs().get("y").type().toString());
    }
}
