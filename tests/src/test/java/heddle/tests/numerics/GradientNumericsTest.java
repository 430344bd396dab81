package heddle.tests.numerics;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What gradients are where rounding, zeros, infinities and NaN decide: as written, and fused and unfused on each target. */
class GradientNumericsTest {
    @TempDir
    static Path classes;

    /** The greatest element is found where a kernel computes it without rounding, though the maximum is stored rounded. */
    @ParameterizedTest
    @CsvSource({"bf16, max", "bf16, min", "f16, max"})
    void extremesOfSixteenBitsAreFound(String type, String extreme) {
        double sign = extreme.equals("max") ? 1 : -1;
        new Computed(
                        classes,
                        "input x: " + type + "[2, 3]",
                        "let m = " + extreme + "(x * 1.1, axis = -1)",
                        "output kept = m",
                        "output y = grad(sum(cast(m, f32)), x) / grad(sum(cast(x * 1.1, f32)), x)")
                .with("x", sign, sign * 1.203125, sign * -3, sign * 2, sign * 0.5, sign * 2)
                .givesEverywhere(0, 1, 0, 0.5, 0, 0.5);
    }

    /** A key that a weight of zero removes has values that are NaN: nothing but the gradient by its weight knows. */
    @ParameterizedTest
    @CsvSource({"'where(c, softmax(s), 0.0)'", "softmax(s) * w"})
    void weightsOfZeroRemoveKeys(String weighted) {
        for (String by : new String[] {"q", "k", "v"}) {
            double[] expected = attention(weighted, by, 7).reference();
            attention(weighted, by, Double.NaN).fused().compiled(expected);
        }
    }

    /** A weight that a select does not choose has no gradient, whatever the values are. */
    @Test
    void weightsNotChosenHaveNoGradient() {
        String weighted = "where(c, softmax(s) * w, 0.0)";
        double[] expected = attention(weighted, "w", 7).reference();
        attention(weighted, "w", Double.NaN).fused().compiled(expected);
    }

    private static Computed attention(String weighted, String by, double removed) {
        return new Computed(
                        classes,
                        "input q: f32[2, 2]",
                        "input k: f32[3, 2]",
                        "input v: f32[3, 2]",
                        "input c: bool[3]",
                        "input w: f32[3]",
                        "let s = q @ transpose(k)",
                        "let o = (" + weighted + ") @ v",
                        "output y = grad(sum(o * o), " + by + ")")
                .with("q", 1, 0.5, -0.25, 2)
                .with("k", 0.5, -1, 2, 0.125, 1, 1)
                .with("v", 1, 2, removed, removed, -3, 0.5)
                .with("c", 1, 0, 1)
                .with("w", 1, 0, 0.5);
    }

    /** What a select hides from a gradient it hides from the gradient's own. */
    @Test
    void whatIsHiddenStaysHiddenInSecondDerivatives() {
        new Computed(
                        classes,
                        "input x: f64[3]",
                        "let z = where(x > 0, sqrt(x) * x, 0.0)",
                        "let g = grad(sum(z), x)",
                        "output y = grad(sum(g), x)")
                .with("x", -1, 0.25, 4)
                .givesEverywhere(0, 1.5, 0.375);
    }
}
