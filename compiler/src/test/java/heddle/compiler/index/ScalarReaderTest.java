package heddle.compiler.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarText;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScalarReaderTest {
    private static final Axis I = new Axis("i", Dim.symbol("N"));
    private static final Axis J = new Axis("j", Dim.symbol("M"));
    private static final ScalarReader READER = new ScalarReader(
            Map.of("i", I, "j", J),
            List.of(
                    new TensorType(DType.F32, Shape.of(8, 8)),
                    new TensorType(DType.I64, Shape.of(64)),
                    new TensorType(DType.F32, new Shape(List.of()))),
            Map.of("score", new ScalarExpr.Variable("score", DType.F32)));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "score",
                "score * 0.125 + x0[i, j]",
                "30 * tanh(score / 30)",
                "where(j <= i and not x1[j] == 0, score, -1000000000)",
                "where(j > i or x1[i] != x1[j], -inf, score - -2)",
                "score - (score - x0[0, 1] * x2[])",
                "score / (score * 2)",
                "score + where(j < i, 0, -inf)",
                "-score * f32(i - j + (M - 1))",
                "min(max(score, -1), 1)",
                "1 / 2",
                "score * (1 / 2 - exp(3))",
                "score + x0[x1[j div 2] % 4, i + 1]"
            })
    void whatIsPrintedIsReadBack(String text) {
        assertEquals(text, ScalarText.of(READER.read(text, DType.F32)));
    }

    @Test
    void numbersHaveTheTypeOfWhatTheyStandNextTo() {
        ScalarExpr.Apply sum = (ScalarExpr.Apply) READER.read("score + 1", DType.F32);
        assertEquals(new ScalarExpr.Literal(DType.F32, 1), sum.args().getLast());
        ScalarExpr.Apply test = (ScalarExpr.Apply) READER.read("x1[i] == 1", DType.BOOL);
        assertEquals(ScalarExpr.of(1), test.args().getLast());
        ScalarExpr.Apply odd = (ScalarExpr.Apply) READER.read("x1[i] == 9007199254740993", DType.BOOL);
        assertEquals(ScalarExpr.of(9007199254740993L), odd.args().getLast(), "more than a double can tell");
        assertEquals(new ScalarExpr.Literal(DType.F32, 2), READER.read("2", DType.F32));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "score +",
                "score score",
                "x9[0]",
                "score + x0[0]",
                "score + x1[0, 1]",
                "score + x1[0.5]",
                "nothing(score)",
                "(score",
                "score ? 1",
                "j <= i",
                "score and 1"
            })
    void whatCannotBeReadIsRefused(String text) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> READER.read(text, DType.F32), text);
        assertTrue(!e.getMessage().isEmpty(), text);
    }
}
