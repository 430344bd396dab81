package heddle.tests.numerics;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Softmax under a mask, shifted by the maximum of all scores. {@code docs/numerics.md} says that the compiled model leaves the shift
 * out, also where it is not finite because of scores that the mask hides. The keys are the scores of both queries; the mask hides
 * the last.
 */
class MaskedShiftTest {
    private static final double INF = Double.POSITIVE_INFINITY;
    private static final double NAN = Double.NaN;

    @TempDir
    static Path classes;

    private static Computed attention(String p) {
        return new Computed(
                        classes,
                        "input k: f32[3, 1]",
                        "input v: f32[3, 1]",
                        "input open: bool[3]",
                        "input q: f32[2, 1]",
                        "let s = q @ transpose(k)",
                        "let masked = where(open, s, -inf)",
                        "let greatest = max(s, axis = -1, keepdims = true)",
                        "let own = max(masked, axis = -1, keepdims = true)",
                        "fn divided(e) = e / sum(e, axis = -1, keepdims = true)",
                        "output y = (" + p + ") @ v")
                .with("q", 1, 1)
                .with("v", 1, 3, 100)
                .with("open", 1, 1, 0)
                .fused();
    }

    /** Shifted by plus infinity, all scores are minus infinity; by NaN, all are NaN. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "softmax(masked - greatest, axis = -1)",
                "softmax(where(open, masked - greatest, -inf), axis = -1)",
                "softmax(where(not open, -inf, where(not open, -inf, s) - greatest), axis = -1)"
            })
    void hiddenScoresDoNotShiftASoftmax(String p) {
        attention(p).with("k", 5, 5, 7).gives(2, 2);
        attention(p).with("k", 5, 5, INF).written(0, 0).compiled(2, 2);
        attention(p).with("k", 5, 5, NAN).written(NAN, NAN).compiled(2, 2);
        attention(p).with("k", 5, 5, -INF).gives(2, 2);
        // What the mask keeps counts as ever.
        attention(p).with("k", 5, INF, 7).gives(NAN, NAN);
        attention(p).with("k", 5, NAN, 7).gives(NAN, NAN);
        attention(p).with("k", 5, -INF, 7).gives(1, 1);
    }

    /** The same of exponentials: where all of a row are zero, they are divided by zero. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "divided(exp(masked - greatest))",
                "divided(where(open, exp(s - greatest), 0.0))",
                "divided(where(open, exp(masked - greatest), 0.0))",
                "divided(exp(s - greatest) * cast(open, f32))"
            })
    void hiddenScoresDoNotShiftExponentials(String p) {
        attention(p).with("k", 5, 5, 7).gives(2, 2);
        attention(p).with("k", 5, 5, INF).written(NAN, NAN).compiled(2, 2);
        attention(p).with("k", 5, 5, NAN).written(NAN, NAN).compiled(2, 2);
        attention(p).with("k", 5, 5, 5000).written(NAN, NAN).compiled(2, 2);
        attention(p).with("k", 5, INF, 7).gives(NAN, NAN);
        attention(p).with("k", 5, NAN, 7).gives(NAN, NAN);
    }

    /** Shifted by its own maximum, no hidden score is seen at all. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "softmax(masked - own, axis = -1)",
                "softmax(where(open, masked - own, -inf), axis = -1)",
                "divided(where(open, exp(s - own), 0.0))"
            })
    void aMaximumOfWhatIsKeptIsAsWritten(String p) {
        for (double hidden : new double[] {7, 5000, INF, NAN, -INF}) {
            attention(p).with("k", 5, 5, hidden).gives(2, 2);
        }
        attention(p).with("k", 5, INF, 7).gives(NAN, NAN);
    }

    /** A row of minus infinity has no finite maximum; the mask fills in a number, which is a score like others. */
    @Test
    void aFilledRowOfMinusInfinityAttendsToWhatIsFilled() {
        attention("softmax(where(open, s, -1000.0) - greatest, axis = -1)")
                .with("k", -INF, -INF, -INF)
                .written(NAN, NAN)
                .compiled(100, 100);
    }
}
