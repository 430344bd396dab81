package heddle.compiler.softmax;

import heddle.compiler.rule.RuleAssert;
import heddle.compiler.rule.RuleSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UnguardSoftmaxTest {
    private static final RuleSet RULE =
            new RuleSet("unguard-softmax", List.of(new UnguardSoftmax()), SoftmaxRules.RECOGNISE.measure());

    private static RuleAssert rule(String body) {
        return RuleAssert.of(RULE, "dim N\ninput x: f32[3, N]\ninput y: f32[3, N]\n" + body);
    }

    private static void assertTakenOff(String body) {
        rule(body).leaves("input", "input", "softmax").means(Map.of("N", 4L));
    }

    private static void assertKept(String body) {
        rule(body).doesNotFire();
    }

    @Test
    void whereAllAreMinusInfinity() {
        assertTakenOff("output o = where(all(x == -inf, axis = 1, keepdims = true), 0.0, softmax(x, axis = 1))");
        assertTakenOff("output o = where(all(x == -inf, axis = 1)[:, new], 0.0, softmax(x, axis = 1))");
        assertTakenOff("output o = where(any(x != -inf, axis = 1, keepdims = true), softmax(x, axis = 1), 0.0)");
        assertTakenOff("output o = where(max(x, axis = 1, keepdims = true) == -inf, 0.0, softmax(x, axis = 1))");
    }

    @Test
    void whicheverSideOfTheComparisonMinusInfinityIsOn() {
        assertTakenOff("output o = where(-inf == max(x, axis = 1, keepdims = true), 0.0, softmax(x, axis = 1))");
        assertTakenOff("output o = where(all(-inf == x, axis = 1, keepdims = true), 0.0, softmax(x, axis = 1))");
    }

    @Test
    void notWhereOtherRowsOrAxesAreLookedAt() {
        assertKept("output o = where(all(y == -inf, axis = 1, keepdims = true), 0.0, softmax(x, axis = 1))");
        assertKept("output o = where(all(x == -inf, axis = 0, keepdims = true), 0.0, softmax(x, axis = 1))");
    }

    @Test
    void notWhereSomeSufficeOrTheFillIsAnother() {
        assertKept("output o = where(any(x == -inf, axis = 1, keepdims = true), 0.0, softmax(x, axis = 1))");
        assertKept("output o = where(all(x == -inf, axis = 1, keepdims = true), 1.0, softmax(x, axis = 1))");
        assertKept("output o = where(all(x == -inf, axis = 1, keepdims = true), softmax(x, axis = 1), 0.0)");
    }

    /** A row of NaN has no score above minus infinity; softmax keeps the NaN. */
    @Test
    void notWhereNaNWouldBeDropped() {
        assertKept("output o = where(max(x, axis = 1, keepdims = true) > -inf, softmax(x, axis = 1), 0.0)");
    }
}
