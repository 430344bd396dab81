package heddle.compiler.attention;

import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scalar.ScalarText;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import org.junit.jupiter.api.Test;

class LowestFillTest {
    private static final ScalarExpr SCORE = new ScalarExpr.Variable("s", DType.F32);
    private static final ScalarExpr LOWEST = number(-Float.MAX_VALUE);
    private static final ScalarExpr KEPT = less("j", "i");
    private static final ScalarExpr SEEN = less("j", "n");

    private static ScalarExpr less(String a, String b) {
        return ScalarExpr.apply(ScalarFn.LT, index(a), index(b));
    }

    private static ScalarExpr index(String name) {
        return ScalarExpr.of(new Axis(name, Dim.of(9)));
    }

    private static ScalarExpr number(double x) {
        return new ScalarExpr.Literal(DType.F32, x);
    }

    private static ScalarExpr where(ScalarExpr c, ScalarExpr a, ScalarExpr b) {
        return ScalarExpr.apply(ScalarFn.SELECT, c, a, b);
    }

    private static ScalarExpr sum(ScalarExpr a, ScalarExpr b) {
        return ScalarExpr.apply(ScalarFn.ADD, a, b);
    }

    private static void assertChosen(String expected, ScalarExpr score) {
        assertEquals(expected, ScalarText.of(LowestFill.chosen(score)));
    }

    @Test
    void aMaskOnEitherSideIsAChoice() {
        assertChosen("where(j < i, s, -3.4028234663852886E38)", sum(SCORE, where(KEPT, number(0), LOWEST)));
        assertChosen("where(j < i, -3.4028234663852886E38, s)", sum(where(KEPT, LOWEST, number(0)), SCORE));
        assertChosen("where(j < i, s + 2, -3.4028234663852886E38)", sum(SCORE, where(KEPT, number(2), LOWEST)));
    }

    @Test
    void choicesMayStandInOthers() {
        assertChosen(
                "where(j < i, where(j < n, s, -3.4028234663852886E38), -3.4028234663852886E38)",
                sum(SCORE, where(KEPT, where(SEEN, number(0), LOWEST), LOWEST)));
    }

    /** A score may be as large as any other fill, and what a score decides is not known before. */
    @Test
    void otherSumsStay() {
        assertChosen("s + where(j < i, 0, -1000000000)", sum(SCORE, where(KEPT, number(0), number(-1e9))));
        ScalarExpr ofScore = ScalarExpr.apply(ScalarFn.LT, SCORE, number(0));
        assertChosen("s + where(s < 0, 0, -3.4028234663852886E38)", sum(SCORE, where(ofScore, number(0), LOWEST)));
        assertChosen("s + -3.4028234663852886E38", sum(SCORE, LOWEST));
    }
}
