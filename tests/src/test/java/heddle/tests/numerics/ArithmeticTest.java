package heddle.tests.numerics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code docs/numerics.md} says under "Arithmetic" and "Indexing". */
class ArithmeticTest {
    @TempDir
    static Path classes;

    private static Computed model(String... lines) {
        return new Computed(classes, lines);
    }

    @Test
    void sumsOfSixteenBitsAreTakenInMore() {
        double[] ones = new double[4096];
        Arrays.fill(ones, 1);
        // Beyond 2048 a sum that is held in f16 would not grow by ones.
        model(
                        "input x: f16[4096]",
                        "input w: f16[4096, 1]",
                        "output y = concat([x @ w, sum(x, keepdims = true)], axis = 0)")
                .with("x", ones)
                .with("w", ones)
                .compiled(4096, 4096);
    }

    @Test
    void threadsDoNotChangeSums() {
        double[] numbers =
                new Random(1).doubles(96 * 96, -1, 1).map(x -> (float) x).toArray();
        Computed product = model(
                        "input x: f32[96, 96]",
                        "output y = concat([softmax(x @ transpose(x), axis = -1) @ x, x @ x, x * sum(x)], axis = 0)")
                .with("x", numbers);
        assertArrayEquals(product.run(1), product.run(3), "bit by bit");
    }

    @Test
    void nothingIsRoundedInsideAKernel() {
        // At 4096 the next f16 is 4100.
        model("input x: f16[1]", "output y = x + 4096.0 - 4096.0").with("x", 1).gives(1);
        // A product and a sum that are no f16 themselves.
        model("input x: f16[1, 2]", "input w: f16[2, 1]", "output y = x @ w - 4096.0")
                .with("x", 64, 1)
                .with("w", 64, 1)
                .gives(1);
        model("input x: f16[2]", "output y = sum(x) * 0.5 - 40000.0")
                .with("x", 40000, 40032)
                .gives(16);
        // A cast that is written rounds.
        model("input x: f32[1, 2]", "input w: f32[2, 1]", "output y = cast(cast(x @ w, f16), f32) - 4096.0")
                .with("x", 64, 1)
                .with("w", 64, 1)
                .gives(0);
    }

    @Test
    void whatIsStoredInSixteenBitsIsRoundedToEven() {
        // Between 2048 and 4096 every second number is an f16; bf16 has every second number from 256 on.
        model("input x: f32[4]", "output y = cast(x, f16)")
                .with("x", 2049, 2051, 2050.5, 65520)
                .gives(2048, 2052, 2050, Double.POSITIVE_INFINITY);
        model("input x: f32[2]", "output y = cast(x, bf16)").with("x", 257, 259).gives(256, 260);
    }

    @Test
    void integersDivideDownwards() {
        model("input a: i64[4]", "input b: i64[4]", "output y = concat([a div b, a % b], axis = 0)")
                .with("a", 7, -7, 7, 5)
                .with("b", 2, 2, -2, 0)
                .gives(3, -4, -4, 0, 1, 1, -1, 0);
    }

    /** Products of whole numbers are exact beyond what a float holds. */
    @ParameterizedTest
    @ValueSource(strings = {"i32", "i64"})
    void productsOfIntegersAreExact(String type) {
        model("input a: " + type + "[2, 2]", "input b: " + type + "[2, 2]", "output y = a @ b")
                .with("a", 16_777_217, 1, 3, 0)
                .with("b", 1, 0, 2, 16_777_217)
                .gives(16_777_219, 16_777_217, 3, 0);
    }

    @Test
    void castsRoundTowardsZeroAndRoundToEven() {
        model("input x: f32[4]", "output y = concat([cast(x, i64), cast(round(x), i64)], axis = 0)")
                .with("x", 2.5, -2.5, 3.5, -0.7)
                .gives(2, -2, 3, 0, 2, -2, 4, -1);
    }

    @Test
    void extremesKeepNaNAndNothingHasItsNeutralElement() {
        model(
                        "input x: f32[2]",
                        "input z: f32[2]",
                        "output y = concat([min(x, z), max(x, z), max(x, keepdims = true)], axis = 0)")
                .with("x", Double.NaN, 1)
                .with("z", 1, 2)
                .gives(Double.NaN, 1, Double.NaN, 2, Double.NaN);
        model("input x: f32[0]", "output y = stack([max(x), min(x), sum(x)])")
                .with("x")
                .gives(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, 0);
    }

    @Test
    void indicesOutOfRangeTakeTheNearest() {
        model("input i: i64[3]", "input x: f32[2]", "output y = gather(x, i + 0, axis = 0)")
                .with("i", -5, 1, 9)
                .with("x", 10, 20)
                .gives(10, 20, 20);
    }

    /** The extreme is stored, and rounded; what it is compared with is computed again, and was not. */
    @ParameterizedTest
    @ValueSource(strings = {"max", "min"})
    void theExtremeOfSixteenBitsIsFound(String extreme) {
        double sign = extreme.equals("max") ? 1 : -1;
        model(
                        "input x: bf16[2, 3]",
                        "output kept = " + extreme + "(x * 1.1, axis = -1, keepdims = true)",
                        "output y = arg" + extreme + "(x * 1.1)")
                .with("x", sign, sign * 1.203125, sign * -3, sign * 2, sign * 0.5, sign * 2.015625)
                .gives(1, 2);
    }
}
